//! Mergers and splits of agencies: shown before, done as shown, and readable afterwards from both sides.

mod effective;
mod many;
mod plans;
mod told;

use super::AGENCIES;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::offices;
use press_registry::data;
use press_registry::domain::ids::{AgencyId, Id as _};
use serde_json::{Value, json};

const SUCCESSIONS: &str = "/api/v1/agency-successions";
/// Thái Nguyên with Bắc Kạn, since July 2025.
const THAI_NGUYEN: &str = "19-2025";
/// What became one there in July 2025 (Nhân Dân, post891310).
const SIX: [&str; 6] = [
    "Báo Bắc Kạn",
    "Báo Thái Nguyên",
    "Tạp chí Văn học nghệ thuật tỉnh Bắc Kạn",
    "Tạp chí Văn học nghệ thuật tỉnh Thái Nguyên",
    "Đài Phát thanh và Truyền hình Bắc Kạn",
    "Đài Phát thanh và Truyền hình Thái Nguyên",
];
const ONE: &str = "Báo và Phát thanh, Truyền hình Thái Nguyên";

/// Sends a merger or split with this tag.
fn sent(client: &Client, what: &str, etag: &str, form: &Value) -> Answer {
    client.post_with(&format!("/api/v1/agency-{what}"), &[("if-match", etag)], form)
}

fn planned(client: &Client, what: &str, form: &Value) -> Answer {
    client.post(&format!("/api/v1/agency-{what}?dry_run=true"), form)
}

/// Has a merger or split carried out as it is planned.
pub(crate) fn carried_out(app: &TestApp, what: &str, form: &Value) -> Answer {
    let registrar = app.registrar();
    let plan = planned(&registrar, what, form).expect(200);
    assert_eq!(plan.json()["obstacles"], json!([]));
    sent(&registrar, what, &plan.etag(), form).expect(201)
}

/// That these agencies go over into another.
pub(crate) fn merger(of: &[&TestAgency], into: &TestAgency) -> Value {
    let of: Vec<String> = of.iter().map(|agency| agency.id.to_string()).collect();
    json!({ "predecessors": of, "successor": into.id.to_string(), "reason": "Quyết định 1/QĐ-TU" })
}

/// That an agency gives these people to another and goes on.
pub(crate) fn parted(whole: &TestAgency, part: &TestAgency, people: &[&str]) -> Value {
    json!({
        "predecessor": whole.id.to_string(), "remainder": whole.id.to_string(), "reason": "QĐ 2",
        "parts": [{ "agency": part.id.to_string(), "people": people }],
    })
}

fn state_of(app: &TestApp, agency: &TestAgency) -> String {
    app.registrar().get(&format!("{AGENCIES}/{}", agency.id)).expect(200).text("/state")
}

/// An agency of the list of the country's agencies, entered as it stands there, in today's province.
fn real(app: &TestApp, name: &str) -> TestAgency {
    let fields = data::agencies().iter().find(|it| it.name == name).expect("an agency of the list");
    let form = json!({
        "name": fields.name, "short_name": format!("TN {}", app.serial()), "kind": fields.kind.as_str(),
        "level": "local", "province": "19", "governing_body": fields.governing_body,
    });
    let entered = app.registrar().post(AGENCIES, &form).expect(201);
    TestAgency { id: AgencyId::parse(&entered.text("/id")).expect("an id"), etag: entered.etag() }
}

