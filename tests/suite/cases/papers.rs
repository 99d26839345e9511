//! Notices as PDF, read by a reader of PDF that is not ours.

use super::{Scene, asked, revoke};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, TestApp};
use crate::support::on_both_databases;
use serde_json::json;

/// The text of a PDF with single spaces, however its lines were broken.
pub(super) fn text_of(pdf: &Answer) -> String {
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    assert!(pdf.body.starts_with(b"%PDF-1."), "not a PDF");
    let text = pdf_extract::extract_text_from_mem(&pdf.body).expect("a PDF that others can read");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pages_of(pdf: &Answer) -> usize {
    pdf_extract::extract_text_from_mem_by_pages(&pdf.body).expect("a PDF that others can read").len()
}

/// The notice of this duty to this recipient.
fn notice(scene: &Scene<'_>, case: &Answer, duty: &str, recipient: &str) -> String {
    let path = format!("{}/notices", case.path("cases"));
    let (duties, recipients) = (scene.opener.list(&path, "/duty"), scene.opener.list(&path, "/recipient"));
    let at = duties.iter().zip(&recipients).position(|(d, r)| d == duty && r == recipient).expect("such a notice");
    format!("/api/v1/notices/{}", scene.opener.list(&path, "/id").remove(at))
}

fn pdf(client: &Client, notice: &str) -> Answer {
    client.get_with(notice, &[("accept", "application/pdf")]).expect(200)
}

/// That each of these stands in the text.
#[track_caller]
pub(super) fn tells(text: &str, facts: &[&str]) {
    for fact in facts {
        assert!(text.contains(fact), "{fact:?} is not in {text:?}");
    }
}

on_both_databases! {
    fn the_notice_that_a_case_was_opened_tells_the_accusation_the_time_to_reply_and_the_rights(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        let path = notice(&scene, &told, "opening", "subject");
        for client in [&scene.holder, &scene.opener] {
            let answer = pdf(client, &path);
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            let name = format!("attachment; filename=\"notice-{}.pdf\"", path.rsplit('/').next().expect("an id"));
            assert_eq!(answer.header("content-disposition"), Some(&*name));
            let text = text_of(&answer);
            tells(&text, &[
                "Hệ thống đăng ký thẻ báo chí", "Thông báo mở hồ sơ vụ việc", "Notice that a case was opened",
                &scene.card.text("/name"), &told.text("/id"), &path[16..], "Hải Phòng", "cho người khác mượn thẻ",
                "card lent to another", &format!("Thẻ nhà báo số {}", scene.card.text("/number")), "Phường Hồng Bàng",
                "Một người khác xuất trình thẻ này.", "Đây chưa phải là kết luận",
                // Served on 22 November at ten; 15 working days are over at the end of 14 December, as one day is a holiday.
                "10:00, 22/11/2026 (UTC+07:00)", "đến hết ngày 14/12/2026 (UTC+07:00)", "to the end of 14/12/2026",
                "khiếu nại trong 90 ngày", "1900 0000", "Trong tài khoản trên hệ thống", "Trang 1 / 1",
            ]);
            assert_eq!(pages_of(&answer), 1);
        }
        // The same facts, the same bytes.
        assert_eq!(pdf(&scene.holder, &path).body, pdf(&scene.opener, &path).body);
    }

    fn the_decision_is_told_with_its_reasons_however_long_they_are(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let mut decision = revoke();
        let reasons = format!("Lời khai của nhân chứng thứ nhất. {} Hết.", "Thẻ đã được đưa cho người khác sử dụng nhiều lần; ".repeat(60));
        decision["reason"] = json!(reasons);
        let decided = scene.along(&[asked("notify"), asked("answer"), decision, asked("confirm")]);
        let answer = pdf(&scene.holder, &notice(&scene, &decided, "decision", "subject"));
        let text = text_of(&answer);
        tells(&text, &[
            "Thông báo quyết định", "Có căn cứ", "Substantiated", "Thu hồi thẻ", "The credential is revoked",
            "Lời khai của nhân chứng thứ nhất.", "Hết.", "Cán bộ đăng ký, Hải Phòng", "khiếu nại đến hết ngày 20/02/2027",
        ]);
        assert_eq!(text.matches("lần;").count(), 60, "nothing is cut");
        assert!(pages_of(&answer) > 1, "it goes on on another page");
        tells(&text, &["Trang 2 / "]);
        let agency = text_of(&pdf(&scene.head, &notice(&scene, &decided, "decision", "agency")));
        tells(&agency, &["Báo Thử", "Thu hồi thẻ"]);
    }

    fn every_other_duty_has_its_paper(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let suspended = json!({ "event": "notify", "means": "post", "suspend_days": 7, "reason": "Thẻ ở trong tay người lạ 中" });
        let posted = scene.along(&[suspended]);
        let opening = text_of(&pdf(&scene.opener, &notice(&scene, &posted, "opening", "subject")));
        tells(&opening, &["Qua bưu điện", "Chưa ghi nhận", "trong 15 ngày làm việc kể từ ngày"]);
        let suspension = text_of(&pdf(&scene.opener, &notice(&scene, &posted, "suspension", "subject")));
        tells(&suspension, &["Tạm dừng đến hết ngày", "29/11/2026", "Thẻ ở trong tay người lạ [U+4E2D]", "không phải là kết luận"]);
        let dismissed = scene.happen(&posted, json!({ "event": "dismiss", "reason": "Nhầm số thẻ" })).expect(201);
        let text = text_of(&pdf(&scene.holder, &notice(&scene, &dismissed, "dismissal", "subject")));
        tells(&text, &["Thông báo không tiếp tục xem xét", "Không có kết luận nào về bất kỳ ai", "Nhầm số thẻ"]);
        for (event, told) in [("uphold", "Quyết định được giữ nguyên"), ("overturn", "Quyết định bị hủy bỏ")] {
            let scene = Scene::new(&app);
            let heard = scene.along(&[asked("notify"), asked("answer"), asked("decide"), asked("appeal"), asked(event)]);
            let text = text_of(&pdf(&scene.holder, &notice(&scene, &heard, "appeal_decision", "subject")));
            tells(&text, &["Thông báo giải quyết khiếu nại", told, "Theo hồ sơ", "Cán bộ đăng ký"]);
        }
    }

    fn a_reporter_is_told_no_more_than_how_it_ended(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let official = app.official();
        let form = json!({ "province": "31", "place": "Chợ Sắt", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Mượn thẻ." });
        official.post("/api/v1/misuse-reports", &form).expect(201);
        let mut opening = scene.form();
        opening["reports"] = json!([app.database.texts("SELECT id AS value FROM reports").remove(0)]);
        let case = scene.opener.post(super::CASES, &opening).expect(201);
        let told = scene.happen(&case, asked("notify")).expect(201);
        let dismissed = scene.happen(&told, json!({ "event": "dismiss", "reason": "Nhầm số thẻ" })).expect(201);
        let text = text_of(&pdf(&official, &notice(&scene, &dismissed, "dismissal", "reporter")));
        tells(&text, &["Ủy ban nhân dân phường Hồng Bàng", "Vụ việc mà ông/bà đã báo cáo không được tiếp tục xem xét"]);
        for secret in ["Nhầm số thẻ", &scene.card.text("/name"), &scene.card.text("/number"), "mượn thẻ", "xuất trình"] {
            assert!(!text.contains(secret), "{secret} is told");
        }
    }

    fn only_whoever_may_read_the_notice_gets_its_paper_and_others_are_not_told_of_formats(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        let path = notice(&scene, &told, "opening", "subject");
        let stranger = app.head(&app.central_agency());
        for query in ["", "?format=pdf", "?format=gif"] {
            let asked = format!("{path}{query}");
            for client in [&app.provincial(HA_NOI), &stranger, &app.official()] {
                client.get_with(&asked, &[("accept", "application/pdf")]).expect_problem(404, "not-found");
            }
            app.anonymous().get(&asked).expect_problem(401, "unauthenticated");
        }
        let holder = &scene.holder;
        holder.get(&format!("{path}?format=gif")).expect_problem(406, "not-acceptable");
        holder.get_with(&path, &[("accept", "text/html")]).expect_problem(406, "not-acceptable");
        assert_eq!(holder.get_with(&path, &[("accept", "*/*")]).expect(200).header("content-type"), Some("application/json"));
        text_of(&holder.get_with(&format!("{path}?format=pdf"), &[("accept", "application/json")]).expect(200));
        holder.get(&format!("{path}?form=pdf")).expect_invalid(&[("query:form", "unknown_parameter")]);
        app.auditor().get(&format!("{path}?format=pdf")).expect_invalid(&[("query:purpose", "missing")]);
        text_of(&app.auditor().get(&format!("{path}?format=pdf&purpose=Thanh%20tra%20qu%C3%BD%204")).expect(200));
    }
}
