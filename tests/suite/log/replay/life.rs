//! A life that uses all of the registry, in stages.

mod cases;
mod offices;

use crate::agencies::successions;
use crate::erasure::{bytes, erased};
use crate::lookups::state_cards;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::fixtures::{DAY, PDF, pdf, picture};
use press_registry::app::keys::{self, Retirement};
use press_registry::app::{duties, returns};
use press_registry::keys::PairUse;
use serde_json::{Value, json};

/// What happens in a part of it.
type Stage = fn(&TestApp);

/// Each stage by its name, in order.
pub(super) const STAGES: &[(&str, Stage)] = &[
    ("somebody's whole life", first_life),
    ("agencies", agencies),
    ("licences", licences),
    ("heads of agencies", leaders),
    ("a merger and a split", reorganised),
    ("records of people", people),
    ("duplicates", duplicates),
    ("applications", applications),
    ("credentials", credentials),
    ("accounts and keys", accounts),
    ("cards that are to be handed in", returns),
    ("cards of before that are to be handed in", returns_of_before),
    ("offices", offices::live),
    ("cases", cases::live),
    ("what happens by itself", by_itself),
    ("an erasure", erasure),
];

fn because(event: &str) -> Value {
    json!({ "event": event, "reason": "QĐ 12/2026" })
}

fn revoked() -> Value {
    json!({ "event": "revoke", "reason": "QĐ 12/2026", "ground": "error" })
}

fn first_life(app: &TestApp) {
    bytes::life(app);
}

fn agencies(app: &TestApp) {
    let registrar = app.registrar();
    for events in [&["suspend"][..], &["suspend", "reinstate"], &["revoke_licence"], &["close"]] {
        let agency = app.local_agency();
        let path = format!("/api/v1/agencies/{}", agency.id);
        let renamed = json!({ "name": format!("Báo Đổi Tên {}", app.serial()) });
        let mut seen = registrar.patch(&path, &agency.etag, &renamed).expect(200);
        for event in events {
            seen = registrar.event(&path, &seen.etag(), because(event)).expect(201);
        }
    }
}

fn licences(app: &TestApp) {
    let path = format!("/api/v1/agencies/{}/licences", app.local_agency().id);
    let form =
        json!({ "number": "1/GP-BTTTT", "issued_on": "2016-08-01", "issuer": "Bộ", "valid_until": "2026-11-22" });
    let first = app.registrar().post(&path, &form).expect(201).text("/id");
    let form = json!({
        "number": "2/GP-BVHTTDL", "issued_on": "2026-08-01", "issuer": "Bộ", "purpose": "Thông tin", "replaces": [first],
    });
    let second = app.registrar().post(&path, &form).expect(201).text("/id");
    let older = json!({ "number": "0/GP-BTTTT", "issued_on": "2006-08-01", "issuer": "Bộ", "replaced_by": second });
    app.registrar().post(&path, &older).expect(201);
    let taken = app.local_agency();
    let path = format!("/api/v1/agencies/{}", taken.id);
    let form = json!({ "number": "4/GP-BTTTT", "issued_on": "2016-08-01", "issuer": "Bộ" });
    app.registrar().post(&format!("{path}/licences"), &form).expect(201);
    app.registrar().event(&path, &taken.etag, because("revoke_licence")).expect(201);
    let path = format!("/api/v1/agencies/{}/licences", app.local_agency().id);
    let form =
        json!({ "number": "3/GP-BTTTT", "issued_on": "2016-08-01", "issuer": "Bộ", "valid_until": "2026-11-22" });
    app.registrar().post(&path, &form).expect(201);
}

