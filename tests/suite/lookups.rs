//! Cards of before the registry, looked up by number and name: exact, counted, and told to their holders.

use crate::agencies::successions::{carried_out, merger};
use crate::erasure::{erased, returned};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::imports::{Source, take_in_state_cards};
use press_registry::domain::imports::{Mode, Order, STATE_CARDS};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

const LOOKUPS: &str = "/api/v1/lookups";
const PURPOSE: &str = "Kiểm tra tại cổng Ủy ban nhân dân";

/// Enters cards of before: number, name, first day and last day where it is said.
pub(crate) fn state_cards(app: &TestApp, agency: &TestAgency, cards: &[(&str, &str, &str, &str)]) {
    let agency = app.registrar().get(&format!("/api/v1/agencies/{}", agency.id)).expect(200).text("/name");
    let rows: String = cards
        .iter()
        .map(|(number, name, issued, until)| format!("{number},{name},{agency},{issued},{until}\n"))
        .collect();
    let file = format!("number,name,agency,issued,valid_until\n{rows}").into_bytes();
    let source = Source::open(file, STATE_CARDS).expect("a table");
    let order = Order { dry_run: false, mode: Mode::All };
    let ended = take_in_state_cards(&app.registry, source, order, |_| {}).expect("a database");
    assert_eq!(ended.errors, []);
}

fn form(number: &str, name: &str) -> Value {
    json!({ "number": number, "name": name, "purpose": PURPOSE })
}

pub(crate) fn look_up(client: &Client, number: &str, name: &str) -> String {
    client.post(LOOKUPS, &form(number, name)).expect(200).text("/verdict")
}

/// What of its looks a holder is told of lookups.
fn told(holder: &Client, person: &str) -> Vec<Value> {
    let list = holder.get(&format!("/api/v1/people/{person}/accesses")).expect(200).json();
    let items = list["items"].as_array().expect("a list").iter();
    items.filter(|it| it["what"] == "lookup").cloned().collect()
}

