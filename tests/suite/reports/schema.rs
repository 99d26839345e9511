//! The form of a report has a closed list of fields, and none for what anybody published or thinks.

use crate::support::app::TestApp;
use crate::support::on_both_databases;
use press_registry::api;
use serde_json::Value;

/// Every field of a report, written down a second time. Whoever adds one answers for it here.
const FIELDS: [&str; 11] = [
    "amount_demanded",
    "claimed_agency",
    "claimed_name",
    "code",
    "kind",
    "narrative",
    "number",
    "occurred_at",
    "place",
    "police_reference",
    "province",
];

/// Words of which no field, kind or description of a report speaks, in either language.
const NEVER: [&str; 20] = [
    "article",
    "content_of",
    "publication",
    "published",
    "headline",
    "opinion",
    "belief",
    "view",
    "thinks",
    "thought",
    "speech",
    "ideology",
    "politic",
    "religio",
    "social_media",
    "bài viết",
    "bài báo",
    "quan điểm",
    "chính trị",
    "tôn giáo",
];

#[test]
fn a_report_has_these_fields_and_no_other() {
    let openapi = serde_json::to_value(api::openapi()).expect("JSON");
    let schemas = &openapi["components"]["schemas"];
    let fields = |name: &str| {
        let properties = schemas[name]["properties"].as_object().expect("properties");
        properties.keys().cloned().collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(fields("NewReport"), FIELDS.map(String::from).into());
    assert_eq!(schemas["NewReport"]["additionalProperties"], false);
    for name in ["NewReport", "ReportDetails", "ReportSummary", "FollowedReport", "Evidence"] {
        for field in fields(name) {
            assert!(!NEVER.iter().any(|word| field.contains(word)), "{name}.{field}");
        }
        assert_free(&schemas[name]);
    }
}

/// No text of a schema speaks of what anybody published or thinks.
fn assert_free(schema: &Value) {
    match schema {
        Value::String(text) => {
            let text = text.to_lowercase();
            assert!(!NEVER.iter().any(|word| text.contains(word)), "{text}");
        }
        Value::Array(items) => items.iter().for_each(assert_free),
        Value::Object(fields) => fields.values().for_each(assert_free),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

on_both_databases! {
    fn kinds_are_told_in_both_languages_with_their_basis(db) {
        let app = TestApp::start(db);
        let answer = app.anonymous().get("/api/v1/misuse-kinds").expect(200);
        let json = answer.json();
        let kinds = json["items"].as_array().expect("items");
        assert_eq!((kinds.len(), &json["next_cursor"]), (24, &Value::Null));
        for kind in kinds {
            assert_ne!(kind["legal_basis"], "");
            for text in ["/name/vi", "/name/en"] {
                let text = kind.pointer(text).and_then(Value::as_str).expect("a text").to_lowercase();
                assert!(!text.is_empty());
                assert!(!NEVER.iter().any(|word| text.contains(word)), "{text}");
            }
        }
        for code in ["OBSTRUCTION", "SEIZURE", "INSULT_OR_DAMAGE", "THREAT"] {
            let kind = kinds.iter().find(|kind| kind["code"] == code).expect("acts against journalists");
            assert_eq!(kind["legal_basis"], "NĐ119 Đ7", "{code}");
        }
        assert_eq!(app.anonymous().get_with("/api/v1/misuse-kinds", &[("if-none-match", &answer.etag())]).status, 304);
        app.anonymous().get("/api/v1/misuse-kinds?x=1").expect_invalid(&[("query:x", "unknown_parameter")]);
    }
}