fn leaders(app: &TestApp) {
    let registrar = app.registrar();
    for ends in [true, false] {
        let agency = app.central_agency();
        let path = format!("/api/v1/agencies/{}/leaders", agency.id);
        let form =
            |post: &str| json!({ "person_id": app.person(&agency).text("/id"), "post": post, "from": "2026-01-02" });
        let head = registrar.post(&path, &form("head")).expect(201).text("/id");
        registrar.post(&path, &form("deputy")).expect(201);
        let end = json!({ "event": "end", "reason": "x", "to": "2026-06-30" });
        registrar.event(&format!("{path}/{head}"), &agency.etag, end).expect(201);
        registrar.post(&path, &form("head")).expect_problem(409, "wrong-state");
        let mut former = form("head");
        (former["from"], former["to"]) = ("2025-01-02".into(), "2026-01-01".into());
        let slip = registrar.post(&path, &former).expect(201).text("/id");
        registrar.event(&format!("{path}/{slip}"), &agency.etag, because("remove")).expect(201);
        registrar.post(&path, &former).expect(201);
        let leaves = app.person(&agency);
        let leads = json!({ "person_id": leaves.text("/id"), "post": "deputy", "from": "2026-01-02" });
        registrar.post(&path, &leads).expect(201);
        let engagement = format!("{}/engagements/{}", leaves.path("people"), leaves.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &leaves.etag(), because("end")).expect(201);
        if ends {
            registrar.event(&format!("/api/v1/agencies/{}", agency.id), &agency.etag, because("close")).expect(201);
        }
    }
}

fn reorganised(app: &TestApp) {
    let [one, other, third, part] = std::array::from_fn(|_| app.central_agency());
    app.issued_card(&one);
    app.draft(&one, &[&app.person(&one).text("/id")]);
    let stays = app.issued_card(&other).text("/person_id");
    // Somebody who finds notices in an account, and one whom the agency has elsewhere.
    app.holder(&stays);
    let away = app.person(&one).text("/id");
    let away = json!({ "kind": "assigned_reporter", "province": "31", "from": "2027-06-20", "reporters": [away] });
    app.head(&one).post(&format!("/api/v1/agencies/{}/offices", one.id), &away).expect(201);
    successions::carried_out(app, "mergers", &successions::merger(&[&one, &other], &third));
    successions::carried_out(app, "splits", &successions::parted(&third, &part, &[&stays]));
}

fn people(app: &TestApp) {
    let agency = app.central_agency();
    let (clerk, person) = (app.clerk(&agency), app.person(&agency));
    let path = person.path("people");
    let pictured = clerk.put(&format!("{path}/portrait"), &person.etag(), "image/png", &picture(3)).expect(200);
    let again = clerk.put(&format!("{path}/portrait"), &pictured.etag(), "image/png", &picture(4)).expect(200);
    let engagement = format!("{path}/engagements/{}", person.text("/engagements/0/id"));
    let corrected = json!({ "event": "correct", "reason": "x", "from": "2019-01-02" });
    let corrected = clerk.event(&engagement, &again.etag(), corrected).expect(201);
    let later = json!({ "event": "end", "reason": "x", "to": "2030-12-31" });
    let ending = clerk.event(&engagement, &corrected.etag(), later).expect(201);
    let sooner = json!({ "event": "correct", "reason": "x", "to": "2030-12-30" });
    let ending = clerk.event(&engagement, &ending.etag(), sooner).expect(201);
    clerk.event(&engagement, &ending.etag(), because("end")).expect(201);
    let of_before = ["IBT00123", "IBT00124", "IBT00125", "IBT00126"].map(|number| (number, "Lê An", "2026-01-02", ""));
    state_cards(app, &agency, &of_before);
    let registrar = app.registrar();
    let events = [&["return"][..], &["report_lost"], &["revoke", "reinstate"]];
    for (id, events) in registrar.list("/api/v1/state-cards", "/id").iter().zip(events) {
        let mut seen = registrar.get(&format!("/api/v1/state-cards/{id}")).expect(200);
        for event in events {
            let mut form = because(event);
            form["ground"] = match *event {
                "revoke" => "prosecution".into(),
                "reinstate" => "prosecution_ended".into(),
                _ => Value::Null,
            };
            seen = registrar.happen("state-cards", &seen, form).expect(201);
        }
    }
    let other = app.person(&agency);
    clerk.patch(&other.path("people"), &other.etag(), &json!({ "full_name": "Trần Thị Bưởi Hồng" })).expect(200);
}

