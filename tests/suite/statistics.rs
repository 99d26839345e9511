//! Public counts: one dimension a year, no small numbers, and never another answer once published.

use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use press_registry::domain::time::Timestamp;
use serde_json::{Value, json};
use std::sync::Barrier;

const STATISTICS: &str = "/api/v1/statistics/misuse";

/// So many cases that found misuse for good: nobody could be told of them, so nobody can appeal.
fn found(app: &TestApp, how_many: usize, kind: &str, province: &str, occurred_at: &str) {
    let (opener, decider) = (app.registrar(), app.registrar());
    let form = json!({
        "subject": "unknown", "kind": kind, "province": province, "occurred_at": occurred_at, "summary": "x",
    });
    for _ in 0..how_many {
        decided(&opener, &decider, &form);
    }
}

fn decided(opener: &Client, decider: &Client, form: &Value) {
    let opened = opener.post("/api/v1/cases", form).expect(201);
    let impossible = json!({ "event": "notify", "means": "not_possible", "reason": "Không rõ là ai" });
    let told = opener.happen("cases", &opened, impossible).expect(201);
    let decide = json!({ "event": "decide", "outcome": "substantiated", "reason": "Đủ căn cứ" });
    decider.happen("cases", &told, decide).expect(201);
}

/// The cells that have a count.
fn counts(table: &Value) -> Vec<(String, i64)> {
    let cells = table["cells"].as_array().expect("cells").iter();
    let counted = cells.filter_map(|cell| Some((cell["key"].as_str()?.to_owned(), cell["count"].as_i64()?)));
    counted.collect()
}

fn table(app: &TestApp, year: &str, by: &str) -> Value {
    app.anonymous().get(&format!("{STATISTICS}?year={year}&by={by}")).expect(200).json()
}

fn go_to(app: &TestApp, at: &str) {
    app.registry.clock.set(Timestamp::parse(at).expect("a time"));
}

fn told(counts: &[(&str, i64)]) -> Vec<(String, i64)> {
    counts.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect()
}

