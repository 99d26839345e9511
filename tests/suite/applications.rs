//! Applications: drafted, handed in, endorsed and decided by different people, and cards issued in one step.

use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use serde_json::{Value, json};

const APPLICATIONS: &str = "/api/v1/applications";
const STATES: [&str; 7] = ["draft", "submitted", "endorsed", "returned", "approved", "refused", "withdrawn"];
const EVENTS: [&str; 6] = ["submit", "endorse", "return", "approve", "refuse", "withdraw"];

/// What may happen to a local agency's application, written down a second time: whatever a registrar asks of a draft
/// is 404, because drafts are the agency's own; whatever else is not listed is 409.
fn lawful(state: &str, event: &str) -> Result<&'static str, u16> {
    match (state, event) {
        ("draft" | "returned", "submit") => Ok("submitted"),
        ("submitted", "endorse") => Ok("endorsed"),
        ("submitted" | "endorsed", "return") => Ok("returned"),
        // Only what the province has endorsed is approved.
        ("endorsed", "approve") => Ok("approved"),
        ("submitted" | "endorsed", "refuse") => Ok("refused"),
        ("draft" | "submitted" | "endorsed" | "returned", "withdraw") => Ok("withdrawn"),
        ("draft", "endorse" | "return" | "approve" | "refuse") => Err(404),
        _ => Err(409),
    }
}

/// Somebody who may ask for this event at all.
fn doer(app: &TestApp, agency: &TestAgency, event: &str) -> Client {
    match event {
        "submit" => app.head(agency),
        "withdraw" => app.clerk(agency),
        "endorse" => app.provincial(HAI_PHONG),
        _ => app.registrar(),
    }
}

fn asked(event: &str) -> Value {
    match event {
        "return" | "refuse" => json!({ "event": event, "reason": "thiếu giấy tờ" }),
        _ => json!({ "event": event }),
    }
}

fn done(app: &TestApp, agency: &TestAgency, seen: &Answer, event: &str) -> Answer {
    doer(app, agency, event).happen("applications", seen, asked(event)).expect(201)
}

/// An application of a local agency for one new person, brought into this state.
fn application_in(app: &TestApp, agency: &TestAgency, state: &str) -> Answer {
    let draft = app.draft(agency, &[&app.person(agency).text("/id")]);
    let way: &[&str] = match state {
        "draft" => &[],
        "submitted" => &["submit"],
        "endorsed" => &["submit", "endorse"],
        "returned" => &["submit", "return"],
        "approved" => &["submit", "endorse", "approve"],
        "refused" => &["submit", "refuse"],
        _ => &["submit", "withdraw"],
    };
    way.iter().fold(draft, |seen, event| done(app, agency, &seen, event))
}

fn outcomes(application: &Answer) -> Vec<String> {
    let json = application.json();
    let people = json["people"].as_array().expect("people").iter();
    people.map(|person| person["outcome"].as_str().expect("an outcome").to_owned()).collect()
}

fn form(kind: &str, basis: &str, people: &[&str]) -> Value {
    json!({ "kind": kind, "basis": basis, "people": people })
}

/// The numbers of all cards.
fn numbers(app: &TestApp) -> Vec<String> {
    let mut numbers = app.registrar().list("/api/v1/credentials", "/number");
    numbers.sort();
    numbers
}

