//! Lists of cards, and the QR of one.

use super::{CREDENTIALS, local_card};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use press_registry::pictures::qr;

on_both_databases! {
    fn lists_are_narrowed_by_filters_and_never_widened(db) {
        let app = TestApp::start(db);
        let (local, central) = (app.local_agency(), app.central_agency());
        let first = local_card(&app, &local);
        app.pass(1);
        let second = app.issued_card(&central);
        let person = second.text("/person_id");
        app.pass(1);
        let letter = app.head(&central).post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        let numbers = |cards: &[&Answer]| cards.iter().map(|card| card.text("/number")).collect::<Vec<_>>();
        let registrar = app.registrar();
        let list = |client: &Client, filter: &str| client.list(&format!("{CREDENTIALS}?limit=1{filter}"), "/number");
        assert_eq!(list(&registrar, ""), numbers(&[&first, &second, &letter]));
        assert_eq!(list(&registrar, "&kind=introduction_letter"), numbers(&[&letter]));
        assert_eq!(list(&registrar, &format!("&agency_id={}", local.id)), numbers(&[&first]));
        assert_eq!(list(&registrar, &format!("&person_id={person}")), numbers(&[&second, &letter]));
        assert_eq!(list(&registrar, &format!("&person_id={person}&kind=press_card")), numbers(&[&second]));
        let head = app.head(&central);
        assert_eq!(list(&head, ""), numbers(&[&second, &letter]));
        assert_eq!(list(&head, &format!("&agency_id={}", local.id)), numbers(&[]));
        assert_eq!(list(&app.provincial(HAI_PHONG), ""), numbers(&[&first]));
        assert_eq!(list(&app.provincial(HA_NOI), ""), numbers(&[]));
        let holder = app.holder(&person);
        assert_eq!(list(&holder, ""), numbers(&[&second, &letter]));
        assert_eq!(list(&holder, &format!("&person_id={}", first.text("/person_id"))), numbers(&[]));
        for (filter, told) in [
            ("kind=passport", ("query:kind", "unknown_kind")),
            ("person_id=x", ("query:person_id", "not_an_id")),
            ("state=active", ("query:state", "unknown_parameter")),
        ] {
            registrar.get(&format!("{CREDENTIALS}?{filter}")).expect_invalid(&[told]);
        }
    }

    fn a_qr_holds_the_code_in_every_format(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let (client, path) = (app.registrar(), format!("{}/qr", card.path("credentials")));
        let with = |accept: &str| client.get_with(&path, &[("accept", accept)]).expect(200);
        let media_type = |answer: &Answer| answer.header("content-type").unwrap_or_default().to_owned();
        let svg = with("*/*");
        assert_eq!(media_type(&svg), "image/svg+xml");
        assert!(svg.body_text().starts_with("<svg"));
        let png = with("image/png");
        assert_eq!(media_type(&png), "image/png");
        assert_eq!(qr::read(&png.body).expect("a QR"), card.text("/code"));
        let text = with("text/plain");
        assert!(media_type(&text).starts_with("text/plain"));
        assert_eq!(text.body_text(), card.text("/code"));
        for (format, body) in [("svg", &svg), ("png", &png), ("text", &text)] {
            // The parameter overrides the header.
            let asked =
                client.get_with(&format!("{path}?format={format}"), &[("accept", "application/pdf")]).expect(200);
            assert_eq!((&asked.body, asked.etag()), (&body.body, body.etag()));
            let etag = asked.etag();
            let known = client.get_with(&format!("{path}?format={format}"), &[("if-none-match", &etag)]).expect(304);
            assert_eq!(known.body, b"");
        }
        client.get_with(&path, &[("accept", "application/pdf")]).expect_problem(406, "not-acceptable");
        client.get(&format!("{path}?format=gif")).expect_problem(406, "not-acceptable");
        client.get(&format!("{path}?size=9")).expect_invalid(&[("query:size", "unknown_parameter")]);
        let stranger = app.head(&app.central_agency());
        stranger.get(&format!("{path}?format=gif")).expect_problem(404, "not-found");
    }
}