fn duplicates(app: &TestApp) {
    let (one, other) = (app.central_agency(), app.central_agency());
    let registrar = app.registrar();
    for (seed, events) in (50..).zip([&["dismiss"][..], &["merge"], &["merge", "split"]]) {
        let form = app.person_form();
        let [here, there] = [&one, &other].map(|agency| app.entered(agency, &form));
        let has_more = events[0] == "merge";
        if has_more {
            app.holder(&there.text("/id"));
            let path = format!("{}/portrait", there.path("people"));
            app.clerk(&other).put(&path, &there.etag(), "image/png", &picture(seed)).expect(200);
            app.issued_to(&other, &there.text("/id"));
            away(app, &other, &there.text("/id"));
            let draft = json!({ "kind": "press_card", "basis": "renewal", "people": [there.text("/id")] });
            let draft = app.clerk(&other).post("/api/v1/applications", &draft).expect(201);
            let papers = format!("{}/documents?kind=degree&person={}", draft.path("applications"), there.text("/id"));
            let paper: &[u8] = b"%PDF-1.7\n4\n%%EOF";
            app.clerk(&other).send("POST", &papers, &[("content-type", "application/pdf")], Some(paper)).expect(201);
        }
        let id = registrar.list("/api/v1/duplicates?limit=100", "/id").pop().expect("a pair");
        let mut pair = registrar.get(&format!("/api/v1/duplicates/{id}")).expect(200);
        for event in events {
            let mut decision = because(event);
            if *event == "merge" {
                decision["keep"] = here.text("/id").into();
            }
            pair = registrar.happen("duplicates", &pair, decision).expect(201);
            // A post that is begun by one of both.
            if has_more && *event == "merge" {
                away(app, &other, &here.text("/id"));
            }
        }
    }
    // Somebody comes back.
    let person = app.person(&one);
    let clerk = app.clerk(&one);
    let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
    let ended = clerk.event(&engagement, &person.etag(), because("end")).expect(201);
    let again = json!({ "kind": "collaborator", "post": "Cộng tác viên", "from": "2027-01-01" });
    let path = format!("{}/engagements", person.path("people"));
    clerk.post_with(&path, &[("if-match", &ended.etag())], &again).expect(201);
}

/// Somebody follows a province for an agency, as a paper says.
fn away(app: &TestApp, agency: &TestAgency, reporter: &str) {
    let form = json!({
        "kind": "assigned_reporter", "province": "31", "from": "2027-06-20", "reporters": [reporter],
        "documents": ["assignment"],
    });
    let head = app.head(agency);
    let told = head.post(&format!("/api/v1/agencies/{}/offices", agency.id), &form).expect(201);
    let papers = format!("{}/documents?kind=assignment&person={reporter}", told.path("offices"));
    head.send("POST", &papers, &[PDF], Some(&pdf("decided"))).expect(201);
}

fn applications(app: &TestApp) {
    let agency = app.central_agency();
    let one = |agency: &TestAgency| app.person(agency).text("/id");
    let (registrar, clerk) = (app.registrar(), app.clerk(&agency));
    app.draft(&agency, &[&one(&agency)]);
    let returned = app.submitted(&agency, &[&one(&agency)]);
    let returned = registrar.happen("applications", &returned, because("return")).expect(201);
    app.head(&agency).happen("applications", &returned, json!({ "event": "submit" })).expect(201);
    let withdrawn = app.draft(&agency, &[&one(&agency)]);
    clerk.happen("applications", &withdrawn, json!({ "event": "withdraw" })).expect(201);
    let draft = app.draft(&agency, &[&one(&agency)]);
    let papers = format!("{}/documents?kind=degree", draft.path("applications"));
    let add = |paper: &[u8]| clerk.send("POST", &papers, &[("content-type", "application/pdf")], Some(paper));
    let removed = add(b"%PDF-1.7\n1\n%%EOF").expect(201).text("/sha256");
    add(b"%PDF-1.7\n2\n%%EOF").expect(201);
    let seen = clerk.get(&draft.path("applications")).expect(200);
    let path = format!("{}/documents/{removed}", draft.path("applications"));
    clerk.send("DELETE", &path, &[("if-match", &seen.etag())], None).expect(204);
    let (good, bad) = (one(&agency), one(&agency));
    let mixed = app.submitted(&agency, &[&good, &bad]);
    let refuse = json!({ "event": "refuse", "reason": "Chưa đủ hai năm", "people": [bad] });
    let mixed = registrar.happen("applications", &mixed, refuse).expect(201);
    registrar.happen("applications", &mixed, json!({ "event": "approve" })).expect(201);
}

