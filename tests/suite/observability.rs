//! Logs and metrics tell the operator enough, and nothing about anybody.

mod forgotten;

use crate::support::answer::Answer;
use crate::support::app::Client;
use crate::support::fixtures::picture;
use crate::support::program::Serving;
use crate::support::wire::Wire;
use crate::support::{folder, on_both_databases, within};
use serde_json::{Value, json};
use std::time::Duration;

const FIRST_ADMINISTRATOR: &str = "admin@registry.local";
const PASSWORD: &str = "zorblaxian umbrella kvetching";

/// What must never be seen again: each is sent, and each is unlike anything else.
#[derive(Default)]
struct Planted(Vec<String>);

impl Planted {
    /// Plants a text; it is looked for as it is, in JSON, and percent-encoded.
    fn plant(&mut self, text: &str) -> String {
        self.0.push(text.to_owned());
        text.to_owned()
    }

    /// Plants texts that an answer told.
    fn take(&mut self, answer: &Answer, pointers: &[&str]) {
        self.0.extend(pointers.iter().map(|pointer| answer.text(pointer)));
    }

    #[track_caller]
    fn assert_nowhere_in(&self, what: &str, text: &str) {
        let folded = text.to_lowercase();
        for planted in &self.0 {
            let escaped = serde_json::to_string(planted).expect("JSON").trim_matches('"').to_lowercase();
            let encoded: String = planted.bytes().map(|byte| format!("%{byte:02x}")).collect();
            for form in [planted.to_lowercase(), escaped, encoded] {
                assert!(form.len() >= 6, "{form} might be there by chance");
                assert!(!holds(&folded, &form), "{form} is in the {what}");
            }
        }
    }
}

/// Whether a text holds a word. A card's number has six digits, which times and durations hold by chance within theirs:
/// a number counts where no other digits or their point touch it.
fn holds(text: &str, word: &str) -> bool {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || c == '.');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !is_number || !(touches(before.chars().next_back()) || touches(after.chars().next()))
    })
}

/// The first administrator of a program that has just been started, with [`PASSWORD`].
fn administrator(serving: &Serving, planted: &mut Planted) -> Client {
    let code = serving.said.lines().find_map(|line| line.trim().strip_prefix("one-time password"));
    let code = planted.plant(code.expect("it is printed").trim());
    open(&serving.base, FIRST_ADMINISTRATOR, &code, planted)
}

/// Opens an account with its code, chooses [`PASSWORD`], signs in with it.
fn open(base: &str, email: &str, code: &str, planted: &mut Planted) -> Client {
    let anonymous = Client::at(base);
    let tokens = anonymous.sign_in(email, code).expect(201);
    planted.take(&tokens, &["/access_token", "/refresh_token"]);
    let form = json!({ "new_password": PASSWORD });
    anonymous.with_tokens(&tokens).post("/api/v1/me/password", &form).expect(204);
    let tokens = anonymous.sign_in(email, PASSWORD).expect(201);
    planted.take(&tokens, &["/access_token", "/refresh_token"]);
    anonymous.with_tokens(&tokens)
}

/// An account made by `admin`, signed in.
fn account(base: &str, admin: &Client, mut form: Value, email: &str, planted: &mut Planted) -> Client {
    form["email"] = planted.plant(email).into();
    let made = admin.post("/api/v1/users", &form).expect(201);
    planted.take(&made, &["/one_time_code"]);
    open(base, email, &made.text("/one_time_code"), planted)
}

/// A valid card, and who had to do with it.
struct Issued {
    registrar: Client,
    clerk: Client,
    agency: String,
    person: String,
    card: Answer,
}