on_both_databases! {
    fn only_the_exact_number_with_the_whole_name_is_answered(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        state_cards(&app, &agency, &[
            ("IBT00123", "Trần Thị Hòa", "2026-01-02", ""),
            ("IBT00124", "Lê An", "2021-05-01", "2025-12-31"),
        ]);
        let official = app.official();
        let nfd: String = "TRẦN Thị Hoà".nfd().collect();
        for (number, name) in [("IBT00123", "Trần Thị Hòa"), ("ibt 00123", &*nfd), ("IBT-OO123", "trần thị hòa")] {
            assert_eq!(look_up(&official, number, name), "valid", "{number} {name}");
        }
        for (number, name) in [
            ("IBT00123", "Tran Thi Hoa"),
            ("IBT00123", "Trần Hòa"),
            ("IBT00123", "Lê An"),
            ("IBT0012", "Trần Thị Hòa"),
            ("IBT00125", "Trần Thị Hòa"),
            ("%", "%"),
        ] {
            assert_eq!(look_up(&official, number, name), "no_match", "{number} {name}");
        }
        // Its term ended with March 2026, and it is November.
        assert_eq!(look_up(&official, "IBT00124", "Lê An"), "not_valid");
        app.set_time("2031-01-01T16:59:59Z");
        assert_eq!(look_up(&app.again(&official), "IBT00123", "Trần Thị Hòa"), "valid");
        app.set_time("2031-01-01T17:00:00Z");
        assert_eq!(look_up(&app.again(&official), "IBT00123", "Trần Thị Hòa"), "not_valid");
    }

    fn an_unknown_number_and_a_wrong_name_are_told_by_the_same_bytes(db) {
        let app = TestApp::start(db);
        state_cards(&app, &app.central_agency(), &[("IBT00123", "Trần Thị Hòa", "2026-01-02", "")]);
        let official = app.official();
        let asked = |number, name| {
            let id = ("x-request-id", "01890a5d-ac96-774b-bcce-b302099a8058");
            official.post_with(LOOKUPS, &[id], &form(number, name)).expect(200)
        };
        let plain = |answer: &Answer| {
            let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
            let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
            headers.sort();
            (headers, answer.body.clone())
        };
        let (unknown, wrong) = (asked("IBT99999", "Trần Thị Hòa"), asked("IBT00123", "Trần Thị Hoa"));
        assert_eq!(plain(&unknown), plain(&wrong));
        let right = asked("IBT00123", "Trần Thị Hòa");
        assert_ne!(plain(&unknown), plain(&right));
        // Nothing of the card is told but that it is valid, and each is written down: a miss as a look at nobody.
        assert_eq!(right.json().as_object().map(serde_json::Map::len), Some(2));
        let looks = "SELECT what || ' ' || COALESCE(person_id, '-') AS value FROM accesses WHERE what = 'lookup'";
        assert_eq!(app.database.texts(looks), ["lookup -"; 3]);
        let columns = "SELECT COALESCE(purpose, '') AS value FROM accesses WHERE what = 'lookup'";
        assert_eq!(app.database.texts(columns), [PURPOSE; 3]);
        let metrics = app.anonymous().get("/metrics").expect(200).body_text();
        assert!(!metrics.contains("IBT00123") && !metrics.contains("Hòa"));
    }

    fn the_holder_sees_who_looked_and_what_for(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let person = app.person(&agency);
        let name = person.text("/full_name");
        state_cards(&app, &agency, &[("IBT00123", &name, "2026-01-02", ""), ("IBT00124", "Lê An", "2026-01-02", "")]);
        state_cards(&app, &other, &[("IBT00125", &name, "2026-01-02", "")]);
        let (official, holder) = (app.official(), app.holder(&person.text("/id")));
        for (number, name) in [("IBT00124", "Lê An"), ("IBT00125", &*name), ("IBT00123", "Lê An")] {
            look_up(&official, number, name);
        }
        assert_eq!(told(&holder, &person.text("/id")), [] as [Value; 0], "another's card, and a name that does not fit");
        look_up(&official, "IBT00123", &name);
        let seen = told(&holder, &person.text("/id"));
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0]["purpose"], PURPOSE);
        assert_eq!((&seen[0]["role"], &seen[0]["body"]), (&json!("official"), &json!("Ủy ban nhân dân phường Hồng Bàng")));
        // Of two who bear one name at one agency, nobody is taken for the other.
        let twin = app.named(&agency, &name.to_uppercase());
        look_up(&official, "IBT00123", &name);
        assert_eq!((told(&holder, &person.text("/id")).len(), told(&app.holder(&twin.text("/id")), &twin.text("/id")).len()), (1, 0));
    }

    fn two_who_share_a_name_are_told_apart_by_their_numbers(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let here = app.person(&agency);
        let name = here.text("/full_name");
        let there = app.named(&other, &name);
        state_cards(&app, &agency, &[("IBT00123", &name, "2026-01-02", "")]);
        // Its term ended with March 2026.
        state_cards(&app, &other, &[("IBT00124", &name, "2021-05-01", "")]);
        let [first, second] = [&here, &there].map(|person| app.holder(&person.text("/id")));
        let seen = || {
            [(&first, &here), (&second, &there)].map(|(holder, person)| told(holder, &person.text("/id")).len())
        };
        let official = app.official();
        assert_eq!(look_up(&official, "IBT00123", &name), "valid");
        assert_eq!(seen(), [1, 0], "the one whose card it is, by the agency on it");
        assert_eq!(look_up(&official, "IBT00124", &name), "not_valid");
        assert_eq!(seen(), [1, 1]);
        assert_eq!(look_up(&official, "IBT00125", &name), "no_match", "a name alone finds neither");
        assert_eq!(seen(), [1, 1]);
        // At one agency nobody is taken for the other, and the cards are told apart all the same.
        let twin = app.named(&agency, &name);
        state_cards(&app, &agency, &[("IBT00125", &name, "2021-05-01", "")]);
        for (number, verdict) in [("IBT00123", "valid"), ("IBT00125", "not_valid")] {
            assert_eq!(look_up(&official, number, &name), verdict, "{number}");
        }
        assert_eq!((seen(), told(&app.holder(&twin.text("/id")), &twin.text("/id")).len()), ([1, 1], 0));
    }

    fn our_own_cards_answer_too(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let (number, name) = (card.text("/number"), card.text("/name"));
        let official = app.official();
        assert_eq!(look_up(&official, &number, &name), "valid");
        assert_eq!(look_up(&official, &number, "Lê An"), "no_match");
        app.registrar().happen("credentials", &card, json!({ "event": "suspend", "reason": "x" })).expect(201);
        assert_eq!(look_up(&official, &number, &name), "not_valid");
        assert_eq!(told(&app.holder(&card.text("/person_id")), &card.text("/person_id")).len(), 2);
    }

    fn a_card_of_before_is_worth_nothing_beside_one_of_ours(db) {
        let app = TestApp::start(db);
        let (agency, official) = (app.central_agency(), app.official());
        let person = app.person(&agency);
        let name = person.text("/full_name");
        state_cards(&app, &agency, &[("IBT00123", &name, "2026-05-01", "")]);
        assert_eq!(look_up(&official, "IBT00123", &name), "valid");
        let renewal = json!({ "kind": "press_card", "basis": "renewal", "people": [person.text("/id")] });
        let drafted = app.clerk(&agency).post("/api/v1/applications", &renewal).expect(201);
        let submitted = app.head(&agency).happen("applications", &drafted, json!({ "event": "submit" })).expect(201);
        let approved = app.registrar().happen("applications", &submitted, json!({ "event": "approve" })).expect(201);
        assert_eq!(look_up(&official, "IBT00123", &name), "not_valid");
        assert_eq!(look_up(&official, &approved.text("/credentials/0/number"), &name), "valid");
    }

    fn an_account_looks_up_thirty_at_once_and_then_one_a_minute(db) {
        let app = TestApp::start(db);
        state_cards(&app, &app.central_agency(), &[("IBT00123", "Lê An", "2026-01-02", "")]);
        let (official, colleague) = (app.official(), app.official());
        // What is right counts like what is wrong.
        for nth in 0..30 {
            look_up(&official, if nth % 2 == 0 { "IBT00123" } else { "IBT99999" }, "Lê An");
        }
        let wait = |client: &Client| {
            let refused = client.post(LOOKUPS, &form("IBT00123", "Lê An")).expect_problem(429, "too-many-lookups");
            refused.header("retry-after").expect("a wait").parse::<i64>().expect("seconds")
        };
        assert_eq!(wait(&official), 1);
        assert_eq!(look_up(&colleague, "IBT00123", "Lê An"), "valid", "each account for itself");
        // A form that cannot be read costs nothing, and is told as ever.
        official.post(LOOKUPS, &json!({ "number": "1" })).expect_invalid(&[("/name", "missing"), ("/purpose", "missing")]);
        app.pass(1);
        look_up(&official, "IBT00123", "Lê An");
        assert_eq!(wait(&official), 2);
        app.pass(60);
        let mut in_an_hour = 0;
        let end = app.registry.clock.now().plus_seconds(3_600);
        let mut asking = app.again(&official);
        while app.registry.clock.now() < end {
            match asking.post(LOOKUPS, &form("IBT00123", "Lê An")) {
                answer if answer.status == 200 => in_an_hour += 1,
                refused => app.pass(refused.header("retry-after").expect("a wait").parse().expect("seconds")),
            }
            asking = app.again(&official);
        }
        assert!((50..=70).contains(&in_an_hour), "{in_an_hour}");
    }

    fn what_a_lookup_has_to_say(db) {
        let app = TestApp::start(db);
        let official = app.official();
        let wrong = json!({ "number": " ", "name": "a\u{202E}b", "purpose": "123456789" });
        official.post(LOOKUPS, &wrong).expect_invalid(&[
            ("/number", "empty"),
            ("/name", "control_character"),
            ("/purpose", "too_short"),
        ]);
        let long = json!({ "number": "1".repeat(41), "name": "ễ".repeat(121), "purpose": "x".repeat(201) });
        let fields = [("/number", "too_long"), ("/name", "too_long"), ("/purpose", "too_long")];
        official.post(LOOKUPS, &long).expect_invalid(&fields);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM accesses"), 0);
    }

    fn a_lookup_is_answered_anew_whatever_key_it_has(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let official = app.official();
        let form = form(&card.text("/number"), &card.text("/name"));
        let verdict = || official.post_with(LOOKUPS, &[("idempotency-key", "one")], &form).expect(200).text("/verdict");
        assert_eq!(verdict(), "valid");
        app.registrar().happen("credentials", &card, json!({ "event": "suspend", "reason": "x" })).expect(201);
        assert_eq!(verdict(), "not_valid");
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM accesses WHERE what = 'lookup'"), 2);
    }

    fn a_card_of_before_keeps_its_holder_through_a_merger_of_agencies(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let person = app.person(&old);
        let name = person.text("/full_name");
        state_cards(&app, &old, &[("IBT00123", &name, "2021-05-01", "")]);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        let official = app.official();
        assert_eq!(look_up(&official, "IBT00123", &name), "not_valid");
        assert_eq!(told(&app.holder(&person.text("/id")), &person.text("/id")).len(), 1);
        erased(&app, &person.text("/id"));
        assert_eq!(look_up(&official, "IBT00123", &name), "no_match");
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM state_cards WHERE name = ''"), 1);
    }

    fn no_number_is_given_twice(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        state_cards(&app, &agency, &[("000001", "Lê An", "2026-01-02", ""), ("2", "Lê Ân", "2026-01-02", "")]);
        assert_eq!(app.issued_card(&agency).text("/number"), "000002");
    }

    fn whoever_is_erased_has_no_card_of_before_either(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let (person, name) = (card.text("/person_id"), card.text("/name"));
        state_cards(&app, &agency, &[("IBT00123", &name, "2021-05-01", ""), ("IBT00124", "Lê An", "2021-05-01", "")]);
        returned(&app, &app.clerk(&agency), &card.text("/id"));
        let official = app.official();
        assert_eq!(look_up(&official, "IBT00123", &name), "not_valid");
        erased(&app, &person);
        assert_eq!(look_up(&official, "IBT00123", &name), "no_match");
        assert_eq!(look_up(&official, "IBT00124", "Lê An"), "not_valid");
        let rows = app.database.texts("SELECT number || '=' || name || name_key AS value FROM state_cards WHERE name = ''");
        assert_eq!(rows, ["IBT00123="]);
        let fields = "SELECT fields AS value FROM event_personal WHERE fields IS NOT NULL";
        assert!(!app.database.texts(fields).iter().any(|it| it.contains(&name)), "also in the log");
    }

    fn nobody_is_erased_while_their_card_of_before_is_valid(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        state_cards(&app, &agency, &[("IBT00123", &person.text("/full_name"), "2026-01-02", "")]);
        let erase = json!({ "event": "erase", "reason": "Theo đơn" });
        app.registrar().happen("people", &person, erase).expect_problem(409, "wrong-state");
    }
}
