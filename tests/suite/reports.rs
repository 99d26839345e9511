//! Reports of misuse: handed in by anybody, followed by receipt, read by registrars.

mod evidence;
mod intake;
mod limits;
mod page;
mod reading;
mod schema;

use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use serde_json::{Value, json};

const REPORTS: &str = "/api/v1/misuse-reports";
const KEY: &str = "8f14e45f-ceea-467f-9575-6d2b1c0a7e11";
/// What only a report's details hold.
const PERSONAL: [&str; 7] = [
    "Chợ Sắt, phường Hồng Bàng",
    "Nguyễn Văn Mạo",
    "Báo Không Có",
    "NB-999999",
    "CA-2026-17",
    "20000000",
    "Tự xưng phóng viên, đòi tiền.",
];

/// A report with every field, of an act in Hải Phòng two days before every test begins.
fn whole_form() -> Value {
    json!({
        "kind": "EXTORTION",
        "code": "HTTPS://THE.EXAMPLE/V#ABC",
        "number": "NB-999999",
        "claimed_name": "Nguyễn Văn Mạo",
        "claimed_agency": "Báo Không Có",
        "province": "31",
        "place": "Chợ Sắt, phường Hồng Bàng",
        "occurred_at": "2026-11-20T09:30:00+07:00",
        "narrative": "Tự xưng phóng viên, đòi tiền.",
        "amount_demanded": 20_000_000,
        "police_reference": "CA-2026-17",
    })
}

/// The least that a report has to say.
fn least_form(province: &str) -> Value {
    json!({
        "province": province,
        "place": "Bến xe",
        "occurred_at": "2026-11-21T01:00:00Z",
        "narrative": "Đưa thẻ giả.",
    })
}

/// A report as somebody hands it in.
fn reported(client: &Client, form: &Value) -> Answer {
    client.post(REPORTS, form).expect(201)
}

fn of_receipt(answer: &Answer) -> String {
    format!("{REPORTS}/{}", answer.text("/receipt"))
}

/// The id of the newest report.
fn newest_id(app: &TestApp) -> String {
    app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0)
}
