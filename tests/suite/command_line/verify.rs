//! `verify`: what its exit status says of a code, typed or in a picture, asked of a registry or not.

use crate::support::answer::Answer;
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use crate::support::program::{Ran, run};
use press_registry::clock::Clock;
use serde_json::json;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;

/// A file of this test.
fn file(app: &TestApp, name: &str, bytes: &[u8]) -> String {
    let path: PathBuf = app.data_dir.path().join(name);
    fs::write(&path, bytes).expect("a writable folder");
    path.to_str().expect("UTF-8").to_owned()
}

/// The QR of a card as a picture.
fn picture(app: &TestApp, card: &Answer) -> String {
    let path = format!("{}/qr?format=png", card.path("credentials"));
    let png = app.registrar().get(&path).expect(200);
    assert_eq!(png.header("content-type"), Some("image/png"));
    file(app, "card.png", &png.body)
}

#[track_caller]
fn assert_verdict(ran: &Ran, code: i32, reason: &str) {
    assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains(reason), "{reason} is not in {}", ran.out);
    assert!(ran.err.is_empty(), "{}", ran.err);
}

fn suspend(app: &TestApp, card: &Answer) {
    let form = json!({ "event": "suspend", "reason": "reported stolen", "ground": "inquiry" });
    app.registrar().event(&card.path("credentials"), &card.etag(), form).expect(201);
}

on_both_databases! {
    fn a_registry_is_asked_about_a_text_a_typed_code_or_a_picture(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let picture = picture(&app, &card);
        let is_said_below = |ran: &Ran| {
            let words = ["ago", "does not decide who is a journalist", "không quyết định ai là nhà báo"];
            assert!(words.iter().all(|words| ran.out.contains(words)), "{}", ran.out);
        };
        let codes = [card.text("/code"), card.text("/typed_code"), card.text("/code").to_lowercase(), picture];
        let ask = |code: &str| run(&["verify", code, "--url", &app.base]);
        for code in &codes {
            let ran = ask(code);
            assert_verdict(&ran, 0, "valid");
            is_said_below(&ran);
            let first = ran.out.lines().next().expect("a line");
            assert!(first.contains("This check reaches the registry") && first.contains(&app.base), "{first}");
            assert!(ran.out.contains(&card.text("/number")) && ran.out.contains(&card.text("/name")), "{}", ran.out);
        }
        suspend(&app, &card);
        for code in &codes {
            assert_verdict(&ask(code), 1, "not_valid / withdrawn");
        }
        assert_verdict(&ask("not a code"), 3, "not_ours / not_a_code");
        assert_verdict(&ask(&format!("{}-0000-0000-0000", card.text("/number"))), 3, "not_ours / no_match");
    }

    fn the_address_in_a_code_is_never_asked(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let stranger = TcpListener::bind("127.0.0.1:0").expect("a free port");
        stranger.set_nonblocking(true).expect("a socket");
        let address = stranger.local_addr().expect("an address");
        let code = card.text("/code");
        let (_, bytes) = code.split_once('#').expect("an address and bytes");
        // Another name of this machine: it is not among the hosts that were ever printed.
        let foreign = format!("HTTP://LOCALHOST:{}/V#{bytes}", address.port());
        assert_verdict(&run(&["verify", &foreign, "--url", &app.base]), 0, "valid / foreign_address");
        assert!(stranger.accept().is_err(), "the stranger was asked");
    }

    fn without_a_network_a_signature_is_checked_and_a_state_is_not(db) {
        // The command judges by the system's clock; the card has to be of today.
        let app = TestApp::start_by(db, Clock::System);
        let card = app.issued_card(&app.central_agency());
        let document = app.anonymous().get("/.well-known/press-registry/issuer").expect(200);
        let issuer = file(&app, "issuer.json", &document.body);
        let check = |code: &str| run(&["verify", code, "--issuer", &issuer]);
        for code in [&card.text("/code"), &picture(&app, &card)] {
            let ran = check(code);
            assert_verdict(&ran, 2, "cannot_confirm / no_fresh_list");
            assert!(ran.out.contains("No list at hand") && ran.out.contains("does not decide"), "{}", ran.out);
            assert!(ran.out.contains(&card.text("/number")), "{}", ran.out);
        }
        let mut altered = card.text("/code").into_bytes();
        let middle = altered.len() - 60;
        altered[middle] = if altered[middle] == b'A' { b'B' } else { b'A' };
        let typed = check(&card.text("/typed_code"));
        assert_verdict(&typed, 2, "cannot_confirm");
        assert!(typed.out.contains("Only the registry can check a typed code"), "{}", typed.out);
        assert!(!typed.out.contains("not_ours") && !typed.out.contains("reaches the registry"), "{}", typed.out);
        let ran = check(&String::from_utf8(altered).expect("ASCII"));
        assert_eq!(ran.code, Some(3), "{}", ran.out);
        assert!(!ran.out.contains(&card.text("/number")), "{}", ran.out);
        assert_verdict(&check("not a code"), 3, "not_ours / not_a_code");

        let other = TestApp::start_by(
            crate::support::TestDatabase::create(app.database.engine).expect("as the first one"),
            Clock::System,
        );
        let foreign = other.issued_card(&other.central_agency());
        assert_verdict(&check(&foreign.text("/code")), 3, "not_ours / unknown_key");
    }

    fn what_cannot_be_asked_or_does_not_answer_confirms_nothing(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let gone = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
        let ran = run(&["verify", &card.text("/code"), "--url", &format!("http://{gone}")]);
        assert_verdict(&ran, 2, "cannot_confirm");

        let babbler = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", babbler.local_addr().expect("an address"));
        let answers = ["{\"verdict\":\"excellent\"}", "<html>", "{\"verdict\":\"valid\"}"];
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for answer in answers {
                    let (mut stream, _) = babbler.accept().expect("somebody asks");
                    let mut asked = [0; 4_096];
                    let _length = stream.read(&mut asked).expect("a request");
                    let length = answer.len();
                    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}");
                    stream.write_all(answer.as_bytes()).expect("the program reads");
                }
            });
            for _ in answers {
                assert_verdict(&run(&["verify", &card.text("/typed_code"), "--url", &url]), 2, "cannot_confirm");
            }
        });
    }

    fn what_is_no_picture_of_a_code_and_no_issuer_document_is_wrong_usage(db) {
        let app = TestApp::start(db);
        let text = file(&app, "card.txt", b"not a picture");
        let document = app.anonymous().get("/.well-known/press-registry/issuer").expect(200);
        let issuer = file(&app, "issuer.json", &document.body);
        let blank = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsVsQZwAAAABJRU5ErkJggg==";
        let blank = file(&app, "blank.png", &data_encoding::BASE64.decode(blank.as_bytes()).expect("base64"));
        for words in [
            &["verify", &text][..],
            &["verify", &blank],
            &["verify", ""],
            &["verify", "", "--url", &app.base],
            &["verify", "", "--issuer", &issuer],
            &["verify", &"A".repeat(4_297), "--url", &app.base],
            &["verify", &"A".repeat(4_297), "--issuer", &issuer],
            &["verify", "CODE", "--issuer", &text],
            &["verify", "CODE", "--issuer", "/nowhere/issuer.json"],
            &["verify", "CODE", "--issuer", &text, "--url", &app.base],
        ] {
            let ran = run(words);
            assert_eq!(ran.code, Some(64), "{words:?}: {}", ran.err);
            assert!(!ran.err.is_empty() && ran.out.is_empty(), "{words:?}");
        }
    }
}