/// The whole way to a card with a portrait, with unusual words everywhere.
fn issued(base: &str, admin: &Client, planted: &mut Planted) -> Issued {
    let registrar = account(base, admin, json!({ "role": "registrar" }), "zqregistrar@planted.example", planted);
    let form = json!({
        "name": planted.plant("Báo Zykvolt Mờ Ảo"), "short_name": planted.plant("Zykvolt"),
        "kind": "bao", "level": "central", "website": planted.plant("https://zykvolt.planted.example"),
    });
    let agency = registrar.post("/api/v1/agencies", &form).expect(201).text("/id");
    let of = |role: &str| json!({ "role": role, "agency_id": agency });
    let head = account(base, admin, of("agency_head"), "zqhead@planted.example", planted);
    let clerk = account(base, admin, of("agency_clerk"), "zqclerk@planted.example", planted);
    let form = json!({
        "full_name": planted.plant("Trịnh Xuyphăng Quờvéch"), "pen_name": planted.plant("Bút Quyfrăng"),
        "birth_date": planted.plant("1931-03-07"), "national_id": planted.plant("987650123489"),
        "email": planted.plant("quovech@planted.example"),
        "engagement": { "kind": "staff", "post": planted.plant("Biên tập viên vũ trụ học"), "from": "2020-01-02" },
    });
    let entered = clerk.post(&format!("/api/v1/agencies/{agency}/people"), &form).expect(201);
    let person = entered.text("/id");
    clerk.put(&format!("{}/portrait", entered.path("people")), &entered.etag(), "image/png", &picture(3)).expect(200);
    let form = json!({ "kind": "press_card", "basis": "first", "people": [person] });
    let draft = clerk.post("/api/v1/applications", &form).expect(201);
    let path = draft.path("applications");
    let submitted = head.event(&path, &draft.etag(), json!({ "event": "submit" })).expect(201);
    let decided = registrar.event(&path, &submitted.etag(), json!({ "event": "approve" })).expect(201);
    let card = registrar.get(&format!("/api/v1/credentials/{}", decided.text("/credentials/0/id"))).expect(200);
    planted.take(&card, &["/number", "/code", "/typed_code", "/photo_digest"]);
    let code = card.text("/code");
    let (_, bytes) = code.split_once('#').expect("an address and bytes");
    planted.plant(bytes);
    Issued { registrar, clerk, agency, person, card }
}

/// A card is issued, checked, looked at and suspended.
fn good_requests(base: &str, admin: &Client, planted: &mut Planted) -> Answer {
    let Issued { registrar, clerk, agency, person, card } = issued(base, admin, planted);
    let anonymous = Client::at(base);
    for code in ["/code", "/typed_code"] {
        let checked = anonymous.post("/api/v1/verifications", &json!({ "code": card.text(code) })).expect(200);
        assert_eq!(checked.text("/verdict"), "valid");
    }
    anonymous.get(&format!("/portraits/{}", card.text("/photo_digest"))).expect(200);
    let query = planted.plant("quờvéch").bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    clerk.get(&format!("/api/v1/agencies/{agency}/people?query={query}")).expect(200);
    let reason = planted.plant("bị nghi ngờ buôn thuốc nổ kvarkh");
    let suspend = json!({ "event": "suspend", "reason": reason, "ground": "inquiry" });
    registrar.event(&card.path("credentials"), &card.etag(), suspend).expect(201);
    admin.send("POST", &format!("/api/v1/people/{person}/invite"), &[], None).expect(201);
    card
}