on_both_databases! {
    fn a_year_is_counted_by_each_dimension_rounded_and_without_small_numbers(db) {
        let app = TestApp::start(db);
        found(&app, 13, "EXTORTION", "31", "2026-11-20T01:00:00Z");
        // The last instant of October in Việt Nam, and the first of November.
        found(&app, 9, "IMPERSONATION", "01", "2026-10-31T16:59:59Z");
        found(&app, 2, "SEIZURE", "01", "2026-10-31T17:00:00Z");
        // Another year, although it is still that one in UTC.
        found(&app, 10, "THREAT", "31", "2025-12-31T16:59:59Z");
        go_to(&app, "2027-10-01T00:00:00Z");
        assert_eq!(counts(&table(&app, "2026", "kind")), told(&[("EXTORTION", 15)]));
        assert_eq!(counts(&table(&app, "2026", "province")), told(&[("01", 10), ("31", 15)]));
        assert_eq!(counts(&table(&app, "2026", "month")), told(&[("11", 15)]));
        assert_eq!(counts(&table(&app, "2025", "kind")), told(&[("THREAT", 10)]));
        let cells = |by| table(&app, "2026", by)["cells"].as_array().expect("cells").len();
        assert_eq!((cells("kind"), cells("province"), cells("month")), (24, 34, 12), "empty cells are there too");
        let first = table(&app, "2026", "month")["cells"][0].clone();
        assert_eq!(first, json!({ "key": "01", "name": { "vi": "Tháng 1", "en": "January" }, "count": null }));
    }

    fn no_table_of_a_running_year_is_ever_seen(db) {
        let app = TestApp::start(db);
        found(&app, 12, "EXTORTION", "31", "2026-11-20T01:00:00Z");
        let empty = |by| {
            let table = table(&app, "2026", by);
            assert_eq!(table["published_at"], Value::Null);
            counts(&table).is_empty()
        };
        assert!(["kind", "province", "month"].iter().all(|by| empty(by)));
        go_to(&app, "2027-09-30T16:59:59Z");
        assert!(["kind", "province", "month"].iter().all(|by| empty(by)));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM published_statistics"), 0);
        go_to(&app, "2027-09-30T17:00:00Z");
        let published = table(&app, "2026", "kind");
        assert_eq!(published["published_at"], "2027-09-30T17:00:00Z");
        assert_eq!(counts(&published), told(&[("EXTORTION", 10)]));
    }

    fn what_was_published_never_changes(db) {
        let app = TestApp::start(db);
        found(&app, 10, "EXTORTION", "31", "2026-11-20T01:00:00Z");
        go_to(&app, "2027-10-02T00:00:00Z");
        let get = || app.anonymous().get(&format!("{STATISTICS}?year=2026&by=kind")).expect(200);
        let first = get();
        found(&app, 30, "EXTORTION", "31", "2026-11-20T01:00:00Z");
        let again = get();
        assert_eq!((again.etag(), again.body), (first.etag(), first.body));
        for statement in ["UPDATE published_statistics SET cells = '[]'", "DELETE FROM published_statistics"] {
            assert!(app.database.run(statement).is_err(), "{statement}");
        }
        // Another dimension is published by itself, with what is known then.
        assert_eq!(counts(&table(&app, "2026", "month")), told(&[("11", 40)]));
    }

    fn reports_are_not_counted_but_tell_when_an_act_was(db) {
        let app = TestApp::start(db);
        let (official, opener, decider) = (app.official(), app.registrar(), app.registrar());
        for n in 0..20 {
            let form = json!({
                "kind": "EXTORTION", "province": "31", "place": "x", "occurred_at": "2025-12-10T01:00:00Z", "narrative": "x",
            });
            official.post("/api/v1/misuse-reports", &form).expect(201);
            if n % 2 == 0 {
                let report = app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0);
                decided(&opener, &decider, &json!({ "subject": "unknown", "kind": "EXTORTION", "reports": [report] }));
            }
        }
        go_to(&app, "2027-10-02T00:00:00Z");
        assert_eq!(counts(&table(&app, "2025", "month")), told(&[("12", 10)]));
        assert_eq!(counts(&table(&app, "2026", "month")), []);
    }

    fn publication_is_an_event_and_happens_once(db) {
        let app = TestApp::start(db);
        go_to(&app, "2027-10-02T00:00:00Z");
        let barrier = Barrier::new(8);
        std::thread::scope(|scope| {
            for client in (0..8).map(|_| app.anonymous()) {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    client.get(&format!("{STATISTICS}?year=2026&by=kind")).expect(200)
                });
            }
        });
        let events = app.database.texts("SELECT object_id AS value FROM events WHERE type = 'statistics.published'");
        assert_eq!(events, ["2026/kind"]);
        let data = app.database.texts("SELECT data AS value FROM events WHERE type = 'statistics.published'");
        let data: Value = serde_json::from_str(&data[0]).expect("JSON");
        assert_eq!(data["cells"][0], json!({ "key": "IMPERSONATION", "count": null }));
    }

    fn a_unit_that_has_ended_is_counted_with_the_one_it_became_part_of(db) {
        let app = TestApp::start(db);
        // Five of them before the merger: Hải Dương became part of Hải Phòng.
        found(&app, 5, "THREAT", "31", "2025-08-01T01:00:00Z");
        found(&app, 5, "THREAT", "30", "2025-06-01T01:00:00Z");
        go_to(&app, "2027-10-02T00:00:00Z");
        assert_eq!(counts(&table(&app, "2025", "province")), told(&[("31", 10)]));
    }

    fn provinces_are_counted_by_both_maps(db) {
        let app = TestApp::start(db);
        // Hải Phòng and Hải Dương are one since July 2025; Bắc Ninh took in Bắc Giang, with its code.
        found(&app, 21, "THREAT", "31", "2025-06-01T01:00:00Z");
        found(&app, 12, "THREAT", "30", "2025-06-01T01:00:00Z");
        found(&app, 10, "THREAT", "31", "2025-08-01T01:00:00Z");
        found(&app, 14, "THREAT", "24", "2025-06-01T01:00:00Z");
        found(&app, 2, "THREAT", "27", "2025-06-01T01:00:00Z");
        found(&app, 15, "THREAT", "01", "2025-06-01T01:00:00Z");
        go_to(&app, "2027-10-02T00:00:00Z");
        let by_map = |map: &str| app.anonymous().get(&format!("{STATISTICS}?year=2025&by=province&map={map}")).expect(200);
        let today = by_map("today");
        assert_eq!(today.body, app.anonymous().get(&format!("{STATISTICS}?year=2025&by=province")).expect(200).body);
        assert_eq!(counts(&today.json()), told(&[("01", 15), ("24", 15), ("31", 45)]));
        assert_eq!((today.text("/map"), by_map("as_recorded").text("/map")), ("today".into(), "as_recorded".into()));
        // Of Bắc Giang's fourteen and Bắc Ninh's two nothing is shown apart: fifteen less fifteen would tell of the two.
        let recorded = by_map("as_recorded").json();
        assert_eq!(counts(&recorded), told(&[("01", 15), ("30", 10), ("31", 20), ("31-2025", 10)]));
        assert_eq!(recorded["cells"].as_array().expect("cells").len(), 86, "Huế began with that year");
        // Both are of one moment, and neither changes.
        found(&app, 30, "THREAT", "27", "2025-06-01T01:00:00Z");
        assert_eq!(by_map("as_recorded").json(), recorded);
        let published = app.database.texts("SELECT data AS value FROM events WHERE type = 'statistics.published'");
        assert_eq!(published.len(), 1);
        assert!(published[0].contains("\"as_recorded\""), "the log holds both");
        let svg = app.anonymous().get(&format!("{STATISTICS}?year=2025&by=province&map=as_recorded&format=svg")).expect(200);
        assert!(svg.body_text().contains("by province as it was then"));
        for (query, code) in [("by=kind&map=today", "not_for_this_dimension"), ("by=province&map=1975", "unknown_map")] {
            app.anonymous().get(&format!("{STATISTICS}?year=2025&{query}")).expect_invalid(&[("query:map", code)]);
        }
    }

    fn a_table_published_before_there_were_two_maps_has_only_one(db) {
        let app = TestApp::start(db);
        found(&app, 21, "THREAT", "01", "2026-06-01T01:00:00Z");
        go_to(&app, "2027-10-02T00:00:00Z");
        app.database
            .run("INSERT INTO published_statistics (year, dimension, cells, published_at) VALUES (2026, 'province', '[]', 1)")
            .expect("an old table");
        let recorded = app.anonymous().get(&format!("{STATISTICS}?year=2026&by=province&map=as_recorded")).expect(200).json();
        assert_eq!((counts(&recorded), recorded["cells"].as_array().expect("cells").len()), (vec![], 34));
    }

    fn a_chart_is_drawn_in_both_languages(db) {
        let app = TestApp::start(db);
        found(&app, 10, "EXTORTION", "31", "2026-11-20T01:00:00Z");
        let by_kind = format!("{STATISTICS}?year=2026&by=kind");
        let early = app.anonymous().get(&format!("{by_kind}&format=svg")).expect(200);
        assert!(early.body_text().contains("To be published from 1 October 2027."));
        assert!(!early.body_text().contains("fill=\"#005a53\""), "no bar");
        assert!(!early.body_text().contains(" 10</text>"), "not even that there are few");
        go_to(&app, "2027-10-02T00:00:00Z");
        let chart = app.anonymous().get_with(&by_kind, &[("accept", "image/svg+xml")]).expect(200);
        assert_eq!(chart.header("content-type"), Some("image/svg+xml"));
        for words in ["cưỡng đoạt tài sản", "extortion, forced advertising contract", "năm 2026, theo loại hành vi"] {
            assert!(chart.body_text().contains(words), "{words}");
        }
        assert_eq!(chart.body_text().matches("fill=\"#005a53\"").count(), 1, "one bar");
        app.anonymous().get_with(&by_kind, &[("accept", "image/png")]).expect_problem(406, "not-acceptable");
        app.anonymous().get(&format!("{by_kind}&format=png")).expect_problem(406, "not-acceptable");
    }

    fn year_and_dimension_are_asked_for(db) {
        let app = TestApp::start(db);
        for (query, pointer, code) in [
            ("by=kind", "query:year", "missing"),
            ("year=2025", "query:by", "missing"),
            ("year=25&by=kind", "query:year", "not_a_year"),
            ("year=1999&by=kind", "query:year", "not_a_year"),
            ("year=2025&by=agency", "query:by", "unknown_dimension"),
            ("year=2025&by=kind&by=month", "query:by", "duplicate_field"),
            ("year=2025&by=kind&province=31", "query:province", "unknown_parameter"),
        ] {
            app.anonymous().get(&format!("{STATISTICS}?{query}")).expect_invalid(&[(pointer, code)]);
        }
    }
}