on_both_databases! {
    fn six_agencies_become_one_as_in_july_2025(db) {
        let app = TestApp::start(db);
        let six = SIX.map(|name| real(&app, name));
        let one = real(&app, ONE);
        let (paper, station) = (&six[0], &six[4]);
        let reporter = app.person(paper).text("/id");
        let card = app.issued_in(paper, Some(THAI_NGUYEN), &reporter);
        let head = app.head(paper);
        let letter = head.post("/api/v1/letters", &app.letter_form(&app.person(paper).text("/id"))).expect(201);
        let applicant = app.person(station).text("/id");
        let waiting = app.submitted(station, &[&applicant]);
        let follows = json!({
            "kind": "assigned_reporter", "province": "31", "from": "2026-12-02", "reporters": [reporter],
        });
        let office = head.post(&format!("{AGENCIES}/{}/offices", paper.id), &follows).expect(201);
        let form = merger(&six.each_ref(), &one);
        let registrar = app.registrar();
        let plan = planned(&registrar, "mergers", &form).expect(200);
        let share = |at: usize| plan.json()["shares"][at].clone();
        assert_eq!((&share(0)["from_name"], &share(0)["to_name"]), (&json!(SIX[0]), &json!(ONE)));
        let counts =
            ["people", "press_cards", "letters", "collaborator_cards", "applications", "accounts", "cases", "offices"];
        let of = |share: Value| counts.map(|name| share[name].as_u64().expect("a count"));
        // The clerks and heads are those who entered people, applied and wrote the letter.
        let accounts = |agency: &TestAgency| {
            let sql = format!("SELECT COUNT(*) AS value FROM users WHERE agency_id = '{}'", agency.id);
            u64::try_from(app.database.number(&sql)).expect("a count")
        };
        assert_eq!(of(share(0)), [2, 1, 1, 0, 0, accounts(paper), 0, 1]);
        assert_eq!(of(share(1)), [0; 8], "nobody was entered there");
        assert_eq!(of(share(4)), [1, 0, 0, 0, 1, accounts(station), 0, 0]);
        assert_eq!(state_of(&app, paper), "active", "nothing is done by looking");

        let done = sent(&registrar, "mergers", &plan.etag(), &form).expect(201);
        assert_eq!(done.header("location"), Some(format!("{SUCCESSIONS}/{}", done.text("/id")).as_str()));
        assert_eq!(done.json()["shares"], plan.json()["shares"], "what was shown was done");
        assert!(six.iter().all(|agency| state_of(&app, agency) == "closed"));
        // The people work for the one agency, and are found there; the head of one of the six is a head of it now.
        let list = |query: &str| head.list(&format!("{AGENCIES}/{}/people?query={query}", one.id), "/id");
        assert_eq!(head.list(&format!("{AGENCIES}/{}/people", one.id), "/id").len(), 3);
        assert!(list("buoi").contains(&reporter));
        // An agency sees what somebody does for it; the registrar sees both.
        let person = registrar.get(&format!("/api/v1/people/{reporter}")).expect(200);
        let engagements = person.json()["engagements"].clone();
        assert_eq!((&engagements[0]["agency_id"], &engagements[0]["to"]), (&json!(paper.id.to_string()), &json!("2026-11-21")));
        assert_eq!((&engagements[1]["agency_id"], &engagements[1]["from"]), (&json!(one.id.to_string()), &json!("2026-11-22")));
        assert_eq!((&engagements[1]["post"], &engagements[1]["to"]), (&json!("Phóng viên"), &Value::Null));
        // Whom the paper has elsewhere goes on there for the one agency.
        assert_eq!(offices::lapse(&app.registry).expect("a run"), 0);
        let seen = registrar.get(&office.path("offices")).expect(200);
        assert_eq!((seen.text("/agency_id"), seen.text("/state")), (one.id.to_string(), "notified".into()));
        // Cards and letters stay good as they are printed, and are the one agency's to look after.
        for paper in [&card, &letter] {
            assert_eq!(app.verdict(&paper.text("/code")).0, "valid");
            let seen = head.get(&paper.path("credentials")).expect(200);
            assert_eq!((seen.text("/agency_id"), seen.text("/agency")), (one.id.to_string(), paper.text("/agency")));
            assert_ne!(seen.etag(), paper.etag());
        }
        assert_eq!(head.list("/api/v1/credentials/to-return", "/credential/id"), Vec::<String>::new());
        let exchange = head.list("/api/v1/credentials?to_exchange=true", "/id");
        assert_eq!(exchange, [card.text("/id")], "letters are over before anybody could exchange them");
        // What was applied for is decided for the one agency.
        let seen = registrar.get(&waiting.path("applications")).expect(200);
        assert_eq!(seen.text("/agency_id"), one.id.to_string());
        let endorsed = app.provincial(THAI_NGUYEN).happen("applications", &seen, json!({ "event": "endorse" })).expect(201);
        let approved = registrar.happen("applications", &endorsed, json!({ "event": "approve" })).expect(201);
        let new = registrar.get(&format!("/api/v1/credentials/{}", approved.text("/credentials/0/id"))).expect(200);
        assert_eq!(new.text("/agency_id"), one.id.to_string());
        let two_years = seen.json()["people"][0]["eligibility"]["conditions"].clone();
        let two_years = two_years.as_array().expect("conditions").iter().find(|it| it["condition"] == "two_years");
        assert_eq!(two_years.expect("a condition")["outcome"], "met");
    }

    fn work_at_a_predecessor_counts_as_work_at_the_successor(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let person = app.person(&old).text("/id");
        carried_out(&app, "mergers", &merger(&[&old], &new));
        let draft = app.draft(&new, &[&person]);
        let json = draft.json();
        let conditions = json["people"][0]["eligibility"]["conditions"].as_array().expect("conditions").clone();
        let two_years = conditions.iter().find(|it| it["condition"] == "two_years").expect("a condition");
        assert_eq!(two_years["outcome"], "met", "since 2020, without a day's gap");
    }

    fn a_card_of_a_predecessor_is_exchanged_for_one_of_the_successor(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let card = app.issued_card(&old);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        let form = json!({ "kind": "press_card", "basis": "exchange", "people": [card.text("/person_id")] });
        let draft = app.clerk(&new).post("/api/v1/applications", &form).expect(201);
        let sent = app.head(&new).happen("applications", &draft, json!({ "event": "submit" })).expect(201);
        app.registrar().happen("applications", &sent, json!({ "event": "approve" })).expect(201);
        let seen = app.registrar().get(&card.path("credentials")).expect(200);
        assert_eq!((seen.text("/state"), seen.text("/ground")), ("replaced".into(), "agency_changed".into()));
        assert_eq!(app.registrar().list("/api/v1/credentials?to_exchange=true", "/id"), Vec::<String>::new());
    }

    fn whoever_works_for_two_that_become_one_works_there_once(db) {
        let app = TestApp::start(db);
        let (one, other, new) = (app.central_agency(), app.central_agency(), app.central_agency());
        let people = |agency: &TestAgency| format!("{AGENCIES}/{}/people", agency.id);
        let person = crate::people::shared(&app, &[&one, &other]);
        let open = |agency: &TestAgency| {
            let of = format!("engagements WHERE agency_id = '{}' AND to_day IS NULL", agency.id);
            app.database.number(&format!("SELECT COUNT(*) AS value FROM {of}"))
        };
        carried_out(&app, "mergers", &merger(&[&one, &other], &new));
        assert_eq!([&one, &other, &new].map(open), [0, 0, 1], "of two that hand over");
        assert_eq!(app.head(&new).list(&people(&new), "/id"), std::slice::from_ref(&person));
        let facts = app.database.texts("SELECT data AS value FROM events WHERE type = 'engagement.carried' ORDER BY idx");
        let next: Vec<Value> = facts.iter().map(|it| serde_json::from_str::<Value>(it).expect("JSON")["next"].clone()).collect();
        assert_eq!(next.iter().map(Value::is_null).collect::<Vec<_>>(), [false, true]);

        let (old, into) = (app.central_agency(), app.central_agency());
        let person = crate::people::shared(&app, &[&old, &into]);
        carried_out(&app, "mergers", &merger(&[&old], &into));
        assert_eq!([&old, &into].map(open), [0, 1], "of one that hands over and one that takes over");
        assert_eq!(app.head(&into).list(&people(&into), "/id"), [person]);
        assert_eq!(app.database.number(&format!("SELECT COUNT(*) AS value FROM people_words WHERE agency_id = '{}' AND until IS NULL", old.id)), 0);
    }

    fn an_agency_gives_a_part_of_itself_away_and_goes_on(db) {
        let app = TestApp::start(db);
        let (whole, part) = (app.central_agency(), app.central_agency());
        let (goes, stays) = (app.issued_card(&whole), app.issued_card(&whole));
        let (going, staying) = (goes.text("/person_id"), stays.text("/person_id"));
        let one = app.person(&whole).text("/id");
        let both = app.draft(&whole, &[&one]);
        let done = carried_out(&app, "splits", &parted(&whole, &part, &[&going, &one]));
        assert_eq!((done.text("/kind"), done.json()["ended_predecessors"].clone()), ("split".into(), json!(false)));
        assert_eq!(state_of(&app, &whole), "active");
        let of = |agency: &TestAgency| {
            let mut ids = app.registrar().list(&format!("{AGENCIES}/{}/people", agency.id), "/id");
            ids.sort();
            ids
        };
        let mut gone = vec![going, one];
        gone.sort();
        assert_eq!((of(&whole), of(&part)), (vec![staying], gone));
        let agency_of = |card: &Answer| app.registrar().get(&card.path("credentials")).expect(200).text("/agency_id");
        assert_eq!((agency_of(&goes), agency_of(&stays)), (part.id.to_string(), whole.id.to_string()));
        let application = app.clerk(&part).get(&both.path("applications")).expect(200);
        assert_eq!(application.text("/agency_id"), part.id.to_string());
        app.clerk(&whole).get(&both.path("applications")).expect_problem(404, "not-found");
    }

    fn both_sides_history_tells_of_it_and_both_find_it(db) {
        let app = TestApp::start(db);
        let (old, new, other) = (app.central_agency(), app.central_agency(), app.central_agency());
        let card = app.issued_card(&old);
        let done = carried_out(&app, "mergers", &merger(&[&old], &new));
        let reader = app.auditor();
        let history = |agency: &TestAgency| {
            let part = reader.get(&format!("{AGENCIES}/{}/events", agency.id)).expect(200).json();
            part["items"].as_array().expect("items").last().expect("an event").clone()
        };
        let (closed, took) = (history(&old), history(&new));
        assert_eq!((&closed["type"], &closed["succession"]), (&json!("agency.closed"), &json!(done.text("/id"))));
        assert_eq!(closed["successors"], json!([new.id.to_string()]));
        assert_eq!((&took["type"], &took["reason"]), (&json!("agency.took_over"), &json!("Quyết định 1/QĐ-TU")));
        // Everybody signed in reads an agency's history: it tells no more than they are told of the merger.
        let told = took["from"][0].as_object().expect("a share");
        let mut told: Vec<_> = told.keys().map(String::as_str).collect();
        told.sort_unstable();
        assert_eq!(told, ["agency", "collaborator_cards", "letters", "people", "press_cards"]);
        assert_eq!((&took["from"][0]["agency"], &took["from"][0]["people"]), (&json!(old.id.to_string()), &json!(1)));
        for agency in [&old, &new] {
            let found = reader.list(&format!("{SUCCESSIONS}?agency_id={}", agency.id), "/id");
            assert_eq!(found, [done.text("/id")]);
        }
        assert_eq!(reader.list(&format!("{SUCCESSIONS}?agency_id={}", other.id), "/id"), Vec::<String>::new());
        let path = format!("{SUCCESSIONS}/{}", done.text("/id"));
        let read = app.registrar().get(&path).expect(200);
        assert_eq!((read.json(), read.etag()), (done.json(), done.etag()));
        // How much was in hand is told to those who decide on mergers, and to nobody else: a case may be a stayed notice.
        let told = [reader.get(&path).expect(200).json(), reader.get(SUCCESSIONS).expect(200).json()["items"][0].clone()];
        for share in told.map(|it| it["shares"][0].clone()) {
            assert_eq!((&share["people"], &share["press_cards"]), (&json!(1), &json!(1)));
            assert!(["applications", "accounts", "cases", "offices"].iter().all(|name| share.get(name).is_none()), "{share}");
        }
        assert!(took["from"][0].get("cases").is_none(), "each case tells of itself: {took}");
        let of_card = app.registrar().history("credentials", &card);
        assert_eq!(of_card.last().expect("an event")["type"], "credential.carried");
    }

    fn the_accounts_of_heads_and_clerks_go_over_at_once_and_those_put_out_stay(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let (head, clerk) = (app.head(&old), app.clerk(&old));
        let person = app.person(&new);
        clerk.get(&person.path("people")).expect_problem(404, "not-found");
        carried_out(&app, "mergers", &merger(&[&old], &new));
        for client in [&head, &clerk] {
            assert_eq!(client.get("/api/v1/me").expect(200).text("/agency_id"), new.id.to_string());
            client.get(&person.path("people")).expect(200);
        }
        head.post("/api/v1/letters", &app.letter_form(&person.text("/id"))).expect(201);
    }

    fn what_a_case_asks_of_an_agency_it_asks_of_the_successor(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let card = app.issued_card(&old);
        let form = json!({
            "subject": "holder", "person_id": card.text("/person_id"), "credential_id": card.text("/id"),
            "kind": "LENT_CARD", "province": "01", "summary": "Một người khác xuất trình thẻ này.",
        });
        let registrar = app.registrar();
        let case = registrar.post("/api/v1/cases", &form).expect(201);
        app.holder(&card.text("/person_id"));
        registrar.happen("cases", &case, json!({ "event": "notify", "means": "account" })).expect(201);
        let head = app.head(&old);
        assert_eq!(head.list("/api/v1/cases", "/id"), [case.text("/id")]);
        let done = carried_out(&app, "mergers", &merger(&[&old], &new));
        assert_eq!(done.json()["shares"][0]["cases"], 1);
        let theirs = app.head(&new);
        assert_eq!(theirs.list("/api/v1/cases", "/id"), [case.text("/id")]);
        let notices = crate::notices::told(&theirs);
        let duties: Vec<_> = notices.iter().map(|it| it["duty"].as_str().expect("a duty")).collect();
        assert_eq!(duties, ["opening", "carried_over"], "of the case the agency is told once more nothing, and may read it");
    }
}
