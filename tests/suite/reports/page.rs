//! `/report`: the form for people, without an account and without a script.

use super::REPORTS;
use crate::support::answer::Answer;
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use press_registry::app::reports::limits::Intake;

const FORM: &str = "kind=THREAT&narrative=%C4%90e+d%E1%BB%8Da&province=31&place=B%E1%BA%BFn+xe&occurred_at=2026-11-20T09%3A30\
                    &code=&number=&claimed_name=&claimed_agency=&amount_demanded=20.000.000&police_reference=";

fn send(app: &TestApp, path: &str, form: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    app.anonymous().send("POST", path, &headers, Some(form.as_bytes()))
}

/// The text of the first `<dd>`.
fn receipt(page: &Answer) -> String {
    let page = page.body_text();
    let (_, rest) = page.split_once("<dd>").expect("a receipt");
    rest.split('<').next().expect("a text").to_owned()
}

on_both_databases! {
    fn whoever_checks_a_card_finds_the_form_in_their_language(db) {
        let app = TestApp::start(db);
        for (language, link) in [("vi", "Báo cáo việc sử dụng thẻ sai quy định"), ("en", "Report misuse of a card")] {
            let verifier = app.anonymous().get("/v").expect(200).body_text();
            let link_to_it = format!("<a class=\"{language}\" lang=\"{language}\" href=\"/report?lang={language}\">{link}</a>");
            assert!(verifier.contains(&link_to_it), "{verifier}");
            let page = app.anonymous().get(&format!("/report?lang={language}")).expect(200);
            assert!(page.body_text().contains(&format!("<h1>{link}</h1>")));
            assert!(!page.body_text().contains("<script"), "it needs none");
            let policy = page.header("content-security-policy").expect("a policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(page.header("cache-control"), Some("no-store"));
        }
        let page = app.anonymous().get("/report?lang=en").expect(200).body_text();
        assert_eq!(page.matches("<option").count(), 25 + 88, "every kind and every province, today's and former, and neither");
    }

    fn a_form_without_a_script_gives_a_receipt_that_works(db) {
        let app = TestApp::start(db);
        let page = send(&app, "/report?lang=en", FORM).expect(200);
        assert!(page.body_text().contains("<h1>Received</h1>"), "{}", page.body_text());
        let receipt = receipt(&page);
        app.anonymous().get(&format!("{REPORTS}/{receipt}")).expect(200);
        let told = |language: &str| {
            let path = format!("/report/follow?lang={language}");
            send(&app, &path, &format!("receipt={receipt}")).expect(200).body_text()
        };
        assert!(told("vi").contains("Đã tiếp nhận") && told("en").contains(">Received</p>"));
        let unknown = send(&app, "/report/follow?lang=en", "receipt=0000").expect(200).body_text();
        assert!(unknown.contains("No report has this receipt."));
        let report = app.registrar().get(&format!("{REPORTS}/{}", super::newest_id(&app))).expect(200);
        assert_eq!(report.text("/occurred_at"), "2026-11-20T02:30:00Z");
        assert_eq!((report.text("/details/narrative"), report.text("/details/amount_demanded")), ("Đe dọa".into(), "20000000".into()));
        assert_eq!(report.json()["details"]["number"], serde_json::Value::Null, "what is left empty is left out");
    }

    fn a_page_that_is_sent_twice_is_one_report(db) {
        let app = TestApp::start(db);
        let page = app.anonymous().get("/report").expect(200).body_text();
        let (_, rest) = page.split_once("name=\"key\" value=\"").expect("a key");
        let form = format!("{FORM}&key={}", rest.split('"').next().expect("a text"));
        let first = send(&app, "/report", &form).expect(200);
        assert_eq!(receipt(&send(&app, "/report", &form).expect(200)), receipt(&first));
        assert_ne!(receipt(&send(&app, "/report", FORM).expect(200)), receipt(&first));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM reports"), 2);
    }

    fn mistakes_are_told_at_the_field_and_nothing_is_lost(db) {
        let app = TestApp::start(db);
        let form = FORM.replace("province=31", "province=").replace("2026-11-20", "2026-12-20").replace("20.000.000", "x")
            .replace("claimed_name=", "claimed_name=%22%3E%3Cscript%3E");
        let page = send(&app, "/report?lang=en", &form).expect(200).body_text();
        for field in ["province", "occurred_at", "amount_demanded"] {
            assert!(page.contains(&format!("id=\"{field}-mistake\"")), "{field}");
            assert!(page.contains(&format!("<a href=\"#{field}\">")), "{field}");
        }
        assert_eq!(page.matches("-mistake\"").count(), 3);
        assert!(page.contains(">Đe dọa</textarea>") && page.contains("value=\"THREAT\" selected"));
        assert!(!page.contains("<script"), "what was written is shown and never run");
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM reports"), 0);
    }

    fn who_sent_too_many_is_given_the_hotline_and_keeps_the_text(db) {
        let app = TestApp::start_with(db, Intake { per_hour_and_prefix: 1, ..Intake::default() });
        send(&app, "/report", FORM).expect(200);
        let page = send(&app, "/report?lang=en", FORM).expect(200).body_text();
        assert!(page.contains("If it cannot wait, call 1900 0000."));
        assert!(page.contains(">Đe dọa</textarea>"));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM reports"), 1);
    }
}