on_both_databases! {
    fn a_central_agency_applies_and_the_ministry_issues(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("press_card", "first", &[&person])).expect(201);
        assert_eq!(draft.header("location"), Some(draft.path("applications").as_str()));
        assert_eq!(draft.text("/state"), "draft");
        assert_eq!(draft.json()["people"], json!([{ "person_id": person, "outcome": "pending" }]));
        let submitted = done(&app, &agency, &draft, "submit");
        let approved = done(&app, &agency, &submitted, "approve");
        assert_eq!((approved.text("/state"), outcomes(&approved)), ("approved".into(), vec!["approved".into()]));
        let card = &approved.json()["credentials"][0];
        assert_eq!(approved.text("/people/0/credential_id"), card["id"].as_str().expect("an id"));
        assert_eq!(card["application_id"], approved.text("/id").as_str());
        let read = app.head(&agency).get(&approved.path("applications")).expect(200);
        assert_eq!(read.etag(), approved.etag());
        assert_eq!(read.json()["people"], approved.json()["people"]);
    }

    fn a_local_agency_needs_its_provinces_endorsement(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let submitted = application_in(&app, &agency, "submitted");
        app.registrar().happen("applications", &submitted, asked("approve")).expect_problem(409, "wrong-state");
        assert_eq!(numbers(&app), Vec::<String>::new());
        let endorsed = done(&app, &agency, &submitted, "endorse");
        assert_eq!((endorsed.text("/state"), outcomes(&endorsed)), ("endorsed".into(), vec!["endorsed".into()]));
        let approved = done(&app, &agency, &endorsed, "approve");
        assert_eq!(app.verdict(&approved.text("/credentials/0/code")).0, "valid");
    }

    fn nothing_happens_to_an_application_that_is_not_listed(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        for state in STATES {
            let application = application_in(&app, &agency, state);
            assert_eq!(application.text("/state"), state);
            for event in EVENTS {
                match lawful(state, event) {
                    Ok(to) => {
                        let done = done(&app, &agency, &application_in(&app, &agency, state), event);
                        assert_eq!(done.text("/state"), to, "{event} of {state}");
                    }
                    Err(status) => {
                        let slug = if status == 404 { "not-found" } else { "wrong-state" };
                        let refused = doer(&app, &agency, event).happen("applications", &application, asked(event));
                        refused.expect_problem(status, slug);
                        let read = app.head(&agency).get(&application.path("applications")).expect(200);
                        assert_eq!(read.etag(), application.etag(), "{event} of {state}");
                    }
                }
            }
        }
    }

    fn each_event_is_its_own_roles(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.local_agency(), app.local_agency());
        let application = application_in(&app, &agency, "submitted");
        let holder = application.text("/people/0/person_id");
        let clients = [
            app.admin(),
            app.registrar(),
            app.provincial(HAI_PHONG),
            app.provincial(HA_NOI),
            app.head(&agency),
            app.clerk(&agency),
            app.head(&other),
            app.official(),
            app.auditor(),
            app.holder(&holder),
        ];
        // With a stale ETag, who may do it is told so (412) and nothing happens.
        for (event, statuses) in [
            ("submit", [403, 403, 403, 403, 412, 403, 404, 403, 403, 403]),
            ("endorse", [403, 403, 412, 404, 403, 403, 403, 403, 403, 403]),
            ("return", [403, 412, 412, 404, 403, 403, 403, 403, 403, 403]),
            ("approve", [403, 412, 403, 403, 403, 403, 403, 403, 403, 403]),
            ("refuse", [403, 412, 403, 403, 403, 403, 403, 403, 403, 403]),
            ("withdraw", [403, 403, 403, 403, 412, 412, 404, 403, 403, 403]),
        ] {
            let told = clients
                .each_ref()
                .map(|client| client.event(&application.path("applications"), "\"0\"", asked(event)).status);
            assert_eq!(told, statuses, "{event}");
        }
        let reads = clients.each_ref().map(|client| client.get(&application.path("applications")).status);
        assert_eq!(reads, [403, 200, 200, 404, 200, 200, 404, 403, 403, 403]);
    }

    fn a_draft_is_its_agencys_own(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let draft = application_in(&app, &agency, "draft");
        for reader in [app.registrar(), app.provincial(HAI_PHONG)] {
            reader.get(&draft.path("applications")).expect_problem(404, "not-found");
            reader.get(&format!("{}/events", draft.path("applications"))).expect_problem(404, "not-found");
            assert_eq!(reader.list(APPLICATIONS, "/id"), Vec::<String>::new());
        }
        assert_eq!(app.clerk(&agency).list(APPLICATIONS, "/id"), [draft.text("/id")]);
        done(&app, &agency, &draft, "submit");
        assert_eq!(app.provincial(HAI_PHONG).list(APPLICATIONS, "/id"), [draft.text("/id")]);
        assert_eq!(app.provincial(HA_NOI).list(APPLICATIONS, "/id"), Vec::<String>::new());
    }

    fn lists_are_narrowed_to_a_state_and_come_in_parts(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let next = |state: &str| {
            // A list is in the order of the clock, which stands still unless it is moved.
            app.pass(1);
            application_in(&app, &agency, state).text("/id")
        };
        let submitted: Vec<_> = (0..3).map(|_| next("submitted")).collect();
        next("withdrawn");
        let registrar = app.registrar();
        assert_eq!(registrar.list(&format!("{APPLICATIONS}?state=submitted&limit=2"), "/id"), submitted);
        assert_eq!(registrar.list(&format!("{APPLICATIONS}?limit=1"), "/id").len(), 4);
        registrar.get(&format!("{APPLICATIONS}?state=lost")).expect_invalid(&[("query:state", "unknown_state")]);
    }

    fn whoever_had_a_hand_in_it_does_not_approve(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let application = application_in(&app, &agency, "endorsed");
        let registrar = app.registrar();
        let user = registrar.user.expect("an account");
        // Somebody who changed office: no request turns a head's account into a registrar's.
        for column in ["drafted_by", "submitted_by", "endorsed_by"] {
            let before = app.database.texts(&format!("SELECT {column} AS value FROM applications")).remove(0);
            let set = |to: &str| {
                app.database.run(&format!("UPDATE applications SET {column} = '{to}'")).expect("a statement")
            };
            set(&user.to_string());
            registrar
                .happen("applications", &application, asked("approve"))
                .expect_problem(403, "second-person-required");
            set(&before);
        }
        registrar.happen("applications", &application, asked("approve")).expect(201);
    }

    fn people_are_decided_on_one_by_one(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let people: Vec<String> = (0..4).map(|_| app.person(&agency).text("/id")).collect();
        let people: [&str; 4] = [&people[0], &people[1], &people[2], &people[3]];
        let submitted = app.submitted(&agency, &people);
        let provincial = app.provincial(HAI_PHONG);
        let endorse = json!({ "event": "endorse", "people": [people[0], people[1], people[2]] });
        let some = provincial.happen("applications", &submitted, endorse).expect(201);
        assert_eq!(
            (some.text("/state"), outcomes(&some)),
            ("submitted".into(), ["endorsed", "endorsed", "endorsed", "pending"].map(String::from).to_vec())
        );
        let give_back = json!({ "event": "return", "people": [people[3]], "reason": "chưa đủ hai năm" });
        let rest = provincial.happen("applications", &some, give_back).expect(201);
        assert_eq!(rest.text("/state"), "endorsed", "everybody who is left is endorsed");
        assert_eq!(rest.text("/people/3/reason"), "chưa đủ hai năm");

        let registrar = app.registrar();
        let approve = |seen: &Answer, people: Value| {
            registrar.happen("applications", seen, json!({ "event": "approve", "people": people }))
        };
        approve(&rest, json!([people[0], people[3]])).expect_invalid(&[("/people/1", "not_open")]);
        approve(&rest, json!([])).expect_invalid(&[("/people", "empty")]);
        approve(&rest, json!([people[0], people[0]])).expect_invalid(&[("/people/1", "twice")]);
        let one = approve(&rest, json!([people[1]])).expect(201);
        assert_eq!(one.text("/state"), "endorsed");
        assert_eq!(one.json()["credentials"].as_array().map(Vec::len), Some(1));
        assert_eq!(one.text("/credentials/0/person_id"), people[1]);
        approve(&one, json!([people[1]])).expect_invalid(&[("/people/0", "not_open")]);
        let refuse = json!({ "event": "refuse", "people": [people[0]], "reason": "không đúng đối tượng" });
        let two = registrar.happen("applications", &one, refuse).expect(201);
        let all = registrar.happen("applications", &two, asked("approve")).expect(201);
        assert_eq!(all.text("/state"), "approved");
        assert_eq!(outcomes(&all), ["refused", "approved", "approved", "returned"]);
        assert_eq!(numbers(&app).len(), 2);
        // Who was left out may be proposed again.
        app.draft(&agency, &[people[3]]);
    }

    fn what_comes_back_is_mended_and_handed_in_again(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let returned = application_in(&app, &agency, "returned");
        assert_eq!(outcomes(&returned), ["returned"]);
        assert_eq!(returned.text("/people/0/reason"), "thiếu giấy tờ");
        let again = done(&app, &agency, &returned, "submit");
        assert_eq!((again.text("/state"), outcomes(&again)), ("submitted".into(), vec!["pending".into()]));
        assert_eq!(again.json()["people"][0].get("reason"), None);
        let approved = done(&app, &agency, &done(&app, &agency, &again, "endorse"), "approve");
        assert_eq!(approved.text("/state"), "approved");
    }

    fn every_mistake_of_a_form_is_told(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let post = |body: &Value| clerk.post(APPLICATIONS, body);
        post(&form("passport", "birthday", &["x"])).expect_invalid(&[
            ("/kind", "unknown_kind"),
            ("/basis", "unknown_basis"),
            ("/people/0", "not_an_id"),
        ]);
        post(&form("introduction_letter", "first", &[]))
            .expect_invalid(&[("/kind", "unknown_kind"), ("/people", "empty")]);
        let many: Vec<String> = (0..501).map(|n| format!("01890a5d-ac96-774b-bcce-{n:012x}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        post(&form("press_card", "first", &many)).expect_invalid(&[("/people", "too_many")]);
        let (person, collaborator) = (app.person(&agency).text("/id"), app.collaborator(&agency).text("/id"));
        let stranger = app.person(&app.central_agency()).text("/id");
        post(&form("press_card", "first", &[&person, &person])).expect_invalid(&[("/people/1", "twice")]);
        post(&form("press_card", "first", &[&person, &collaborator, &stranger, many[0]])).expect_invalid(&[
            ("/people/1", "wrong_engagement"),
            ("/people/2", "unknown_person"),
            ("/people/3", "unknown_person"),
        ]);
        post(&form("collaborator_card", "first", &[&person])).expect_invalid(&[("/people/0", "wrong_engagement")]);
        assert_eq!(clerk.list(APPLICATIONS, "/id"), Vec::<String>::new());
    }

    fn a_person_is_proposed_once_at_a_time(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let draft = app.draft(&agency, &[&person]);
        let post = || app.clerk(&agency).post(APPLICATIONS, &form("press_card", "first", &[&person]));
        post().expect_invalid(&[("/people/0", "already_proposed")]);
        let submitted = done(&app, &agency, &draft, "submit");
        post().expect_invalid(&[("/people/0", "already_proposed")]);
        done(&app, &agency, &submitted, "withdraw");
        post().expect(201);
    }

    fn what_is_handed_in_again_is_looked_at_again(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (person, leaving) = (app.person(&agency), app.person(&agency));
        let ids = [person.text("/id"), leaving.text("/id")];
        let submitted = app.submitted(&agency, &[&ids[0], &ids[1]]);
        let returned = done(&app, &agency, &submitted, "return");
        let submit = || app.head(&agency).happen("applications", &returned, asked("submit"));
        let end = json!({ "event": "end", "reason": "x", "to": "2026-11-21" });
        let engagement = format!("{}/engagements/{}", leaving.path("people"), leaving.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &leaving.etag(), end).expect(201);
        let another = app.draft(&agency, &[&ids[0]]);
        submit().expect_invalid(&[("/people/0", "already_proposed"), ("/people/1", "unknown_person")]);
        let another = done(&app, &agency, &another, "submit");
        done(&app, &agency, &another, "approve");
        submit().expect_invalid(&[("/people/0", "already_holds"), ("/people/1", "unknown_person")]);
    }

    fn a_first_card_is_for_who_holds_none_and_no_card_undoes_a_suspension(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let person = card.text("/person_id");
        let post = |basis: &str| app.clerk(&agency).post(APPLICATIONS, &form("press_card", basis, &[&person]));
        post("first").expect_invalid(&[("/people/0", "already_holds")]);
        let suspend = json!({ "event": "suspend", "reason": "x", "ground": "inquiry" });
        let suspended = app.registrar().happen("credentials", &card, suspend.clone()).expect(201);
        for basis in ["first", "renewal", "exchange", "reissue"] {
            post(basis).expect_invalid(&[("/people/0", "suspended")]);
        }
        // Suspended only after the agency applied: it is found at the decision.
        let reinstated =
            app.registrar().happen("credentials", &suspended, json!({ "event": "reinstate", "reason": "x" }));
        let submitted =
            app.head(&agency).happen("applications", &post("renewal").expect(201), asked("submit")).expect(201);
        app.registrar().happen("credentials", &reinstated.expect(201), suspend).expect(201);
        app.registrar().happen("applications", &submitted, asked("approve")).expect_problem(409, "wrong-state");
        assert_eq!(numbers(&app), [card.text("/number")]);
    }

    fn events_need_what_they_need_and_take_no_more(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let application = application_in(&app, &agency, "submitted");
        let person = application.text("/people/0/person_id");
        let registrar = app.registrar();
        let event = |body: Value| registrar.happen("applications", &application, body);
        for decision in ["return", "refuse"] {
            event(json!({ "event": decision })).expect_invalid(&[("/reason", "missing")]);
            event(json!({ "event": decision, "reason": " " })).expect_invalid(&[("/reason", "empty")]);
        }
        event(json!({ "event": "refuse", "reason": "x".repeat(501), "people": ["x"] }))
            .expect_invalid(&[("/reason", "too_long"), ("/people/0", "not_an_id")]);
        event(json!({ "event": "lose" })).expect_invalid(&[("/event", "unknown_event")]);
        event(json!({ "event": "approve", "number": "1" })).expect_invalid(&[("/number", "unknown_field")]);
        let withdraw = json!({ "event": "withdraw", "people": [person] });
        app.clerk(&agency)
            .happen("applications", &application, withdraw)
            .expect_invalid(&[("/people", "not_for_this_event")]);
    }

    fn an_agency_needs_a_short_name_before_its_first_card(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let path = format!("/api/v1/agencies/{}", agency.id);
        let change = json!({ "short_name": null });
        app.registrar().patch(&path, &agency.etag, &change).expect(200);
        let person = app.person(&agency).text("/id");
        let post = || app.clerk(&agency).post(APPLICATIONS, &form("press_card", "first", &[&person]));
        post().expect_problem(409, "wrong-state");
    }

    fn cards_are_issued_together_or_not_at_all(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let (first, second, third) = (app.person(&agency), app.person(&agency), app.person(&agency));
        let ids = [first.text("/id"), second.text("/id"), third.text("/id")];
        let submitted = app.submitted(&agency, &[&ids[0], &ids[1], &ids[2]]);
        let unchanged = || {
            let read = app.registrar().get(&submitted.path("applications")).expect(200);
            assert_eq!((read.etag(), outcomes(&read)), (submitted.etag(), vec!["pending".to_owned(); 3]));
            assert_eq!(numbers(&app), Vec::<String>::new());
            assert_eq!(
                app.database.texts("SELECT type AS value FROM events WHERE type LIKE 'credential.%'"),
                Vec::<String>::new()
            );
        };
        // A name of 120 characters is a name, but does not fit a card.
        let long = json!({ "full_name": "ễ".repeat(120) });
        let long = clerk.patch(&second.path("people"), &second.etag(), &long).expect(200);
        let refused = app.registrar().happen("applications", &submitted, asked("approve"));
        refused.expect_invalid(&[("/people/1", "name_too_long")]);
        unchanged();
        let short = json!({ "full_name": "Trần Thị Cam" });
        clerk.patch(&second.path("people"), &long.etag(), &short).expect(200);
        let end = json!({ "event": "end", "reason": "x", "to": "2026-11-21" });
        let engagement = format!("{}/engagements/{}", third.path("people"), third.text("/engagements/0/id"));
        clerk.event(&engagement, &third.etag(), end).expect(201);
        let refused = app.registrar().happen("applications", &submitted, asked("approve"));
        refused.expect_invalid(&[("/people/2", "unknown_person")]);
        unchanged();
        let approve = json!({ "event": "approve", "people": [ids[1], ids[0]] });
        app.registrar().happen("applications", &submitted, approve).expect(201);
        assert_eq!(numbers(&app), ["000001", "000002"], "no number was lost");
    }

    fn cards_begin_on_the_day_of_the_grant_in_viet_nam_and_last_five_years(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        // 22 November, 23:59:59 in Việt Nam, and one second later.
        app.at(14 * 3_600 - 1);
        let before = app.issued_card(&agency);
        app.at(14 * 3_600);
        let after = app.issued_card(&agency);
        let dates = |card: &Answer| (card.text("/valid_from"), card.text("/valid_until"));
        assert_eq!(dates(&before), ("2026-11-21T17:00:00Z".into(), "2031-11-21T17:00:00Z".into()));
        assert_eq!(dates(&after), ("2026-11-22T17:00:00Z".into(), "2031-11-22T17:00:00Z".into()));
        assert_eq!((before.text("/number"), after.text("/number")), ("000001".into(), "000002".into()));
        let issuer = app.anonymous().get("/.well-known/press-registry/issuer").expect(200).json();
        let keys = issuer["keys"].as_array().expect("keys");
        let active = keys.iter().find(|key| key["use"] == "card" && key["state"] == "active").expect("a key");
        assert_eq!(after.text("/kid"), active["kid"].as_str().expect("a kid"));
        assert_ne!(before.json()["status_index"], after.json()["status_index"]);
        assert_eq!(app.verdict(&before.text("/code")).0, "valid");
    }

    fn a_collaborators_card_has_a_number_of_its_own_and_lasts_a_year(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.collaborator(&agency).text("/id");
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("collaborator_card", "first", &[&person])).expect(201);
        let approved = done(&app, &agency, &done(&app, &agency, &draft, "submit"), "approve");
        let card = &approved.json()["credentials"][0];
        assert_eq!((&card["kind"], &card["number"]), (&json!("collaborator_card"), &json!("CTV-000001")));
        assert_eq!(card["valid_until"], "2027-11-21T17:00:00Z");
        assert_eq!(app.verdict(card["code"].as_str().expect("a code")).0, "valid");
    }

    fn a_new_card_takes_the_place_of_the_old_one(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        for (basis, ground) in [("renewal", "renewed"), ("exchange", "agency_changed"), ("reissue", "damaged")] {
            let old = app.issued_card(&agency);
            app.pass(60);
            let renewal = form("press_card", basis, &[&old.text("/person_id")]);
            let draft = app.clerk(&agency).post(APPLICATIONS, &renewal).expect(201);
            let approved = done(&app, &agency, &done(&app, &agency, &draft, "submit"), "approve");
            let new = approved.json()["credentials"][0].clone();
            let replaced = app.registrar().get(&old.path("credentials")).expect(200);
            let told = ["/state", "/ground", "/replaced_by"].map(|pointer| replaced.text(pointer));
            assert_eq!(told, ["replaced", ground, new["id"].as_str().expect("an id")]);
            assert_eq!(app.verdict(&old.text("/code")), ("not_valid".into(), Some("withdrawn".into())));
            assert_eq!(app.verdict(new["code"].as_str().expect("a code")).0, "valid");
            assert_ne!(new["number"], old.text("/number").as_str(), "a number is given once");
        }
    }

    fn a_human_being_has_one_press_card_whichever_agency_proposed_it(db) {
        let app = TestApp::start(db);
        let (former, next) = (app.central_agency(), app.central_agency());
        let person = app.person_form();
        let enter = |agency: &TestAgency| {
            let path = format!("/api/v1/agencies/{}/people", agency.id);
            app.clerk(agency).post(&path, &person).expect(201).text("/id")
        };
        let old = app.issued_to(&former, &enter(&former));
        let moved = enter(&next);
        let apply = |basis: &str| {
            let draft = app.clerk(&next).post(APPLICATIONS, &form("press_card", basis, &[&moved])).expect(201);
            done(&app, &next, &draft, "submit")
        };
        // The new agency cannot know of the card; the ministry does.
        let first = apply("first");
        app.registrar().happen("applications", &first, asked("approve")).expect_problem(409, "wrong-state");
        done(&app, &next, &first, "withdraw");
        let approved = done(&app, &next, &apply("exchange"), "approve");
        assert_eq!(app.verdict(&old.text("/code")).1.as_deref(), Some("withdrawn"));
        assert_eq!(app.verdict(&approved.text("/credentials/0/code")).0, "valid");
        let replaced = app.head(&former).get(&old.path("credentials")).expect(200);
        assert_eq!((replaced.text("/state"), replaced.text("/ground")), ("replaced".into(), "agency_changed".into()));
    }

    fn the_history_says_who_did_what_when_and_why(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let person = app.person(&agency).text("/id");
        let mut seen = app.draft(&agency, &[&person]);
        for event in ["submit", "return", "submit", "endorse", "approve"] {
            app.pass(60);
            seen = done(&app, &agency, &seen, event);
        }
        let history = app.registrar().history("applications", &seen);
        let told: Vec<_> = history.iter().map(|it| json!([it["type"], it["at"], it["actor"]["role"]])).collect();
        assert_eq!(
            told,
            [
                json!(["application.drafted", "2026-11-22T03:00:00Z", "agency_clerk"]),
                json!(["application.submitted", "2026-11-22T03:01:00Z", "agency_head"]),
                json!(["application.returned", "2026-11-22T03:02:00Z", "registrar"]),
                json!(["application.submitted", "2026-11-22T03:03:00Z", "agency_head"]),
                json!(["application.endorsed", "2026-11-22T03:04:00Z", "registrar"]),
                json!(["application.approved", "2026-11-22T03:05:00Z", "registrar"]),
            ]
        );
        assert_eq!(history[2]["reason"], "thiếu giấy tờ");
        assert_eq!(history[5]["credentials"], json!([seen.text("/credentials/0/id")]));
        assert!(history.iter().all(|it| it["people"] == json!([person])));
    }

    fn who_left_the_agency_is_not_handed_in(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let draft = app.draft(&agency, &[&person.text("/id")]);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &person.etag(), json!({ "event": "end", "reason": "x" })).expect(201);
        app.at(DAY);
        let submit = app.head(&agency).happen("applications", &draft, asked("submit"));
        submit.expect_invalid(&[("/people/0", "unknown_person")]);
    }
}