/// A report of misuse, followed and with evidence, by somebody without a name.
fn reports(base: &str, planted: &mut Planted) {
    let anonymous = Client::at(base);
    let form = json!({
        "number": planted.plant("QZ-774411"), "code": planted.plant("QRZYKVOLTQR"),
        "claimed_name": planted.plant("Mạo Danh Kvarkhovich"), "claimed_agency": planted.plant("Báo Kvarkh Giả"),
        "province": "31", "place": planted.plant("ngõ Xyzzyphăng"), "occurred_at": "2026-01-02T03:04:05Z",
        "narrative": planted.plant("đòi kvarkh tiền"), "police_reference": planted.plant("CA-KVARKH-1"),
    });
    let headers = [("x-forwarded-for", planted.plant("203.0.113.78"))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let report = anonymous.post_with("/api/v1/misuse-reports", &headers, &form).expect(201);
    planted.take(&report, &["/receipt"]);
    let receipt = report.text("/receipt");
    let path = format!("/api/v1/misuse-reports/{receipt}");
    anonymous.get(&path).expect(200);
    anonymous.get(&format!("{path}9")).expect(404);
    let pdf = format!("%PDF-1.7 {}", planted.plant("kvarkh-contract"));
    let pdf_type = [("content-type", "application/pdf")];
    anonymous.send("POST", &format!("{path}/evidence"), &pdf_type, Some(pdf.as_bytes())).expect(201);
    anonymous.send("POST", &format!("{path}/evidence"), &pdf_type, Some(b"kvarkh")).expect(422);
    for n in 0..6 {
        let form = format!("narrative={}&n={n}", planted.plant("kvarkhform"));
        let form_type = [("content-type", "application/x-www-form-urlencoded")];
        anonymous.send("POST", "/report", &form_type, Some(form.as_bytes())).expect(200);
    }
    let follow = format!("receipt={receipt}");
    let form_type = [("content-type", "application/x-www-form-urlencoded")];
    anonymous.send("POST", "/report/follow", &form_type, Some(follow.as_bytes())).expect(200);
}

/// The same words where they do not belong.
fn bad_requests(base: &str, admin: &Client, card: &Answer, planted: &mut Planted) {
    let anonymous = Client::at(base);
    let number = card.text("/number");
    let json_type = ("content-type", "application/json");
    let path = planted.plant("xwyzzlebork");
    admin.get(&format!("/api/v1/users/{path}")).expect(404);
    admin.get(&format!("/api/v1/credentials/{number}")).expect(403);
    admin.get(&format!("/api/v1/users?{path}={number}")).expect(422);
    admin.get(&format!("/api/v1/users?cursor={path}")).expect(422);
    anonymous.get(&format!("/{path}/{number}")).expect(404);
    anonymous.get(&format!("/portraits/{path}")).expect(404);
    anonymous.get(&format!("/v?code={number}")).expect(200);
    anonymous.post("/api/v1/verifications", &json!({ "code": planted.plant("NB-999-QQQQ-WWWW-ZZZZ") })).expect(200);
    anonymous.post("/api/v1/verifications", &json!({ "kode": planted.plant("FLIMFLAMKODE") })).expect(422);
    let form = format!("code={}", planted.plant("ZYXWVUTSRQ"));
    let form_type = [("content-type", "application/x-www-form-urlencoded")];
    anonymous.send("POST", "/v", &form_type, Some(form.as_bytes()));
    let broken = format!("{{\"email\": \"{}", planted.plant("gnarvalue"));
    let unknown = json!({ planted.plant("gnarfield"): planted.plant("gnarfieldvalue") });
    anonymous.post("/api/v1/verifications", &unknown).expect(422);
    let broken_code = broken.replace("email", "code");
    anonymous.send("POST", "/api/v1/verifications", &[json_type], Some(broken_code.as_bytes())).expect(400);
    admin.send("POST", "/api/v1/users", &[json_type], Some(broken.as_bytes())).expect(400);
    let unknown = json!({ planted.plant("blorptastic"): 1, "email": planted.plant("blorp@planted.example") });
    admin.post("/api/v1/users", &unknown).expect(422);
    let email = planted.plant("nobody.zq@planted.example");
    anonymous.sign_in(&email, &planted.plant("wrong horse zebra kumquat")).expect(401);
    let refresh = json!({ "refresh_token": planted.plant("refreshkvetchtoken") });
    anonymous.post("/api/v1/sessions/refresh", &refresh).expect(401);
    anonymous.with_token(&planted.plant("eyJbogustokenbogus")).get("/api/v1/me").expect(401);
    let headers = [
        ("x-request-id", planted.plant("requestidkvarkh")),
        ("user-agent", planted.plant("agentkvarkh/7")),
        ("referer", planted.plant("https://referer.kvarkh.example/")),
        ("cookie", planted.plant("cookiekvarkh=1")),
        ("x-forwarded-for", planted.plant("203.0.113.77")),
        ("forwarded", format!("for={}", planted.plant("198.51.100.99"))),
        ("if-none-match", planted.plant("\"etagkvarkh\"")),
        ("accept-language", planted.plant("kvarkhish")),
        ("idempotency-key", planted.plant("keykvarkh")),
        ("if-match", planted.plant("\"matchkvarkh\"")),
    ];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    anonymous.get_with("/livez", &headers).expect(200);
    admin.get_with("/api/v1/me", &headers).expect(200);
    let form = json!({ "email": planted.plant("keyed.zq@planted.example"), "role": "auditor" });
    admin.post_with("/api/v1/users", &headers, &form).expect(201);
    for line in [
        format!("{} / HTTP/1.1\r\nHost: a\r\n\r\n", planted.plant("KVARKHMETHOD")),
        format!("GET /{} HTTP/9.9\r\n\r\n", planted.plant("kvarkhversion")),
        format!("{}\r\n\r\n", planted.plant("kvarkh-is-no-request")),
        format!(
            "GET / HTTP/1.1\r\nHost: {}\r\n{}\r\n\r\n",
            planted.plant("kvarkh.host.example"),
            planted.plant("kvarkhheader")
        ),
    ] {
        let mut wire = Wire::to(base);
        wire.send(line.as_bytes());
        wire.head();
    }
}

on_both_databases! {
    fn nothing_that_anybody_sends_is_seen_again_in_logs_or_metrics(db) {
        let folder = folder("canary");
        let data_dir = folder.path().to_str().expect("UTF-8");
        let serving = Serving::serve(&["--data-dir", data_dir, "--database-url", &db.url, "--log-format", "json"]);
        let mut planted = Planted::default();
        planted.plant(PASSWORD);
        planted.plant(FIRST_ADMINISTRATOR);
        let admin = administrator(&serving, &mut planted);
        let base = serving.base.clone();
        let card = good_requests(&base, &admin, &mut planted);
        reports(&base, &mut planted);
        bad_requests(&base, &admin, &card, &mut planted);
        let before_a_check = ["/v", "/.well-known/press-registry/issuer", "/status/0"];
        for address in before_a_check {
            // The first list is signed within a second of the first card.
            within(Duration::from_secs(10), || (admin.get(address).status == 200).then_some(()));
        }
        let metrics = admin.get("/metrics").expect(200).body_text();
        let (status, _, log) = serving.stop();
        assert!(status.success(), "{status}");
        assert!(metrics.contains(r#"route="/status/{n}",class="2xx""#), "{metrics}");
        planted.assert_nowhere_in("metrics", &metrics);
        planted.assert_nowhere_in("log", &log);

        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        let access: Vec<&Value> = lines.iter().filter(|line| line["target"] == "access").collect();
        assert!(access.len() > 40, "{} requests are in the log", access.len());
        for line in access {
            let is_good = line["status"].as_u64().is_some_and(|status| status < 400);
            assert!(!is_good || !["/v", "/status/{n}"].iter().any(|route| line["route"] == *route), "{line}");
            let known = ["timestamp", "level", "target", "message", "request_id", "method", "route", "status", "micros"];
            assert!(line.as_object().expect("an object").keys().all(|key| known.contains(&key.as_str())), "{line}");
            assert!(uuid::Uuid::try_parse(line["request_id"].as_str().expect("an id")).is_ok(), "{line}");
        }
        // What is no HTTP at all is the web server's to note; nothing of ours went wrong.
        let ours = lines.iter().filter(|line| line["target"].as_str().is_some_and(|it| it.starts_with("press_registry")));
        for line in ours {
            assert_ne!(line["level"], "ERROR", "{line}");
        }
    }
}
