//! The desks of the demo: whoever signs in finds something to do, and what the README has a reader try goes as it says.

use super::{items, signed_in, text};
use crate::support::app::Client;
use press_registry::clock::Clock;
use press_registry::domain::notices::EXPIRY_NOTICE_DAYS;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What lies on whose desk. Each list is one in which something waits for whoever reads it.
const DESKS: &[(&str, &[&str])] = &[
    ("admin@demo.example", &["users"]),
    (
        "registrar@demo.example",
        &[
            "applications?state=submitted",
            "applications?state=endorsed",
            "duplicates",
            "erasures",
            "credentials/to-return?proposed=true",
            "credentials/to-return?overdue=true",
            "credentials?to_exchange=true",
            "notices?to_deliver=true",
            "notices?unserved=true",
            "agencies?licence_ends_before=2199-12-31",
            "offices?state=notified",
            "cases?state=opened",
            "cases?state=notified",
            "cases?state=answered",
            "cases?state=decided",
            "cases?state=appealed",
            "misuse-reports?state=received",
            "alerts",
        ],
    ),
    (
        "registrar.haiphong@demo.example",
        &[
            "applications?state=submitted",
            "offices?state=notified",
            "credentials/to-return",
            "erasures",
            "notices?to_deliver=true",
            "cases?state=opened",
            "cases?state=decided",
            "cases?state=notified",
            "cases?state=appealed",
            "misuse-reports?state=received",
            "alerts",
        ],
    ),
    (
        "head.central@demo.example",
        &[
            "applications?state=draft",
            "applications?state=returned",
            "offices?state=draft",
            "credentials/to-return",
            "notices",
        ],
    ),
    (
        "clerk.central@demo.example",
        &[
            "applications?state=draft",
            "applications?state=returned",
            "offices?state=draft",
            "credentials/to-return",
            "notices",
        ],
    ),
    (
        "head.haiphong@demo.example",
        &["applications?state=draft", "offices?state=draft", "credentials/to-return", "notices"],
    ),
    (
        "clerk.haiphong@demo.example",
        &["applications?state=draft", "offices?state=draft", "credentials/to-return", "notices"],
    ),
    (
        "head.vidu@demo.example",
        &[
            "applications?state=draft",
            "applications?state=returned",
            "offices?state=objected",
            "offices?state=draft",
            "credentials/to-return?overdue=true",
            "cases?state=notified",
            "notices",
        ],
    ),
    (
        "clerk.vidu@demo.example",
        &[
            "applications?state=draft",
            "applications?state=returned",
            "offices?state=objected",
            "offices?state=draft",
            "credentials/to-return?overdue=true",
            "cases?state=notified",
            "notices",
        ],
    ),
    ("official@demo.example", &["misuse-reports", "cases", "alerts", "notices"]),
    ("auditor@demo.example", &["log/findings", "cases?purpose=the+demo+as+a+whole"]),
    ("holder@demo.example", &["cases?state=notified", "notices", "credentials"]),
];

/// The first part of a list.
fn list(client: &Client, path: &str) -> Vec<Value> {
    items(&client.get(&format!("/api/v1/{path}")).expect(200).json(), "items").to_vec()
}

/// A list to its end.
fn whole(client: &Client, path: &str) -> Vec<Value> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let part = client.get(&format!("/api/v1/{path}{joint}limit=100{cursor}")).expect(200).json();
        all.extend_from_slice(items(&part, "items"));
        let Some(next) = part["next_cursor"].as_str() else { return all };
        cursor = format!("&cursor={next}");
    }
}

fn words(items: &[Value], name: &str) -> BTreeSet<String> {
    items.iter().map(|item| text(item, name).to_owned()).collect()
}

/// Every list of work has some.
pub(super) fn assert_there_is_work_for_everybody(document: &Value) {
    let told: BTreeSet<&str> = items(document, "accounts").iter().map(|account| text(account, "email")).collect();
    let same_desk = "registrar2@demo.example";
    for email in told.iter().filter(|email| **email != same_desk) {
        assert!(DESKS.iter().any(|(desk, _)| desk == email), "{email} has nothing to do");
    }
    let mut empty = Vec::new();
    for (email, paths) in DESKS {
        let client = signed_in(document, email);
        for path in *paths {
            if list(&client, path).is_empty() {
                empty.push(format!("{email}: {path}"));
            }
        }
    }
    assert!(empty.is_empty(), "nothing waits there:\n{}", empty.join("\n"));

    let registrar = signed_in(document, "registrar@demo.example");
    let ministry = |path: &str| whole(&registrar, path);
    let owed = words(&ministry("notices?to_deliver=true"), "duty");
    for duty in ["application_decided", "card_to_return", "credential_withdrawn", "office_confirmed", "office_objected"]
    {
        assert!(owed.contains(duty), "nobody waits to be told of {duty}: {owed:?}");
    }
    let offices = words(&ministry("offices"), "state");
    for state in ["closed", "confirmed", "notified", "objected", "suspended"] {
        assert!(offices.contains(state), "no office is {state}: {offices:?}");
    }
    let provinces = words(&ministry("offices"), "province");
    assert!(provinces.len() >= 4, "{provinces:?}");
    assert_eq!(ministry("duplicates?state=merged").len(), 1);
    let mergers: Vec<usize> = ministry("agency-successions").iter().map(|it| items(it, "shares").len()).collect();
    assert_eq!(mergers, [6, 1], "agencies that became one");
    let clerk = signed_in(document, "clerk.central@demo.example");
    let told = words(&whole(&clerk, "notices"), "duty");
    for duty in ["application_decided", "card_expiring", "card_to_return"] {
        assert!(told.contains(duty), "a real agency is not told of {duty}: {told:?}");
    }
    let drafts = list(&clerk, "applications?state=draft");
    let papers = drafts.iter().map(|it| list(&clerk, &format!("applications/{}/documents", text(it, "id"))).len());
    assert!(papers.max() >= Some(3), "no draft has papers");
    let drafts = list(&clerk, "offices?state=draft");
    let files = drafts.iter().map(|it| list(&clerk, &format!("offices/{}/documents", text(it, "id"))).len());
    assert!(files.max() >= Some(1), "no notice has files");
    let holder = signed_in(document, "holder@demo.example");
    let me = holder.get("/api/v1/me").expect(200).json();
    let seen = list(&holder, &format!("people/{}/accesses", text(&me, "person_id")));
    assert!(!seen.is_empty(), "nobody looked at the holder's record");
    let clerk = signed_in(document, "clerk.vidu@demo.example");
    let kinds = words(&list(&clerk, "credentials/to-return"), "kind");
    assert!(kinds.iter().map(String::as_str).eq(["credential", "state_card"]), "{kinds:?}");
    let overdue = ministry("credentials/to-return?overdue=true");
    assert!(overdue.iter().all(|card| card["reminded_at"].is_string()), "nobody was reminded: {overdue:?}");
}

