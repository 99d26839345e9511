//! What cannot be guessed may not be tried for ever, and a busy node sheds what can wait.

use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::fixtures::picture;
use crate::support::wire::Wire;
use crate::support::{TestDatabase, on_both_databases, within};
use press_registry::app::reports::limits::Intake;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// Misses that make nobody wait.
const FREE: usize = 100;
/// Somebody who tries; a neighbour; somebody else.
const GUESSER: &str = "203.0.113.9";
const NEIGHBOUR: &str = "203.0.113.77";
const ELSEWHERE: &str = "198.51.100.7";

/// Everybody comes through this machine, as through a proxy.
fn behind_a_proxy(db: TestDatabase) -> TestApp {
    let intake = Intake { trusted_proxies: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)], ..Intake::default() };
    TestApp::start_with(db, intake)
}

/// One way to try something, from an address.
type Try<'a> = &'a dyn Fn(&str) -> Answer;

/// Misses are counted for a neighbourhood; what is right costs nothing; time mends it.
fn are_counted(app: &TestApp, miss: Try<'_>, missed: u16, hit: Try<'_>, found: u16) {
    for n in 0..FREE {
        miss(GUESSER).expect(missed);
        if n % 10 == 0 {
            hit(ELSEWHERE).expect(found);
        }
    }
    for address in [GUESSER, NEIGHBOUR] {
        let problem = miss(address).expect_problem(429, "too-many-guesses");
        assert_eq!(problem.header("retry-after"), Some("1"));
    }
    hit(ELSEWHERE).expect(found);
    miss(ELSEWHERE).expect(missed);
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
fn half_sent(app: &TestApp, nth: usize) -> Wire {
    let mut wire = Wire::to(&app.base);
    let head = "POST /api/v1/sessions HTTP/1.1\r\nHost: registry.test\r\nContent-Type: application/json\r\nContent-Length: 100";
    wire.send(format!("{head}\r\nX-Forwarded-For: {}\r\n\r\n{{", neighbour(nth)).as_bytes());
    wire
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
        let app = behind_a_proxy(db);
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
        let told = typed(&anybody, NEIGHBOUR, &right).expect_problem(429, "too-many-guesses");
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

    fn receipts_are_not_to_be_guessed(db) {
        let app = behind_a_proxy(db);
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
        let app = behind_a_proxy(db);
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
        let app = behind_a_proxy(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let path = format!("{}/portrait", person.path("people"));
        app.clerk(&agency).put(&path, &person.etag(), "image/png", &picture(1)).expect(200);
        let digest = app.issued_to(&agency, &person.text("/id")).text("/photo_digest");
        let anybody = app.anonymous();
        let get = |address: &str, digest: &str| anybody.get_with(&format!("/portraits/{digest}"), &from(address));
        are_counted(&app, &|address| get(address, "0011223344556677"), 404, &|address| get(address, &digest), 200);
    }

    fn nothing_about_who_tried_is_written(db) {
        let app = behind_a_proxy(db);
        (0..=FREE).for_each(|_| drop(typed(&app.anonymous(), GUESSER, "NB-999-7K3M-Q0ZX-9A4B")));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM guesses"), 0);
    }

    fn whoever_sends_half_a_request_again_and_again_shuts_nobody_else_out(db) {
        let app = behind_a_proxy(db);
        let held: Vec<Wire> = (0..256).map(|_| half_sent(&app, 0)).collect();
        let sign_in = |nth: usize| {
            let form = json!({ "email": "nobody@test.example", "password": "mười hai cây cầu" });
            let address = neighbour(nth);
            app.anonymous().post_with("/api/v1/sessions", &from(&address), &form).status
        };
        within(Duration::from_secs(4), || (sign_in(0) == 503).then_some(()));
        assert_eq!(sign_in(1), 401, "elsewhere nothing is felt of it");
        assert_eq!(app.anonymous().get("/report").status, 200);
        drop(held);
    }

    fn checks_go_on_when_everything_else_is_shed(db) {
        let app = behind_a_proxy(db);
        let card = app.issued_card(&app.central_agency());
        app.registry.publish_lists().expect("signed");
        let member = app.auditor();
        member.get("/api/v1/me").expect(200);
        // Every place of those who are not signed in is held by somebody who does not send the rest of a body.
        // Some more than there are places: a look at the page may have one while they arrive.
        let held: Vec<Wire> = (0..320).map(|nth| half_sent(&app, nth / 64)).collect();
        let comes_to = |status: u16| {
            // The server learns of them, and that they are gone, in its own time.
            within(Duration::from_secs(4), || (app.anonymous().get("/report").status == status).then_some(()));
        };
        comes_to(503);
        let anybody = app.anonymous();
        for path in ["/", "/log/checkpoint", "/api/v1/provinces", "/report"] {
            let answer = anybody.get(path).expect_problem(503, "overloaded");
            assert_eq!(answer.header("retry-after"), Some("1"), "{path}");
        }
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
        comes_to(200);
    }
}
