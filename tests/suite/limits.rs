//! What cannot be guessed may not be tried for ever, and a busy node sheds what can wait.

use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::fixtures::picture;
use crate::support::wire::Wire;
use crate::support::{on_both_databases, within};
use press_registry::store::READERS;
use serde_json::json;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

/// Misses that make nobody wait: from one address, and from all of a neighbourhood.
const FREE: usize = 100;
const FREE_TOGETHER: usize = 1_000;
/// Bodies that are waited for from one neighbourhood, and from all, of those who are not signed in.
const SHARE: usize = 16;
const ALL_SHARES: usize = 12;
/// Somebody who tries; a neighbour; somebody else.
const GUESSER: &str = "203.0.113.9";
const NEIGHBOUR: &str = "203.0.113.77";
const ELSEWHERE: &str = "198.51.100.7";

/// One way to try something, from an address.
type Try<'a> = &'a dyn Fn(&str) -> Answer;

/// Misses are counted for an address; what is right costs nothing; time mends it.
fn are_counted(app: &TestApp, miss: Try<'_>, missed: u16, hit: Try<'_>, found: u16) {
    for n in 0..FREE {
        miss(GUESSER).expect(missed);
        if n % 10 == 0 {
            hit(ELSEWHERE).expect(found);
        }
    }
    assert_eq!(miss(GUESSER).expect_problem(429, "too-many-guesses").header("retry-after"), Some("1"));
    for address in [NEIGHBOUR, ELSEWHERE] {
        hit(address).expect(found);
        miss(address).expect(missed);
    }
    app.pass(1);
    hit(GUESSER).expect(found);
    miss(GUESSER).expect(missed);
    assert_eq!(hit(GUESSER).expect_problem(429, "too-many-guesses").header("retry-after"), Some("2"));
    app.pass(3_700);
    (0..FREE).for_each(|_| drop(miss(GUESSER).expect(missed)));
}

fn from(address: &str) -> [(&str, &str); 1] {
    [("x-forwarded-for", address)]
}

/// An address that is in no other's neighbourhood.
fn neighbour(nth: usize) -> String {
    format!("198.18.{nth}.1")
}

/// A request from there whose body does not come to its end.
fn half_sent(app: &TestApp, path: &str, nth: usize) -> Wire {
    let mut wire = Wire::to(&app.base);
    let about = "Host: registry.test\r\nContent-Type: application/json\r\nContent-Length: 100";
    wire.send(format!("POST {path} HTTP/1.1\r\n{about}\r\nX-Forwarded-For: {}\r\n\r\n{{", neighbour(nth)).as_bytes());
    wire
}

/// A sign-in from there that is refused for its password, where it is looked at.
fn sign_in(app: &TestApp, nth: usize) -> Answer {
    let form = json!({ "email": "nobody@test.example", "password": "mười hai cây cầu" });
    app.anonymous().post_with("/api/v1/sessions", &from(&neighbour(nth)), &form)
}

fn typed(client: &Client, address: &str, code: &str) -> Answer {
    client.post_with("/api/v1/verifications", &from(address), &json!({ "code": code }))
}

fn at_the_form(client: &Client, address: &str, code: &str) -> Answer {
    let headers = [from(address).as_slice(), &[("content-type", "application/x-www-form-urlencoded")]].concat();
    client.send("POST", "/v", &headers, Some(format!("code={code}").as_bytes()))
}

