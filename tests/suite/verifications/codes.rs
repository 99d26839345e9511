//! What a code is worth.

use super::{VERIFICATIONS, altered, judged, told};
use crate::support::answer::Answer;
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use press_registry::app::keys::{self, Retirement};
use press_registry::domain::card_code::{Envelope, Kid};
use press_registry::domain::typed_code::TypedCode;
use press_registry::keys::PairUse;
use proptest::prelude::*;
use serde_json::json;

on_both_databases! {
    fn a_code_is_worth_what_its_bytes_are_worth(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let code = card.text("/code");
        let (address, fragment) = code.split_once('#').expect("a fragment");
        let valid = ["valid", "", ""];
        let not_a_code = ["not_ours", "not_a_code", ""];
        let bad_signature = ["not_ours", "bad_signature", ""];
        let foreign = ["valid", "", "foreign_address"];
        for (text, expected) in [
            (code.clone(), valid),
            (code.to_lowercase(), valid),
            (format!("#{fragment}"), valid),
            // A program sends a text as it is.
            (format!("{code}\r\n"), not_a_code),
            (format!(" {code}"), foreign),
            (format!("HTTPS://EVIL.EXAMPLE/V#{fragment}"), foreign),
            (code.replace("127.0.0.1", "127.0.0.1.EVIL.EXAMPLE"), foreign),
            (format!("HTTPS://EVIL.EXAMPLE/V#{}", &fragment[8..]), ["not_ours", "not_a_code", "foreign_address"]),
            (fragment.to_owned(), not_a_code),
            (address.to_owned(), not_a_code),
            (format!("{address}#"), not_a_code),
            (format!("{code}===="), not_a_code),
            (format!("{code}AAAAAAAA"), not_a_code),
            (format!("{address}##{fragment}"), not_a_code),
            (code[..code.len() - 8].to_owned(), not_a_code),
            (code.replace('#', "# "), not_a_code),
            ("xin chào".to_owned(), not_a_code),
            (altered(&code, |envelope| Envelope { signature: &[7; 64], ..envelope }.to_bytes()), bad_signature),
            (
                altered(&code, |envelope| Envelope { kid: Kid::from_bytes([1, 2, 3, 4]), ..envelope }.to_bytes()),
                ["not_ours", "unknown_key", ""],
            ),
            (
                altered(&code, |envelope| {
                    let mut payload = envelope.payload.to_vec();
                    let name = payload.windows(6).position(|at| at == b"000001").expect("the number");
                    payload[name + 5] = b'2';
                    Envelope { payload: &payload, ..envelope }.to_bytes()
                }),
                bad_signature,
            ),
        ] {
            let answer = app.anonymous().verify(&text);
            assert_eq!(told(&answer), expected, "{text}");
            assert_eq!(
                answer.json().get("card").is_some(),
                expected[0] == "valid",
                "a card is shown where one is proven: {text}"
            );
            assert_eq!(answer.text("/checked_at"), app.registry.clock.now().to_string());
            assert_eq!(answer.text("/list_age_seconds"), "0");
            assert!(!answer.text("/text/vi").is_empty() && !answer.text("/text/en").is_empty());
        }
    }

    fn a_typed_code_is_read_as_people_type_it(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let typed = card.text("/typed_code");
        assert!(typed.starts_with(&format!("{}-", card.text("/number"))));
        for text in [
            typed.clone(),
            typed.to_lowercase(),
            typed.replace('-', " "),
            typed.replace('-', ""),
            typed.replace('-', "–"),
            typed.replace('0', "O").replace('1', "I"),
            typed.to_lowercase().replace('0', "o").replace('1', "l"),
            format!(" {typed}\n"),
        ] {
            let answer = app.anonymous().verify(&text);
            assert_eq!(told(&answer), ["valid", "", ""], "{text}");
            assert_eq!(answer.text("/card/number"), card.text("/number"));
        }
        let last = if typed.ends_with('A') { "B" } else { "A" };
        let wrong = format!("{}{last}", &typed[..typed.len() - 1]);
        for text in [&wrong, &typed.replace("000001", "000002"), &typed.replace("000001", "GT-000001")] {
            let answer = app.anonymous().verify(text);
            assert_eq!(told(&answer), ["not_ours", "no_match", ""], "{text}");
            assert_eq!(answer.json().get("card"), None);
        }
    }

    fn the_page_takes_off_what_was_pasted_around_a_code_and_answers_nothing_else_otherwise(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let visitor = app.anonymous();
        let page = |text: &str| {
            let form: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let form = format!("code={form}");
            let kind = [("content-type", "application/x-www-form-urlencoded"), ("accept-language", "en")];
            visitor.send("POST", "/v", &kind, Some(form.as_bytes())).expect(200).body_text()
        };
        let code = card.text("/code");
        for text in [code.clone(), format!("  {code}\r\n"), format!("\t{}\u{a0}", card.text("/typed_code"))] {
            assert!(page(&text).contains("Valid card"), "{text:?}");
        }
        for text in [" ", "\r\n", "no code"] {
            assert_eq!(told(&visitor.verify(text)), ["not_ours", "not_a_code", ""], "{text:?}");
            assert!(page(text).contains("Not a code of this registry"), "{text:?}");
        }
        assert!(page("").contains("Enter the code printed beside the QR."));
        let blank = visitor.get("/v").expect(200).body_text();
        let example = blank.split_once("For example ").and_then(|(_, rest)| rest.split_once('.')).expect("an example").0;
        let typed = TypedCode::parse(example).expect("a typed code");
        assert_eq!(typed.number_key.len(), card.text("/number").len(), "as press cards are numbered: {example}");
    }

    fn an_unknown_number_and_a_wrong_code_are_answered_alike(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let typed = card.text("/typed_code");
        let last = if typed.ends_with('A') { "B" } else { "A" };
        let wrong = app.anonymous().verify(&format!("{}{last}", &typed[..typed.len() - 1]));
        let unknown = app.anonymous().verify(&typed.replace("000001", "000009"));
        assert_eq!(wrong.body_text(), unknown.body_text());
        let headers = |answer: &Answer| {
            let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            headers.sort();
            headers
        };
        assert_eq!(headers(&wrong), headers(&unknown));
        assert_eq!(wrong.header("content-length"), unknown.header("content-length"));
    }

    fn a_text_has_one_to_4296_characters(db) {
        let app = TestApp::start(db);
        let post = |body: serde_json::Value| app.anonymous().post(VERIFICATIONS, &body);
        post(json!({ "code": "" })).expect_invalid(&[("/code", "empty")]);
        post(json!({ "code": "x".repeat(4_297) })).expect_invalid(&[("/code", "too_long")]);
        post(json!({ "code": "ễ".repeat(4_296) })).expect(200);
        post(json!({ "code": " " })).expect(200);
        post(json!({})).expect_invalid(&[("/code", "missing")]);
        post(json!({ "code": null })).expect_invalid(&[("/code", "wrong_type")]);
        post(json!({ "code": "x", "who": "me" })).expect_invalid(&[("/who", "unknown_field")]);
    }

    fn cards_of_a_key_out_of_use_stay_good(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let old = app.issued_card(&agency);
        keys::rotate(&app.registry, PairUse::Card).expect("a new key");
        let new = app.issued_card(&agency);
        assert_ne!(new.text("/kid"), old.text("/kid"));
        for card in [&old, &new] {
            for code in ["/code", "/typed_code"] {
                assert_eq!(app.verdict(&card.text(code)).0, "valid");
            }
        }
        // A stolen key: what was really issued under it is known, and nothing else is believed.
        keys::retire(&app.registry, &old.text("/kid"), Retirement::Compromised).expect("it is out of use");
        assert_eq!(app.verdict(&old.text("/code")).0, "valid");
        assert_eq!(app.verdict(&new.text("/code")).0, "valid");
        app.registrar().happen("credentials", &old, json!({ "event": "suspend", "reason": "x" })).expect(201);
        assert_eq!(app.verdict(&old.text("/code")).1.as_deref(), Some("withdrawn"));
    }

    fn the_api_says_what_the_one_judge_says_and_says_it_again(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (valid, suspended) = (app.issued_card(&agency), app.issued_card(&agency));
        app.registrar().happen("credentials", &suspended, json!({ "event": "suspend", "reason": "x" })).expect(201);
        let letter = app.letter_form(&valid.text("/person_id"));
        let letter = app.head(&agency).post("/api/v1/letters", &letter).expect(201);
        let codes = [valid.text("/code"), suspended.text("/code"), letter.text("/code")];
        let verifier = app.anonymous();
        let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
        proptest!(config, |(
            which in 0..codes.len(),
            cut in any::<prop::sample::Index>(),
            put in "[A-Z2-7a-z0189=# é]{0,3}",
            keep in 0..3_usize,
        )| {
            let code: Vec<char> = codes[which].chars().collect();
            let at = cut.index(code.len() + 1);
            // As it is, cut short, or with something put in or over.
            let rest = [code.len(), at, (at + put.chars().count()).min(code.len())][keep];
            let text = match keep {
                0 => codes[which].clone(),
                _ => code[..at].iter().copied().chain(put.chars()).chain(code[rest..].iter().copied()).collect(),
            };
            prop_assume!(TypedCode::parse(&text).is_none() && !text.is_empty());
            let answer = verifier.verify(&text);
            let judgement = judged(&app, &text);
            let expected = [Some(judgement.verdict().as_str()), judgement.reason(), judgement.warning()];
            prop_assert_eq!(told(&answer), expected.map(Option::unwrap_or_default));
            let number = judgement.card().map(|card| card.claims.number.as_str().to_owned());
            let shown = answer.json().pointer("/card/number").and_then(|shown| shown.as_str().map(str::to_owned));
            prop_assert_eq!(shown, number);
            prop_assert_eq!(verifier.verify(&text).body, answer.body);
        });
    }
}
