//! Cases of misuse, from reports to what is decided in the end.

use super::because;
use crate::support::answer::Answer;
use crate::support::app::{Client, HAI_PHONG, TestApp};
use serde_json::{Value, json};

/// A report with a file of evidence: its id.
fn report(app: &TestApp) -> String {
    let form = json!({
        "province": "31", "place": "Bến xe", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Đưa thẻ giả.",
    });
    let receipt = app.anonymous().post("/api/v1/misuse-reports", &form).expect(201).text("/receipt");
    let file = format!("/api/v1/misuse-reports/{receipt}/evidence");
    app.anonymous().send("POST", &file, &[("content-type", "application/pdf")], Some(b"%PDF-1.7\n")).expect(201);
    app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0)
}

pub(super) fn live(app: &TestApp) {
    let agency = app.local_agency();
    let (opener, decider) = (app.provincial(HAI_PHONG), app.provincial(HAI_PHONG));
    let (second, third) = (app.registrar(), app.registrar());
    let opened = |kind: &str| {
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        let form = json!({
            "subject": "holder", "person_id": card.text("/person_id"), "credential_id": card.text("/id"),
            "kind": kind, "province": "31", "summary": "Một người khác xuất trình thẻ này.", "reports": [report(app)],
        });
        (opener.post("/api/v1/cases", &form).expect(201), app.holder(&card.text("/person_id")))
    };
    let step = |by: &Client, seen: &Answer, event: Value| {
        let done = by.happen("cases", seen, event);
        assert!(matches!(done.status, 201 | 202), "{}", done.body_text());
        done
    };
    let told = json!({ "event": "notify", "means": "account" });
    let revoke =
        json!({ "event": "decide", "outcome": "substantiated", "measure": "revoke", "reason": "Cho mượn thẻ" });

    for end in ["uphold", "overturn"] {
        let (case, holder) = opened("LENT_CARD");
        let told = step(&opener, &case, told.clone());
        let file = format!("{}/evidence", case.path("cases"));
        holder.send("POST", &file, &[("content-type", "application/pdf")], Some(b"%PDF-1.5\n")).expect(201);
        let told = opener.get(&told.path("cases")).expect(200);
        let said = step(&holder, &told, because("answer"));
        let decided = step(&decider, &said, revoke.clone());
        let confirmed = step(&second, &decided, json!({ "event": "confirm" }));
        let appealed = step(&holder, &confirmed, because("appeal"));
        let refer = json!({ "event": "refer", "to": "inspectorate", "reason": "Theo thẩm quyền" });
        let appealed = step(&opener, &appealed, refer);
        step(&third, &appealed, because(end));
    }
    // Put off, then told with a suspension meanwhile, which lapses; another kind and report are added.
    let (case, _) = opened("LENT_CARD");
    let case = step(&opener, &case, json!({ "event": "stay", "days": 30, "reason": "Công an đề nghị" }));
    let more = json!({ "event": "attach", "kind": "EXTORTION", "reports": [report(app)] });
    let case = step(&opener, &case, more);
    let suspended = json!({ "event": "notify", "means": "account", "suspend_days": 15, "reason": "Theo hồ sơ" });
    step(&opener, &case, suspended);
    // Another stays put off until that is over.
    let (case, _) = opened("LENT_CARD");
    step(&opener, &case, json!({ "event": "stay", "days": 10, "reason": "Công an đề nghị" }));
    // By post, and when it arrived.
    let (case, _) = opened("LENT_CARD");
    let case = step(&opener, &case, json!({ "event": "notify", "means": "post" }));
    let notice = opener.list(&format!("{}/notices", case.path("cases")), "/id").remove(0);
    let notice = opener.get(&format!("/api/v1/notices/{notice}")).expect(200);
    opener.happen("notices", &notice, json!({ "event": "serve" })).expect(201);

    let claimed = |name: &str| {
        let form = json!({ "subject": "claimed", "claimed_name": name, "kind": "IMPERSONATION", "province": "31", "summary": "x" });
        opener.post("/api/v1/cases", &form).expect(201)
    };
    let (one, other) = (claimed("Lê An"), claimed("Lê Ân"));
    let link = json!({ "case_id": other.text("/id"), "reason": "Cùng số điện thoại" });
    let linked = opener.post_with(&format!("{}/links", one.path("cases")), &[("if-match", &one.etag())], &link);
    step(&opener, &linked.expect(201), because("dismiss"));
}
