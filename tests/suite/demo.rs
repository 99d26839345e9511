//! The demo: what a newcomer sees first. Loading it takes a minute of a machine, so one test does it, once.

mod desks;

use crate::support::app::Client;
use crate::support::folder;
use crate::support::program::{Serving, program, run};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

/// 193 that there are, six that are invented, and a site that is none.
const AGENCIES: usize = 200;
const CASES: usize = 60;
/// At work: 2,072 who are invented, five more records that are like another's, and one whose erasure waits, less seven who
/// left.
const PEOPLE: usize = 2_071;

fn demo(dir: &Path) -> Serving {
    let dir = dir.to_str().expect("UTF-8");
    Serving::start(&["demo", "--dir", dir, "--listen", "127.0.0.1:0"], "The demo is at ")
}

fn document(dir: &Path) -> Value {
    serde_json::from_slice(&fs::read(dir.join("demo.json")).expect("a document")).expect("JSON")
}

fn items<'a>(document: &'a Value, name: &str) -> &'a [Value] {
    document[name].as_array().unwrap_or_else(|| panic!("no list {name}"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// Begins to load a demo and is killed on the way.
fn interrupt_a_load(dir: &Path) {
    let dir = dir.to_str().expect("UTF-8");
    let mut child = program(&["demo", "--dir", dir, "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let progress = BufReader::new(child.stderr.take().expect("piped above"));
    let reached = progress.lines().map_while(Result::ok).any(|line| line.contains("invented people"));
    assert!(reached, "it says what it is doing");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

fn assert_has_the_form_of_the_contract(document: &Value, base: &str) {
    let keys = |value: &Value| -> BTreeSet<String> { value.as_object().expect("an object").keys().cloned().collect() };
    let named = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(keys(document), named(&["base_url", "accounts", "cards", "letters", "forged", "cases", "lookups"]));
    assert_eq!(text(document, "base_url"), base);
    for account in items(document, "accounts") {
        assert_eq!(keys(account), named(&["role", "email", "password"]));
    }
    for card in items(document, "cards").iter().chain(items(document, "letters")) {
        assert_eq!(keys(card), named(&["state", "number", "code", "typed_code"]));
        assert!(text(card, "code").starts_with(&format!("{}/V#", base.to_uppercase())), "{card}");
        assert!(text(card, "typed_code").starts_with(text(card, "number")), "{card}");
    }
    let states: BTreeSet<&str> = items(document, "cards").iter().map(|card| text(card, "state")).collect();
    for state in ["valid", "expired", "suspended", "revoked", "lost"] {
        assert!(states.contains(state), "no card is {state}");
    }
    for lookup in items(document, "lookups") {
        assert_eq!(keys(lookup), named(&["number", "name", "verdict"]));
    }
    assert!(items(document, "forged").len() >= 3);
    assert!(!items(document, "letters").is_empty());
}

/// Every account signs in as what it is said to be. Gives a registrar of the ministry.
fn sign_everybody_in(document: &Value) -> Client {
    let anonymous = Client::at(text(document, "base_url"));
    let (mut roles, mut agencies, mut registrar) = (BTreeSet::new(), BTreeSet::new(), None);
    for account in items(document, "accounts") {
        let tokens = anonymous.sign_in(text(account, "email"), text(account, "password")).expect(201);
        let client = anonymous.with_tokens(&tokens);
        let me = client.get("/api/v1/me").expect(200).json();
        assert_eq!(me["role"], account["role"]);
        roles.insert(text(account, "role").to_owned());
        agencies.extend(me["agency_id"].as_str().map(str::to_owned));
        if me["role"] == "registrar" && me["province"].is_null() {
            registrar = Some(client);
        }
    }
    let all = ["admin", "agency_clerk", "agency_head", "auditor", "holder", "official", "registrar"];
    assert!(roles.iter().map(String::as_str).eq(all), "{roles:?}");
    assert_eq!(agencies.len(), 3);
    registrar.expect("a registrar of the ministry")
}

fn signed_in(document: &Value, email: &str) -> Client {
    let account = items(document, "accounts").iter().find(|account| account["email"] == email).expect("an account");
    let anonymous = Client::at(text(document, "base_url"));
    anonymous.with_tokens(&anonymous.sign_in(email, text(account, "password")).expect(201))
}

/// Cases in every state, and something to see for everybody who has to do with them.
fn assert_cases_are_told(document: &Value) {
    let registrar = signed_in(document, "registrar@demo.example");
    let cases = items(document, "cases");
    assert_eq!(cases.len(), CASES);
    for case in cases {
        let found = registrar.get(&format!("/api/v1/cases/{}", text(case, "id"))).expect(200).json();
        assert_eq!(found["state"], case["state"]);
    }
    let states: BTreeSet<&str> = cases.iter().map(|case| text(case, "state")).collect();
    let all = ["answered", "appealed", "closed", "decided", "dismissed", "notified", "opened", "overturned", "upheld"];
    assert!(states.iter().copied().eq(all), "{states:?}");
    assert!(!items(&registrar.get("/api/v1/misuse-reports?state=received").expect(200).json(), "items").is_empty());
    let is_matched = |case: &Value| {
        let matches = registrar.get(&format!("/api/v1/cases/{}/matches", text(case, "id"))).expect(200).json();
        !items(&matches, "items").is_empty()
    };
    assert!(cases.iter().any(is_matched), "no impersonator resembles another");

    let auditor = signed_in(document, "auditor@demo.example");
    let findings = auditor.get("/api/v1/log/findings?limit=100").expect(200).json();
    let found: BTreeSet<&str> = items(&findings, "items").iter().map(|finding| text(finding, "kind")).collect();
    for kind in ["deadline_missed", "decision_without_reply", "notice_not_sent", "suspension_lapsed", "stay_lapsed"] {
        assert!(found.contains(kind), "nothing is {kind}: {found:?}");
    }
    let official = signed_in(document, "official@demo.example");
    assert!(!items(&official.get("/api/v1/alerts").expect(200).json(), "items").is_empty());
    let holder = signed_in(document, "holder@demo.example");
    let theirs = holder.get("/api/v1/cases").expect(200).json();
    assert!(items(&theirs, "items").iter().any(|case| case["state"] == "notified"), "{theirs}");
}

fn assert_verdicts_fit(document: &Value) {
    let anonymous = Client::at(text(document, "base_url"));
    let check = |code: &str| anonymous.post("/api/v1/verifications", &json!({ "code": code })).expect(200).json();
    for card in items(document, "cards").iter().chain(items(document, "letters")) {
        let expected = match text(card, "state") {
            "valid" => json!(["valid", null]),
            "expired" => json!(["not_valid", "expired"]),
            "not_yet_valid" => json!(["not_valid", "not_yet_valid"]),
            _ => json!(["not_valid", "withdrawn"]),
        };
        for code in [text(card, "code"), text(card, "typed_code")] {
            let told = check(code);
            assert_eq!(json!([told["verdict"], told.get("reason")]), expected, "{card}");
            assert_eq!(told.get("warning"), None, "{card}");
            assert_eq!(told["card"]["number"], card["number"]);
        }
    }
    for code in items(document, "forged") {
        let told = check(code.as_str().expect("a code"));
        assert_eq!(told["verdict"], "not_ours", "{code}");
    }
}

/// All ids of a list.
fn ids(client: &Client, path: &str) -> BTreeSet<String> {
    let (mut ids, mut next) = (BTreeSet::new(), format!("{path}?limit=100"));
    loop {
        let part = client.get(&next).expect(200).json();
        ids.extend(items(&part, "items").iter().map(|item| text(item, "id").to_owned()));
        let Some(cursor) = part["next_cursor"].as_str() else { return ids };
        next = format!("{path}?limit=100&cursor={cursor}");
    }
}

#[test]
fn the_demo_is_what_it_says_and_is_still_there_the_next_day() {
    let folder = folder("demo");
    let dir = folder.path().join("demo");
    interrupt_a_load(&dir);
    assert!(!dir.join("demo.json").exists());

    let first = demo(&dir);
    let loaded = document(&dir);
    assert_has_the_form_of_the_contract(&loaded, &first.base);
    let registrar = sign_everybody_in(&loaded);
    assert_verdicts_fit(&loaded);
    assert_cases_are_told(&loaded);
    let agencies = ids(&registrar, "/api/v1/agencies");
    assert_eq!(agencies.len(), AGENCIES);
    let people: BTreeSet<String> =
        agencies.iter().flat_map(|agency| ids(&registrar, &format!("/api/v1/agencies/{agency}/people"))).collect();
    assert_eq!(people.len(), PEOPLE);
    desks::assert_there_is_work_for_everybody(&loaded);
    desks::assert_agencies_stand_as_they_may(&loaded);
    desks::assert_real_agencies_look_well(&loaded);
    desks::assert_the_tour_goes_on(&loaded);
    let (status, printed, log) = first.stop();
    assert!(status.success(), "{log}");
    let verified = run(&["log", "verify", "--data-dir", dir.to_str().expect("UTF-8")]);
    assert!(
        verified.code == Some(0) && verified.out.contains("Nothing was altered"),
        "{}{}",
        verified.out,
        verified.err
    );
    let card = &items(&loaded, "cards")[0];
    for shown in [text(card, "code"), text(card, "typed_code"), "registrar@demo.example", "█"] {
        assert!(printed.contains(shown), "{shown} is not printed");
    }

    let second = demo(&dir);
    let served = document(&dir);
    assert_has_the_form_of_the_contract(&served, &second.base);
    let without_address = |document: &Value| {
        let text = document.to_string();
        let base = document["base_url"].as_str().expect("an address");
        text.replace(&base.to_uppercase(), "BASE").replace(base, "base")
    };
    assert_eq!(without_address(&served), without_address(&loaded));
    assert_eq!(ids(&sign_everybody_in(&served), "/api/v1/agencies"), agencies);
    assert_verdicts_fit(&served);
    let old = run(&["verify", text(card, "code"), "--url", &second.base]);
    assert_eq!(old.code, Some(0), "a code printed at the old address: {}{}", old.out, old.err);
    assert!(second.stop().0.success());
}

#[test]
fn a_folder_that_holds_something_else_is_not_touched() {
    // The database of a registry may be on PostgreSQL: then there are only keys and files.
    for theirs in ["registry.db", "keys/card-00000000.p8", "files/portraits/one"] {
        let folder = folder("demo");
        let dir = folder.path().to_str().expect("UTF-8");
        let path = folder.path().join(theirs);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
        fs::write(&path, "somebody's registry").expect("a writable folder");
        let ran = run(&["demo", "--dir", dir, "--listen", "127.0.0.1:0"]);
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        assert!(ran.err.contains("no demo") && ran.err.contains("--dir"), "{}", ran.err);
        assert_eq!(fs::read(&path).expect("it is there"), b"somebody's registry");
        assert_eq!(folder.path().read_dir().expect("a folder").count(), 1);
    }
}
