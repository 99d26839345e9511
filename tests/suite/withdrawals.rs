//! What rests on an agency's word stops with it; press cards wait for a registrar, in a queue.

mod lost;

use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use press_registry::app::withdrawals;
use serde_json::{Value, json};

const TO_RETURN: &str = "/api/v1/credentials/to-return";

/// A letter, a collaborator's card and a press card of one agency, of three people.
struct Papers {
    letter: Answer,
    collaborator: Answer,
    press: Answer,
}

impl Papers {
    fn of(app: &TestApp, agency: &TestAgency) -> Self {
        let writer = app.person(agency).text("/id");
        Self {
            letter: app.head(agency).post("/api/v1/letters", &app.letter_form(&writer)).expect(201),
            collaborator: app.collaborator_card(agency, &app.collaborator(agency).text("/id")),
            press: app.issued_card(agency),
        }
    }

    /// What the public is told of letter, collaborator's card and press card.
    fn verdicts(&self, app: &TestApp) -> [String; 3] {
        [&self.letter, &self.collaborator, &self.press].map(|it| app.verdict(&it.text("/code")).0)
    }
}

/// Decides on an agency.
pub(crate) fn decide(app: &TestApp, agency: &TestAgency, event: &str) {
    let registrar = app.registrar();
    let now = registrar.get(&format!("/api/v1/agencies/{}", agency.id)).expect(200);
    let decision = json!({ "event": event, "reason": "QĐ 12/2026" });
    registrar.happen("agencies", &now, decision).expect(201);
}

/// Ends somebody's engagement.
pub(crate) fn end(app: &TestApp, agency: &TestAgency, person: &str, nth: usize, to: Option<&str>) {
    let clerk = app.clerk(agency);
    let person = clerk.get(&format!("/api/v1/people/{person}")).expect(200);
    let engagement = person.text(&format!("/engagements/{nth}/id"));
    let path = format!("{}/engagements/{engagement}", person.path("people"));
    let form = json!({ "event": "end", "reason": "Hết hợp đồng", "to": to });
    clerk.event(&path, &person.etag(), form).expect(201);
}

/// State and ground as a registrar sees them.
fn stands(app: &TestApp, credential: &Answer) -> (String, Value) {
    let now = app.registrar().get(&credential.path("credentials")).expect(200);
    (now.text("/state"), now.json()["ground"].clone())
}

fn valid(word: bool) -> String {
    if word { "valid".into() } else { "not_valid".into() }
}

/// Numbers and reasons in the queue of this client.
fn queue(client: &Client) -> Vec<(String, String)> {
    let path = format!("{TO_RETURN}?limit=1");
    client.list(&path, "/credential/number").into_iter().zip(client.list(&path, "/reason")).collect()
}

/// A case about a credential, whose holder was told, suspended meanwhile, and has answered.
fn told(app: &TestApp, opener: &Client, card: &Answer) -> (Answer, Client) {
    let holder = app.holder(&card.text("/person_id"));
    let form = json!({
        "subject": "holder", "person_id": card.text("/person_id"), "credential_id": card.text("/id"),
        "kind": "LENT_CARD", "province": "31", "place": "Phường Hồng Bàng", "summary": "Cho mượn thẻ.",
    });
    let opened = opener.post("/api/v1/cases", &form).expect(201);
    let notify = json!({ "event": "notify", "means": "account", "suspend_days": 5, "reason": "Có người chứng" });
    let told = opener.happen("cases", &opened, notify).expect(201);
    let answer = json!({ "event": "answer", "reason": "Tôi không cho mượn" });
    (holder.happen("cases", &told, answer).expect(201), holder)
}

fn decision(measure: &str) -> Value {
    json!({ "event": "decide", "outcome": "substantiated", "measure": measure, "reason": "Đủ căn cứ" })
}