on_both_databases! {
    fn wrong_typed_codes_are_counted_and_a_qr_never_is(db) {
        let app = TestApp::behind_a_proxy(db);
        let card = app.issued_card(&app.central_agency());
        let (code, right) = (card.text("/code"), card.text("/typed_code"));
        let anybody = app.anonymous();
        // A number that there is, and one that there is not: nobody learns which.
        let mut wrong = right.clone();
        let last = wrong.pop().expect("a letter");
        wrong.push(if last == '0' { '1' } else { '0' });
        (0..FREE / 2).for_each(|_| drop(typed(&anybody, GUESSER, &wrong).expect(200)));
        (0..FREE / 2).for_each(|_| drop(typed(&anybody, GUESSER, "NB-999-7K3M-Q0ZX-9A4B").expect(200)));
        (0..FREE + 20).for_each(|_| drop(typed(&anybody, ELSEWHERE, &right).expect(200)));
        let told = typed(&anybody, GUESSER, &right).expect_problem(429, "too-many-guesses");
        let page = at_the_form(&anybody, GUESSER, &wrong).expect(429);
        for answer in [&told, &page] {
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
        assert!(page.body_text().contains("Hãy chờ nửa phút") && !page.body_text().contains(&wrong));
        for code in [code.as_str(), "HTTPS://EVIL.EXAMPLE/V#ABC", "nonsense"] {
            typed(&anybody, GUESSER, code).expect(200);
        }
        app.pass(1);
        assert_eq!(typed(&anybody, GUESSER, &right).expect(200).text("/verdict"), "valid");
        at_the_form(&anybody, GUESSER, &wrong).expect(200);
        at_the_form(&anybody, GUESSER, &right).expect(429);
        at_the_form(&anybody, ELSEWHERE, &wrong).expect(200);
    }

    fn whoever_tries_typed_codes_keeps_no_neighbour_and_nobody_who_is_signed_in_from_theirs(db) {
        let app = TestApp::behind_a_proxy(db);
        let right = app.issued_card(&app.central_agency()).text("/typed_code");
        let (anybody, official, other) = (app.anonymous(), app.official(), app.official());
        let wrong = |client: &Client, address: &str| typed(client, address, "NB-999-7K3M-Q0ZX-9A4B");
        // For as long as somebody goes on: the longest wait comes again and again.
        (0..FREE + 8).for_each(|_| {
            while wrong(&anybody, GUESSER).status == 429 {
                app.pass(1);
            }
        });
        assert_eq!(typed(&anybody, GUESSER, &right).expect(429).header("retry-after"), Some("32"));
        for (client, address) in [(&anybody, NEIGHBOUR), (&official, GUESSER)] {
            assert_eq!(typed(client, address, &right).expect(200).text("/verdict"), "valid");
        }
        // An account has its own misses, and no more of them.
        (0..FREE).for_each(|_| drop(wrong(&official, GUESSER).expect(200)));
        for address in [GUESSER, ELSEWHERE] {
            typed(&official, address, &right).expect_problem(429, "too-many-guesses");
        }
        assert_eq!(typed(&other, GUESSER, &right).expect(200).text("/verdict"), "valid");
    }

    fn a_whole_neighbourhood_that_tries_typed_codes_waits_together(db) {
        let app = TestApp::behind_a_proxy(db);
        let right = app.issued_card(&app.central_agency()).text("/typed_code");
        let anybody = app.anonymous();
        for n in 0..FREE_TOGETHER {
            typed(&anybody, &format!("203.0.113.{}", n % 250), "NB-999-7K3M-Q0ZX-9A4B").expect(200);
        }
        assert_eq!(typed(&anybody, "203.0.113.251", &right).expect(429).header("retry-after"), Some("1"));
        typed(&anybody, ELSEWHERE, &right).expect(200);
        app.pass(4);
        typed(&anybody, "203.0.113.251", &right).expect(200);
    }

    fn receipts_are_not_to_be_guessed(db) {
        let app = TestApp::behind_a_proxy(db);
        let form = json!({ "province": "31", "place": "Bến xe", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "x" });
        let receipt = app.anonymous().post("/api/v1/misuse-reports", &form).expect(201).text("/receipt");
        let anybody = app.anonymous();
        let follow = |address: &str, receipt: &str| anybody.get_with(&format!("/api/v1/misuse-reports/{receipt}"), &from(address));
        let (miss, hit) = (|address: &str| follow(address, "nothing"), |address: &str| follow(address, &receipt));
        are_counted(&app, &miss, 404, &hit, 200);
        // The other doors of the same house.
        let pdf = [("content-type", "application/pdf"), from(GUESSER)[0]];
        let evidence = format!("/api/v1/misuse-reports/{receipt}/evidence");
        anybody.send("POST", &evidence, &pdf, Some(b"%PDF-1.7")).expect_problem(429, "too-many-guesses");
        let form = [("content-type", "application/x-www-form-urlencoded"), from(GUESSER)[0]];
        anybody.send("POST", "/report/follow", &form, Some(b"receipt=x")).expect_problem(429, "too-many-guesses");
        // Whoever is signed in is known by more than an address.
        app.registrar().get_with("/api/v1/misuse-reports/nothing", &from(GUESSER)).expect(404);
    }

    fn refresh_tokens_are_not_to_be_guessed(db) {
        let app = TestApp::behind_a_proxy(db);
        let refresh = |address: &str, token: &str| {
            app.anonymous().post_with("/api/v1/sessions/refresh", &from(address), &json!({ "refresh_token": token }))
        };
        let auditor = app.auditor().user.expect("an account");
        let open = || {
            let user = app.registry.store.read(|db| press_registry::store::accounts::find(db, auditor));
            let user = user.expect("a read").expect("an account");
            let proven = press_registry::app::sessions::Proven::new(&user, press_registry::app::sessions::Proof::Password);
            app.registry.open_session(proven).expect("a session").refresh
        };
        are_counted(&app, &|address| refresh(address, "nothing"), 401, &|address| refresh(address, &open()), 201);
    }

    fn portraits_are_not_to_be_guessed(db) {
        let app = TestApp::behind_a_proxy(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let path = format!("{}/portrait", person.path("people"));
        app.clerk(&agency).put(&path, &person.etag(), "image/png", &picture(1)).expect(200);
        let digest = app.issued_to(&agency, &person.text("/id")).text("/photo_digest");
        let anybody = app.anonymous();
        let get = |address: &str, digest: &str| anybody.get_with(&format!("/portraits/{digest}"), &from(address));
        are_counted(&app, &|address| get(address, "0011223344556677"), 404, &|address| get(address, &digest), 200);
    }

    fn checks_go_on_when_everything_else_that_is_read_takes_all_connections(db) {
        let app = TestApp::behind_a_proxy(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let path = format!("{}/portrait", person.path("people"));
        app.clerk(&agency).put(&path, &person.etag(), "image/png", &picture(1)).expect(200);
        let card = app.issued_to(&agency, &person.text("/id"));
        app.registry.publish_lists().expect("signed");
        let (anybody, gate) = (app.anonymous(), Barrier::new(READERS as usize + 1));
        thread::scope(|scope| {
            for _ in 0..READERS {
                scope.spawn(|| {
                    app.registry.store.read(|_| {
                        gate.wait();
                        gate.wait();
                        Ok(())
                    })
                });
            }
            gate.wait();
            let told = ["/typed_code", "/code"].map(|code| anybody.verify(&card.text(code)));
            let portrait = anybody.get(&format!("/portraits/{}", card.text("/photo_digest")));
            gate.wait();
            for told in told {
                assert_eq!(told.expect(200).text("/verdict"), "valid");
            }
            portrait.expect(200);
        });
    }

    fn nothing_about_who_tried_is_written(db) {
        let app = TestApp::behind_a_proxy(db);
        (0..=FREE).for_each(|_| drop(typed(&app.anonymous(), GUESSER, "NB-999-7K3M-Q0ZX-9A4B")));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM guesses"), 0);
    }

    fn whoever_sends_half_a_request_again_and_again_shuts_nobody_else_out(db) {
        let app = TestApp::behind_a_proxy(db);
        let mut held = Vec::new();
        // Some more than there are places for: the server learns of them in its own time, and waits for none for long.
        within(Duration::from_secs(4), || {
            held.extend((0..SHARE + 4).map(|_| half_sent(&app, "/api/v1/sessions", 0)));
            (sign_in(&app, 0).status == 503).then_some(())
        });
        sign_in(&app, 1).expect_problem(401, "wrong-credentials");
        assert_eq!(app.anonymous().get("/report").status, 200);
        drop(held);
    }

    fn sign_ins_and_pages_go_on_when_bodies_that_never_come_take_all_places_for_bodies(db) {
        let app = TestApp::behind_a_proxy(db);
        let card = app.issued_card(&app.central_agency());
        app.registry.publish_lists().expect("signed");
        let (member, anybody) = (app.auditor(), app.anonymous());
        member.get("/api/v1/me").expect(200);
        let report = |nth: usize| anybody.post_with("/api/v1/misuse-reports", &from(&neighbour(nth)), &json!({}));
        let mut held = Vec::new();
        let shed = within(Duration::from_secs(4), || {
            let (path, many) = ("/api/v1/misuse-reports", SHARE * (ALL_SHARES + 1));
            held.extend((0..many).map(|nth| half_sent(&app, path, nth / SHARE)));
            Some(report(99)).filter(|answer| answer.status == 503)
        });
        assert_eq!(shed.expect_problem(503, "overloaded").header("retry-after"), Some("1"), "from wherever it comes");
        // Whoever only asks finds a place, and so does whoever signs in.
        for path in ["/", "/log/checkpoint", "/api/v1/provinces", "/report"] {
            anybody.get(path).expect(200);
        }
        sign_in(&app, 1).expect_problem(401, "wrong-credentials");
        for code in ["/code", "/typed_code"] {
            assert_eq!(anybody.verify(&card.text(code)).text("/verdict"), "valid");
        }
        at_the_form(&anybody, GUESSER, &card.text("/typed_code")).expect(200);
        for path in ["/v", "/status/0", "/.well-known/press-registry/issuer", "/livez", "/readyz", "/metrics"] {
            anybody.get(path).expect(200);
        }
        member.get("/api/v1/me").expect(200);
        drop(held);
        // Places are given back.
        within(Duration::from_secs(4), || (report(99).status != 503).then_some(()));
    }

    fn checks_go_on_when_their_own_bodies_never_come(db) {
        let app = TestApp::behind_a_proxy(db);
        let card = app.issued_card(&app.central_agency());
        app.registry.publish_lists().expect("signed");
        let anybody = app.anonymous();
        let mut held = Vec::new();
        let code = card.text("/code");
        // As many as are waited for from one neighbourhood.
        within(Duration::from_secs(4), || {
            held.extend((0..256).map(|_| half_sent(&app, "/api/v1/verifications", 0)));
            (typed(&anybody, &neighbour(0), &code).status == 503).then_some(())
        });
        for path in ["/v", "/status/0", "/.well-known/press-registry/issuer"] {
            anybody.get_with(path, &from(&neighbour(0))).expect(200);
        }
        assert_eq!(typed(&anybody, &neighbour(1), &code).expect(200).text("/verdict"), "valid");
        drop(held);
    }
}