/// Whatever would look bad for an agency is told of those alone that there are not (decision 12).
pub(super) fn assert_real_agencies_look_well(document: &Value) {
    let registrar = signed_in(document, "registrar@demo.example");
    let invented = words(&whole(&registrar, "agencies?query=hu+cau"), "id");
    assert!(invented.len() >= 6, "{invented:?}");
    let assert_invented = |path: &str, states: &[&str]| {
        let all = whole(&registrar, path);
        let grave: Vec<&Value> = all.iter().filter(|it| states.contains(&text(it, "state"))).collect();
        let real = grave.iter().find(|it| !invented.contains(text(it, "agency_id")));
        assert_eq!((grave.is_empty(), real), (false, None), "{path} of a real agency are {states:?}");
    };
    assert_invented("credentials", &["suspended", "revoked"]);
    assert_invented("applications", &["refused"]);
}

/// What may become of agencies: suspended, licensed until soon, for several types of press, or no press at all.
pub(super) fn assert_agencies_stand_as_they_may(document: &Value) {
    let registrar = signed_in(document, "registrar@demo.example");
    let named = |query: &str| {
        let mut found = list(&registrar, &format!("agencies?query={query}&limit=1"));
        found.pop().unwrap_or_else(|| panic!("no agency is found by {query}"))
    };
    assert_eq!(named("tam+dung+hu+cau")["state"], "suspended");
    assert_eq!(named("trang+thong+tin+tong+hop+mau")["kind"], "trang_ttdt");
    let newspaper = named("bao+mau+hu+cau");
    assert_eq!(newspaper["press_types"], json!(["print", "electronic"]));
    let path = format!("agencies/{}", text(&newspaper, "id"));
    let licences = list(&registrar, &format!("{path}/licences"));
    let states: Vec<&str> = licences.iter().map(|licence| text(licence, "state")).collect();
    assert_eq!(states, ["replaced", "in_force"]);
    assert!(licences[1]["valid_until"].is_string(), "it has no last day: {}", licences[1]);
    assert_eq!(list(&registrar, &format!("{path}/leaders")).len(), 3);
}

/// Cards without a QR, a fourth reporter, a renewal of all that expires, a merger that is only planned.
pub(super) fn assert_the_tour_goes_on(document: &Value) {
    let official = signed_in(document, "official@demo.example");
    let mut verdicts = BTreeSet::new();
    for lookup in items(document, "lookups") {
        let asked =
            json!({ "number": lookup["number"], "name": lookup["name"], "purpose": "Kiểm tra tại cổng cơ quan" });
        let told = official.post("/api/v1/lookups", &asked).expect(200).json();
        assert_eq!(told["verdict"], lookup["verdict"], "{lookup}");
        verdicts.insert(text(&told, "verdict").to_owned());
    }
    assert!(verdicts.iter().map(String::as_str).eq(["no_match", "not_valid", "valid"]), "{verdicts:?}");

    let head = signed_in(document, "head.vidu@demo.example");
    let fourth = format!("/api/v1/offices/{}", text(&list(&head, "offices?state=draft")[0], "id"));
    let etag = head.get(&fourth).expect(200).etag();
    let refused = head.event(&fourth, &etag, json!({ "event": "notify", "no_discipline_past_year": true })).expect(422);
    let codes: BTreeSet<String> = words(items(&refused.json(), "errors"), "code");
    assert!(codes.contains("too_many_reporters"), "{codes:?}");

    // What the reader asks for with a day that never comes is there within the time in which one applies.
    let soon = Clock::System.now().day().plus_days(EXPIRY_NOTICE_DAYS);
    let clerk = signed_in(document, "clerk.central@demo.example");
    let campaign = json!({ "kind": "collaborator_card", "basis": "renewal", "expiring_before": soon.to_string() });
    let proposed = clerk.post("/api/v1/applications", &campaign).expect(201).json();
    assert!(!items(&proposed, "people").is_empty(), "nobody's card expires");

    let registrar = signed_in(document, "registrar@demo.example");
    let found = list(&registrar, "agencies?query=thi+du+dia+phuong");
    let two: Vec<&str> = found.iter().map(|agency| text(agency, "id")).collect();
    let merger = json!({ "predecessors": [two[0]], "successor": two[1], "reason": "Sáp nhập để thử" });
    let plan = registrar.post("/api/v1/agency-mergers?dry_run=true", &merger).expect(200).json();
    assert_eq!(plan["obstacles"], json!([]), "{plan}");
}