on_both_databases! {
    fn letters_and_collaborators_cards_stop_with_their_agency_and_press_cards_do_not(db) {
        let app = TestApp::start(db);
        for (event, state, ground) in [
            ("suspend", "suspended", "agency_suspended"),
            ("revoke_licence", "revoked", "licence_revoked"),
            ("close", "revoked", "agency_closed"),
        ] {
            let (agency, other) = (app.central_agency(), app.central_agency());
            let (papers, elsewhere) = (Papers::of(&app, &agency), Papers::of(&app, &other));
            decide(&app, &agency, event);
            assert_eq!(papers.verdicts(&app), [valid(false), valid(false), valid(true)], "{event}");
            assert_eq!(elsewhere.verdicts(&app), [valid(true), valid(true), valid(true)]);
            for it in [&papers.letter, &papers.collaborator] {
                assert_eq!(stands(&app, it), (state.into(), ground.into()), "{event}");
                let history = app.registrar().history("credentials", it);
                let last = history.last().expect("an event");
                assert_eq!(last["type"], format!("credential.{state}"));
                assert_eq!(last["ground"], ground);
            }
            assert_eq!(stands(&app, &papers.press), ("active".into(), Value::Null));
        }
    }

    fn the_agency_and_its_papers_change_in_one_transaction(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        Papers::of(&app, &agency);
        decide(&app, &agency, "suspend");
        // One instant, and entries of the log that follow each other.
        let list = app.auditor().get("/api/v1/log/entries?limit=100").expect(200).json();
        let told: Vec<&Value> = list["items"].as_array().expect("a list").iter().map(|it| &it["event"]).collect();
        let at = told.iter().position(|it| it["type"] == "agency.suspended").expect("the decision");
        let types: Vec<_> = told[at..].iter().map(|it| it["type"].as_str().unwrap_or("?")).collect();
        assert_eq!(types[..3], ["agency.suspended", "credential.suspended", "credential.suspended"]);
        assert!(types[3..].iter().filter(|it| **it == "status_list.changed").count() >= 2, "{types:?}");
    }

    fn what_was_suspended_with_the_agency_comes_back_with_it_and_nothing_else(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let papers = Papers::of(&app, &agency);
        let doubtful = app.collaborator_card(&agency, &app.collaborator(&agency).text("/id"));
        let suspend = json!({ "event": "suspend", "reason": "x", "ground": "inquiry" });
        app.registrar().happen("credentials", &doubtful, suspend).expect(201);
        decide(&app, &agency, "suspend");
        assert_eq!(stands(&app, &doubtful), ("suspended".into(), "inquiry".into()));
        // Nobody brings one back before the agency.
        let reinstate = json!({ "event": "reinstate", "reason": "x" });
        let registrar = app.registrar();
        for it in [&papers.letter, &doubtful] {
            let now = registrar.get(&it.path("credentials")).expect(200);
            registrar.happen("credentials", &now, reinstate.clone()).expect_problem(409, "wrong-state");
        }
        decide(&app, &agency, "reinstate");
        assert_eq!(papers.verdicts(&app), [valid(true), valid(true), valid(true)]);
        assert_eq!(stands(&app, &papers.letter), ("active".into(), "agency_reinstated".into()));
        assert_eq!(stands(&app, &doubtful), ("suspended".into(), "inquiry".into()));
        let now = registrar.get(&doubtful.path("credentials")).expect(200);
        registrar.happen("credentials", &now, reinstate).expect(201);
    }

    fn what_a_case_gives_back_follows_the_agency_it_rests_on(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [opener, decider, second, appeals] = [(); 4].map(|()| app.registrar());
        let [one, other] = [(); 2].map(|()| app.collaborator_card(&agency, &app.collaborator(&agency).text("/id")));

        let (answered, holder) = told(&app, &opener, &other);
        let pending = decider.happen("cases", &answered, decision("revoke")).expect(202);
        let revoked = second.happen("cases", &pending, json!({ "event": "confirm" })).expect(201);
        let (answered, _) = told(&app, &opener, &one);
        decide(&app, &agency, "suspend");
        assert_eq!(stands(&app, &one), ("suspended".into(), "inquiry".into()));
        decider.happen("cases", &answered, decision("none")).expect(201);
        assert_eq!(stands(&app, &one), ("suspended".into(), "agency_suspended".into()));
        // A reason of its own keeps it suspended when the agency is back.
        let now = opener.get(&one.path("credentials")).expect(200);
        let suspend = json!({ "event": "suspend", "reason": "x", "ground": "inquiry" });
        opener.happen("credentials", &now, suspend).expect(201);
        decide(&app, &agency, "reinstate");
        assert_eq!(stands(&app, &one), ("suspended".into(), "inquiry".into()));

        decide(&app, &agency, "close");
        let appealed = json!({ "event": "appeal", "reason": "Không đúng" });
        let appealed = holder.happen("cases", &revoked, appealed).expect(201);
        let overturn = json!({ "event": "overturn", "reason": "Nhân chứng rút lời" });
        appeals.happen("cases", &appealed, overturn).expect(201);
        assert_eq!(stands(&app, &other), ("revoked".into(), "agency_closed".into()));
        assert_eq!(app.verdict(&other.text("/code")).0, "not_valid");
    }

    fn what_expired_or_was_revoked_meanwhile_does_not_come_back(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let papers = Papers::of(&app, &agency);
        decide(&app, &agency, "suspend");
        app.at(4 * DAY);
        decide(&app, &agency, "reinstate");
        assert_eq!(stands(&app, &papers.letter), ("suspended".into(), "agency_suspended".into()), "over by its dates");
        assert_eq!(app.verdict(&papers.letter.text("/code")).1.as_deref(), Some("expired"));
        assert_eq!(stands(&app, &papers.collaborator).0, "active");
        decide(&app, &agency, "suspend");
        decide(&app, &agency, "revoke_licence");
        assert_eq!(stands(&app, &papers.collaborator), ("revoked".into(), "licence_revoked".into()));
        decide(&app, &agency, "reinstate");
        assert_eq!(stands(&app, &papers.collaborator), ("revoked".into(), "licence_revoked".into()));
        assert_eq!(app.verdict(&papers.collaborator.text("/code")).1.as_deref(), Some("withdrawn"));
    }

    fn letters_and_a_collaborators_card_stop_with_the_engagement(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (going, staying) = (app.collaborator(&agency).text("/id"), app.person(&agency).text("/id"));
        let letter = |person: &str| app.head(&agency).post("/api/v1/letters", &app.letter_form(person)).expect(201);
        let (theirs, others) = (letter(&going), letter(&staying));
        let card = app.collaborator_card(&agency, &going);
        end(&app, &agency, &going, 0, None);
        for it in [&theirs, &card] {
            assert_eq!(app.verdict(&it.text("/code")).1.as_deref(), Some("withdrawn"));
            assert_eq!(stands(&app, it), ("revoked".into(), "left_agency".into()));
        }
        assert_eq!(app.verdict(&others.text("/code")).0, "valid");
        // Whoever held them is told why.
        let told = app.holder(&going).get(&format!("/api/v1/people/{going}/events?limit=100")).expect(200).json();
        let revoked = told["items"].as_array().expect("a list").iter().filter(|it| it["type"] == "credential.revoked");
        assert_eq!(revoked.count(), 2, "{told}");
    }

    fn what_rests_on_a_day_to_come_stops_after_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        end(&app, &agency, &person, 0, Some("2026-11-23"));
        let lapse = || withdrawals::lapse(&app.registry).expect("a database");
        assert_eq!((lapse(), app.verdict(&letter.text("/code")).0), (0, valid(true)));
        // The last second of that day in Việt Nam, and the first of the next.
        app.at(DAY + 14 * 3_600 - 1);
        assert_eq!((lapse(), app.verdict(&letter.text("/code")).0), (0, valid(true)));
        app.at(DAY + 14 * 3_600);
        // The server looks by itself too.
        assert!(lapse() <= 1 && lapse() == 0);
        assert_eq!(app.verdict(&letter.text("/code")).1.as_deref(), Some("withdrawn"));
        assert_eq!(stands(&app, &letter), ("revoked".into(), "left_agency".into()));
        assert_eq!(app.registrar().history("credentials", &letter).last().expect("an event")["actor"]["role"], "program");
    }

    fn what_was_revoked_does_not_come_back_after_its_holder_has_left(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [registrar, opener, decider, second, appeals] = [(); 5].map(|()| app.registrar());
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "prosecution" });
        let reinstate = json!({ "event": "reinstate", "reason": "x", "ground": "prosecution_ended" });
        let people = [(); 4].map(|()| app.collaborator(&agency).text("/id"));
        let cards = people.each_ref().map(|person| app.collaborator_card(&agency, person));
        let [goes_now, goes_today, goes_later, by_case] = &cards;
        let revoked = [goes_now, goes_today, goes_later]
            .map(|card| registrar.happen("credentials", card, revoke.clone()).expect(201));
        let (answered, holder) = told(&app, &opener, by_case);
        let pending = decider.happen("cases", &answered, decision("revoke")).expect(202);
        let decided = second.happen("cases", &pending, json!({ "event": "confirm" })).expect(201);

        let last_days = [None, Some("2026-11-22"), Some("2026-11-23"), None];
        people.iter().zip(last_days).for_each(|(person, last)| end(&app, &agency, person, 0, last));
        let [now, today, later] = &revoked;
        for it in [now, today] {
            let refused = registrar.happen("credentials", it, reinstate.clone()).expect_problem(409, "wrong-state");
            assert!(refused.text("/detail").contains("has left the agency"), "{}", refused.text("/detail"));
            assert_eq!(stands(&app, it), ("revoked".into(), "prosecution".into()));
            assert_eq!(app.verdict(&it.text("/code")).0, valid(false));
        }
        registrar.happen("credentials", later, reinstate).expect(201);
        assert_eq!(app.verdict(&later.text("/code")).0, valid(true));

        // What a case took is given back as it was, and goes again at once.
        let appealed = json!({ "event": "appeal", "reason": "Không đúng" });
        let appealed = holder.happen("cases", &decided, appealed).expect(201);
        let overturn = json!({ "event": "overturn", "reason": "Nhân chứng rút lời" });
        appeals.happen("cases", &appealed, overturn).expect(201);
        assert_eq!(stands(&app, by_case), ("revoked".into(), "left_agency".into()));
        assert_eq!(app.verdict(&by_case.text("/code")).0, valid(false));
    }

    fn press_cards_of_agencies_not_at_work_and_of_those_who_left_are_in_a_queue(db) {
        let app = TestApp::start(db);
        let (local, central, working) = (app.local_agency(), app.central_agency(), app.central_agency());
        let of_local = app.issued_in(&local, Some(HAI_PHONG), &app.person(&local).text("/id"));
        app.pass(1);
        let of_central = app.issued_card(&central);
        app.pass(1);
        let (left, stays) = (app.issued_card(&working), app.issued_card(&working));
        let registrar = app.registrar();
        assert_eq!(queue(&registrar), []);
        app.pass(60);
        decide(&app, &local, "suspend");
        app.pass(60);
        decide(&app, &central, "close");
        end(&app, &working, &left.text("/person_id"), 0, Some("2026-11-21"));
        let entry = |card: &Answer, why: &str| (card.text("/number"), why.to_owned());
        let all = [
            entry(&of_local, "agency_suspended"),
            entry(&of_central, "agency_closed"),
            entry(&left, "left_agency"),
        ];
        assert_eq!(queue(&registrar), all);
        assert_eq!(registrar.list(TO_RETURN, "/since"), [
            "2026-11-22T03:01:02Z", "2026-11-22T03:02:02Z", "2026-11-21T17:00:00Z",
        ]);
        assert_eq!(queue(&app.provincial(HAI_PHONG)), all[..1]);
        assert_eq!(queue(&app.provincial(HA_NOI)), []);
        assert_eq!(queue(&app.head(&central)), all[1..2]);
        let of_one = format!("{TO_RETURN}?agency_id={}", working.id);
        assert_eq!(registrar.list(&of_one, "/credential/number"), [left.text("/number")]);
        registrar.get(&format!("{TO_RETURN}?state=active")).expect_invalid(&[("query:state", "unknown_parameter")]);
        // Handed in, or back at work: out of it.
        app.clerk(&working).get(&left.path("credentials")).expect(200);
        let handed_in = json!({ "event": "return", "reason": "Nộp lại", "ground": "left_agency" });
        app.clerk(&working).happen("credentials", &left, handed_in).expect(201);
        decide(&app, &local, "reinstate");
        assert_eq!(queue(&app.again(&registrar)), all[1..2]);
        assert_eq!(app.verdict(&stays.text("/code")).0, "valid");
    }
}
