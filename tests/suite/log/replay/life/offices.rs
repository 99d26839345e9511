//! Offices elsewhere, in every state that they can be brought into.

use super::because;
use crate::support::app::{Client, TestApp};
use crate::support::fixtures::{PDF, pdf};
use crate::support::sha256_hex;
use serde_json::json;

pub(super) fn live(app: &TestApp) {
    let agency = app.central_agency();
    let (head, registrar) = (app.head(&agency), app.registrar());
    let path = format!("/api/v1/agencies/{}/offices", agency.id);
    let reporter = |by: &Client| {
        let reporter = app.person(&agency).text("/id");
        let form =
            json!({ "kind": "assigned_reporter", "province": "31", "from": "2027-06-20", "reporters": [reporter] });
        by.post(&path, &form).expect(201)
    };
    let card = app.issued_card(&agency);
    let form = json!({
        "kind": "representative_office", "province": "01", "from": "2027-06-20", "address": "Số 1 phố Ví Dụ",
        "head": card.text("/person_id"), "reporters": [app.person(&agency).text("/id")],
    });
    let office = head.post(&path, &form).expect(201);
    let objected = registrar.happen("offices", &office, because("object")).expect(201);
    let amend = json!({ "event": "amend", "documents": ["staff_list"], "reporters": [] });
    let amended = head.happen("offices", &objected, amend).expect(201);
    let confirmed = registrar.happen("offices", &amended, because("confirm")).expect(201);
    // A change, told of and mended, and confirmed.
    let moves = json!({ "event": "amend", "address": "Số 2 phố Ví Dụ", "on": "2027-07-01" });
    let changed = head.happen("offices", &confirmed, moves).expect(201);
    let changed = registrar.happen("offices", &changed, because("object")).expect(201);
    let joins = app.person(&agency).text("/id");
    let later = json!({ "event": "amend", "on": "2027-07-02", "reporters": [joins] });
    let changed = head.happen("offices", &changed, later).expect(201);
    registrar.happen("offices", &changed, because("confirm")).expect(201);
    for event in ["stop", "confirm"] {
        registrar.happen("offices", &reporter(&head), because(event)).expect(201);
    }
    for event in ["withdraw", "close"] {
        head.happen("offices", &reporter(&head), because(event)).expect(201);
    }
    // One of them ends later, and papers come and go.
    let ends = head.happen("offices", &reporter(&head), json!({ "event": "close", "on": "2027-07-03" })).expect(201);
    let stated = head.happen("offices", &ends, json!({ "event": "amend", "documents": ["assignment"] })).expect(201);
    let papers = format!("{}/documents", stated.path("offices"));
    for mark in ["stays", "goes"] {
        head.send("POST", &format!("{papers}?kind=assignment"), &[PDF], Some(&pdf(mark))).expect(201);
    }
    let etag = head.get(&stated.path("offices")).expect(200).etag();
    let goes = format!("{papers}/{}", sha256_hex(&pdf("goes")));
    head.send("DELETE", &goes, &[("if-match", &etag)], None).expect(204);
    head.happen("offices", &reporter(&app.clerk(&agency)), json!({ "event": "notify" })).expect(201);
    reporter(&app.clerk(&agency));
    // Somebody leaves, then the agency stops for a while, and for good.
    let leaving = reporter(&head).text("/people/0/person_id");
    for person in [leaving, card.text("/person_id")] {
        let person = app.clerk(&agency).get(&format!("/api/v1/people/{person}")).expect(200);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &person.etag(), because("end")).expect(201);
    }
    let mut seen = registrar.get(&format!("/api/v1/agencies/{}", agency.id)).expect(200);
    for event in ["suspend", "reinstate", "suspend", "close"] {
        seen = registrar.happen("agencies", &seen, because(event)).expect(201);
    }
    let other = app.central_agency();
    let form = json!({
        "kind": "assigned_reporter", "province": "31", "from": "2027-06-20", "reporters": [app.person(&other).text("/id")],
    });
    app.head(&other).post(&format!("/api/v1/agencies/{}/offices", other.id), &form).expect(201);
}
