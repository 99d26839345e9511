//! Agencies: entered and kept by registrars, found without marks, decided on with reasons.

mod decisions;
mod leaders;
mod leaders_in_time;
mod licences;
mod licences_in_time;
mod records;
mod search;
pub(crate) mod successions;

use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use serde_json::{Value, json};

const AGENCIES: &str = "/api/v1/agencies";
const STATES: [&str; 4] = ["active", "suspended", "licence_revoked", "closed"];
const EVENTS: [&str; 4] = ["suspend", "reinstate", "revoke_licence", "close"];

/// Written down a second time, apart from the domain's table.
fn lawful(state: &str, event: &str) -> Option<&'static str> {
    Some(match (state, event) {
        ("active", "suspend") => "suspended",
        ("suspended" | "licence_revoked", "reinstate") => "active",
        ("active" | "suspended", "revoke_licence") => "licence_revoked",
        ("active" | "suspended" | "licence_revoked", "close") => "closed",
        _ => return None,
    })
}

/// A new agency, brought into this state.
fn agency_in(app: &TestApp, registrar: &Client, state: &str) -> Answer {
    let n = app.serial();
    let form = json!({ "name": format!("Báo Nháp {n}"), "kind": "bao", "level": "central" });
    let agency = registrar.post(AGENCIES, &form).expect(201);
    let decide = |event: &str| registrar.happen("agencies", &agency, json!({ "event": event, "reason": "QĐ 1" }));
    match state {
        "active" => agency,
        "suspended" => decide("suspend").expect(201),
        "licence_revoked" => decide("revoke_licence").expect(201),
        _ => decide("close").expect(201),
    }
}

fn full_form() -> Value {
    json!({
        "name": "Báo và Phát thanh, Truyền hình Ví Dụ",
        "short_name": "Ví Dụ",
        "kind": "bao_va_ptth",
        "level": "local",
        "governing_body": "Ủy ban nhân dân thành phố Hải Phòng",
        "province": "31",
        "website": "https://vidu.example",
        "source": "Danh sách năm 2026",
    })
}