fn credentials(app: &TestApp) {
    let agency = app.central_agency();
    for events in [&["suspend"][..], &["suspend", "reinstate"], &["revoke"], &["report_lost", "replace"], &["return"]] {
        let mut seen = app.issued_card(&agency);
        for event in events {
            let doer = match *event {
                "return" => app.clerk(&agency),
                "report_lost" => app.head(&agency),
                _ => app.registrar(),
            };
            let form = if *event == "revoke" { revoked() } else { because(event) };
            seen = doer.happen("credentials", &seen, form).expect(201);
        }
    }
}

fn returns(app: &TestApp) {
    let agency = app.central_agency();
    let registrar = app.registrar();
    let cards = [(); 3].map(|()| app.issued_card(&agency));
    for card in &cards {
        let clerk = app.clerk(&agency);
        let person = clerk.get(&format!("/api/v1/people/{}", card.text("/person_id"))).expect(200);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        clerk.event(&engagement, &person.etag(), because("end")).expect(201);
    }
    let event = |client: &Client, card: &Answer, event: &str| {
        let now = client.get(&card.path("credentials")).expect(200);
        client.event(&format!("{}/return", card.path("credentials")), &now.etag(), because(event)).expect(201)
    };
    app.pass(DAY);
    let (registrar, clerk) = (app.again(&registrar), app.clerk(&agency));
    returns::keep(&app.registry).expect("a run");
    event(&clerk, &cards[0], "request");
    app.pass(60 * DAY);
    let registrar = app.again(&registrar);
    returns::keep(&app.registry).expect("a run");
    event(&registrar, &cards[1], "set_aside");
    let revoke = json!({ "event": "revoke", "reason": "Không nộp lại thẻ", "ground": "not_returned" });
    let now = registrar.get(&cards[2].path("credentials")).expect(200);
    registrar.happen("credentials", &now, revoke).expect(201);
    // A letter, withdrawn before its day.
    let person = app.person(&agency).text("/id");
    let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&person)).expect(201);
    registrar.happen("credentials", &letter, revoked()).expect(201);
    duties::tell(&app.registry).expect("a run");
}

fn returns_of_before(app: &TestApp) {
    let agency = app.central_agency();
    // Somebody is told.
    app.head(&agency);
    let people = [(); 5].map(|()| app.person(&agency));
    let names: Vec<(String, String)> =
        (0..).zip(&people).map(|(n, person)| (format!("IBT0020{n}"), person.text("/full_name"))).collect();
    let of_before: Vec<_> = names.iter().map(|(number, name)| (&**number, &**name, "2026-01-02", "")).collect();
    state_cards(app, &agency, &of_before);
    let leave = |person: &Answer| {
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &person.etag(), because("end")).expect(201);
    };
    people.iter().for_each(leave);
    app.pass(DAY);
    let (registrar, clerk) = (app.registrar(), app.clerk(&agency));
    returns::keep(&app.registry).expect("a run");
    let cards = clerk.list("/api/v1/state-cards", "/id");
    let card = |client: &Client, nth: usize| client.get(&format!("/api/v1/state-cards/{}", cards[nth])).expect(200);
    let event = |client: &Client, nth: usize, event: &str| {
        let now = card(client, nth);
        client.event(&format!("{}/return", now.path("state-cards")), &now.etag(), because(event)).expect(201)
    };
    event(&clerk, 0, "request");
    clerk.happen("state-cards", &card(&clerk, 1), because("return")).expect(201);
    // Nobody can tell any more whose this one is.
    let mut namesake = app.person_form();
    namesake["full_name"] = names[2].1.as_str().into();
    app.entered(&agency, &namesake);
    returns::keep(&app.registry).expect("a run");
    app.pass(60 * DAY);
    let registrar = app.again(&registrar);
    returns::keep(&app.registry).expect("a run");
    event(&registrar, 3, "set_aside");
    let revoke = json!({ "event": "revoke", "reason": "Không nộp lại thẻ", "ground": "not_returned" });
    registrar.happen("state-cards", &card(&registrar, 4), revoke).expect(201);
}

