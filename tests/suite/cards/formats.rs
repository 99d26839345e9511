//! One artwork in three formats.

use super::{card_of, close, pages, portrayed_card, shown, sizes, tells, texts};
use crate::support::answer::Answer;
use crate::support::app::TestApp;
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use press_registry::app::gate::Gate;
use press_registry::app::{Registry, Settings};
use press_registry::clock::Clock;
use press_registry::domain::accounts::{Caller, Role};
use press_registry::domain::ids::{CredentialId, Id as _, SessionId, UserId};
use press_registry::entropy::Entropy;
use press_registry::papers::card::Side;
use press_registry::pictures::qr;
use serde_json::json;
use uuid::Uuid;

fn caller(user: UserId) -> Caller {
    let session = SessionId::from_uuid(Uuid::nil());
    Caller { user, role: Role::NationalRegistrar, body: None, session, must_change_password: false }
}

on_both_databases! {
    fn a_card_is_one_artwork_in_three_formats(db) {
        let app = TestApp::start(db);
        let card = portrayed_card(&app, &app.central_agency());
        let client = app.registrar();
        let svg = shown(&client, &card, "*/*");
        assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
        assert_eq!(svg.header("cache-control"), Some("no-store"));
        assert_eq!(svg.header("content-security-policy"), Some("default-src 'none'; img-src data:; frame-ancestors 'none'"));
        let drawn = svg.body_text();
        assert!(drawn.starts_with("<svg") && drawn.contains("data:image/jpeg;base64,"));
        for outside in ["<text", "<style", "style=", "href=\"http", "url(http", "<script"] {
            assert!(!drawn.contains(outside), "{outside}");
        }
        let png = shown(&client, &card, "image/png");
        let picture = image::load_from_memory(&png.body).expect("a PNG");
        assert_eq!((picture.width(), picture.height()), (1_011, 638));
        let pdf = shown(&client, &card, "application/pdf");
        let [(width, height), (again, _)] = sizes(&pdf)[..] else { panic!("two pages") };
        assert!((width - 85.6 / 25.4 * 72.0).abs() < 0.01 && (height - 53.98 / 25.4 * 72.0).abs() < 0.01);
        assert!((width - again).abs() < f32::EPSILON);
        let [front, back] = &pages(&pdf)[..] else { panic!("two pages") };
        let name = card.text("/name").to_uppercase();
        let (number, agency) = (card.text("/number"), card.text("/agency"));
        tells(front, &["THẺ NHÀ BÁO", "PRESS CARD", &name, &number, &agency, "22/11/2026"]);
        tells(back, &[&card.text("/typed_code"), "1900 0000", "Scan the code"]);
        for (format, known) in [("svg", &svg), ("png", &png), ("pdf", &pdf)] {
            let again = client.get(&format!("{}?format={format}", card_of(&card))).expect(200);
            assert_eq!(again.etag(), known.etag());
            let etag = known.etag();
            client.get_with(&format!("{}?format={format}", card_of(&card)), &[("if-none-match", &etag)]).expect(304);
        }
    }

    fn the_back_holds_the_code_and_the_front_does_not(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let client = app.registrar();
        let side = |side: &str| client.get(&format!("{}?format=png&side={side}", card_of(&card))).expect(200);
        assert_eq!(qr::read(&side("back").body).as_deref(), Ok(&*card.text("/code")));
        assert_eq!(qr::read(&side("front").body), Err(qr::ReadError::NoCode));
        assert_eq!(side("front").body, shown(&client, &card, "image/png").body);
        let svg = client.get(&format!("{}?side=back", card_of(&card))).expect(200);
        assert!(svg.body_text().contains("mặt sau"));
    }

    fn a_letter_is_one_page_of_a4(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        let client = app.holder(&person);
        let pdf = shown(&client, &letter, "application/pdf");
        let [(width, height)] = sizes(&pdf)[..] else { panic!("one page") };
        assert!((width - 595.28).abs() < 0.01 && (height - 841.89).abs() < 0.01);
        let page = pages(&pdf).remove(0);
        let name = letter.text("/name").to_uppercase();
        let [place, unit, code] = ["/place", "/unit_visited", "/typed_code"].map(|pointer| letter.text(pointer));
        tells(&page, &["GIẤY GIỚI THIỆU", "LETTER OF INTRODUCTION", &name, "Phóng viên", &place, &unit, &code]);
        let days = ["10:00, 22/11/2026", "10:00, 25/11/2026", "Ngày 22 tháng 11 năm 2026"];
        tells(&page, &days);
        tells(&page, &["NGƯỜI ĐỨNG ĐẦU"]);
        let png = shown(&client, &letter, "image/png");
        assert_eq!(qr::read(&png.body).as_deref(), Ok(&*letter.text("/code")));
        let back = format!("{}?side=back", card_of(&letter));
        client.get(&back).expect_invalid(&[("query:side", "no_such_side")]);
    }

    fn a_collaborators_card_is_told_from_a_press_card(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (press, collaborator) = (app.issued_card(&agency), app.collaborator_card(&agency, &app.collaborator(&agency).text("/id")));
        let client = app.registrar();
        let front = |card| pages(&shown(&client, card, "application/pdf")).remove(0);
        tells(&front(&press), &["THẺ NHÀ BÁO"]);
        tells(&front(&collaborator), &["THẺ CỘNG TÁC VIÊN", "Not a press card"]);
        assert!(!front(&collaborator).contains(&close("THẺ NHÀ BÁO")));
        assert!(!front(&press).contains(&close("CỘNG TÁC VIÊN")));
    }

    fn what_is_not_in_force_says_so_across_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let registrar = app.registrar();
        let is_marked = |client| {
            let front = pages(&shown(client, &card, "application/pdf")).remove(0);
            let [vi, en] = ["KHÔNG CÒN HIỆU LỰC", "NO LONGER VALID"].map(|words| front.contains(&close(words)));
            assert_eq!(vi, en, "both languages or none: {front}");
            vi
        };
        assert!(!is_marked(&registrar));
        let event = |event: &str| json!({ "event": event, "reason": "x" });
        let suspended = registrar.happen("credentials", &card, event("suspend")).expect(201);
        assert!(is_marked(&registrar));
        registrar.happen("credentials", &suspended, event("reinstate")).expect(201);
        assert!(!is_marked(&registrar));
        app.at(6 * 366 * DAY);
        assert!(is_marked(&app.again(&registrar)), "expired");
    }

    fn in_the_demo_every_side_of_every_paper_is_a_sample(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let cards = [app.issued_card(&agency), app.collaborator_card(&agency, &app.collaborator(&agency).text("/id"))];
        let letter = app.letter_form(&cards[0].text("/person_id"));
        let letter = app.head(&agency).post("/api/v1/letters", &letter).expect(201);
        // Another node of the same registry, set up as the demo.
        let settings = Settings { demo: true, ..app.registry.settings.clone() };
        let node = |now| Registry::open(settings.clone(), Clock::manual(now), Entropy::System).expect("a node");
        let demo = node(app.registry.clock.now());
        let registrar = caller(app.registrar().user.expect("an account"));
        let papers = |registry: &Registry| {
            let drawn = cards.iter().chain([&letter]).map(|it| {
                let id = CredentialId::parse(&it.text("/id")).expect("an id");
                registry.artwork(&registrar, id).and_then(|artwork| artwork.pdf()).expect("a PDF")
            });
            let mut papers: Vec<Vec<u8>> = drawn.collect();
            let wanted = || Ok(cards.iter().map(|card| card.text("/id")).collect());
            papers.push(registry.print(&registrar, &Gate::default(), wanted).expect("a sheet").pdf);
            papers.iter().map(|pdf| texts(pdf)).collect::<Vec<_>>()
        };
        let marks = |pages: &Vec<String>| pages.iter().map(|page| page.matches(&close("SAMPLE / MẪU")).count()).collect();
        // Two sides of each card, a letter, and a sheet with two cards on both of its pages.
        let marked: Vec<Vec<usize>> = papers(&demo).iter().map(marks).collect();
        assert_eq!(marked, [vec![1, 1], vec![1, 1], vec![1], vec![2, 2]]);
        assert!(papers(&app.registry).iter().flatten().all(|page| !page.contains("SAMPLE")));
        let id = CredentialId::parse(&cards[0].text("/id")).expect("an id");
        let back = demo.artwork(&registrar, id).expect("a card").draw(Side::Back).expect("a back");
        assert_eq!(qr::read(&back.png().expect("a picture")).as_deref(), Ok(&*cards[0].text("/code")));
        app.at(6 * 366 * DAY);
        let expired = node(app.registry.clock.now()).artwork(&registrar, id).and_then(|it| it.pdf()).expect("a PDF");
        for page in texts(&expired) {
            assert!(["SAMPLE / MẪU", "KHÔNG CÒN HIỆU LỰC"].iter().all(|words| page.contains(&close(words))), "{page}");
        }
    }

    fn what_cannot_be_shown_is_told_to_those_who_may_see_the_card(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let client = app.registrar();
        let path = card_of(&card);
        client.get_with(&path, &[("accept", "text/plain")]).expect_problem(406, "not-acceptable");
        client.get(&format!("{path}?format=gif")).expect_problem(406, "not-acceptable");
        client.get(&format!("{path}?side=left")).expect_invalid(&[("query:side", "unknown_side")]);
        client.get(&format!("{path}?side=back&format=pdf")).expect_invalid(&[("query:side", "not_for_pdf")]);
        client.get(&format!("{path}?dpi=600")).expect_invalid(&[("query:dpi", "unknown_parameter")]);
        let stranger = app.head(&app.central_agency());
        stranger.get(&format!("{path}?format=gif")).expect_problem(404, "not-found");
    }

    fn whoever_has_a_card_shown_is_written_down(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (card, other) = (app.issued_card(&agency), app.issued_card(&agency));
        let person = |card: &Answer| card.text("/person_id");
        let holders = [app.holder(&person(&card)), app.holder(&person(&other))];
        let looks = || {
            let lists = holders.iter().zip([&card, &other]);
            lists.map(|(me, it)| me.list(&format!("/api/v1/people/{}/accesses", person(it)), "/what").len()).collect::<Vec<_>>()
        };
        let [one, two] = looks()[..] else { panic!("two people") };
        app.clerk(&agency).get(&card_of(&card)).expect(200);
        assert_eq!(looks(), [one + 1, two]);
        let both = json!({ "credentials": [card.text("/id"), other.text("/id")] });
        app.clerk(&agency).post("/api/v1/print-jobs", &both).expect(200);
        assert_eq!(looks(), [one + 2, two + 1]);
        holders[0].get(&card_of(&card)).expect(200);
        assert_eq!(looks(), [one + 2, two + 1], "one's own");
    }
}