fn accounts(app: &TestApp) {
    let admin = app.admin();
    let made = |role: &str| {
        let email = format!("made{}@test.example", app.serial());
        admin.post("/api/v1/users", &json!({ "email": email, "role": role })).expect(201)
    };
    let account = made("auditor");
    let tokens = app.anonymous().sign_in(&account.text("/email"), &account.text("/one_time_code")).expect(201);
    let password = json!({ "new_password": "gió lùa qua khe cửa sổ" });
    app.anonymous().with_tokens(&tokens).post("/api/v1/me/password", &password).expect(204);
    let gone = made("registrar");
    admin.patch(&gone.path("users"), &gone.etag(), &json!({ "state": "disabled" })).expect(200);
    let lost = made("admin");
    admin.post(&format!("{}/reset", lost.path("users")), &json!({})).expect(201);

    let first = app.database.texts("SELECT id AS value FROM keys WHERE purpose LIKE '%card%' AND state = 'active'");
    keys::rotate(&app.registry, PairUse::Card).expect("a new key");
    keys::retire(&app.registry, &first[0], Retirement::Compromised).expect("it is out of use");
    keys::rotate(&app.registry, PairUse::Session).expect("a new key");
}

fn by_itself(app: &TestApp) {
    app.pass(40 * DAY);
    press_registry::app::cases::lapse(&app.registry).expect("a run");
    app.registry.commit_accesses().expect("a run");
    app.registry.forget().expect("a run");
    // A year later nothing refused is kept, and the year is counted.
    app.set_time("2027-12-01T03:00:00Z");
    app.registry.commit_accesses().expect("a run");
    app.registry.forget().expect("a run");
    app.anonymous().get("/api/v1/statistics/misuse?year=2026&by=kind").expect(200);
    // The papers of old drafts are gone; here is a new one.
    let agency = app.central_agency();
    let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
    let papers = format!("{}/documents?kind=degree", draft.path("applications"));
    let paper: &[u8] = b"%PDF-1.7\n3\n%%EOF";
    app.clerk(&agency).send("POST", &papers, &[("content-type", "application/pdf")], Some(paper)).expect(201);
}

fn erasure(app: &TestApp) {
    // Of the first life, in which everything had its end.
    let person = app.database.texts("SELECT id AS value FROM people ORDER BY id").remove(0);
    erased(app, &person);
    // And of one that took another in.
    let merged = "SELECT merged_into AS value FROM people WHERE merged_into IS NOT NULL";
    let merged = app.database.texts(merged).remove(0);
    let registrar = app.registrar();
    for card in registrar.list(&format!("/api/v1/credentials?person_id={merged}"), "/id") {
        let card = registrar.get(&format!("/api/v1/credentials/{card}")).expect(200);
        if card.text("/state") == "active" {
            registrar.happen("credentials", &card, revoked()).expect(201);
        }
    }
    erased(app, &merged);
    let other = app.person(&app.central_agency());
    let asked = registrar.happen("people", &other, because("erase")).expect(202);
    app.registrar().happen("people", &asked, because("keep")).expect(201);
}
