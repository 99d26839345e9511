//! What an access token must be to be believed.

use super::{account, signed_in, with_token};
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use press_registry::app::keys::{self, Retirement};
use press_registry::keys::{PairUse, SigningKey};
use serde_json::{Value, json};

/// A token taken apart.
struct Token {
    header: Value,
    claims: Value,
    signature: String,
}

impl Token {
    fn parse(token: &str) -> Self {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else { panic!("three parts: {token}") };
        let json = |part: &str| {
            serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).expect("base64url")).expect("JSON")
        };
        Self { header: json(header), claims: json(claims), signature: signature.to_owned() }
    }

    /// The same with another header and other claims; null takes one away.
    fn but(&self, header: Value, claims: Value) -> Self {
        let merged = |mut value: Value, changes: Value| {
            for (name, change) in changes.as_object().expect("an object") {
                match change {
                    Value::Null => value.as_object_mut().expect("an object").remove(name),
                    change => value.as_object_mut().expect("an object").insert(name.clone(), change.clone()),
                };
            }
            value
        };
        Self {
            header: merged(self.header.clone(), header),
            claims: merged(self.claims.clone(), claims),
            signature: self.signature.clone(),
        }
    }

    /// What is signed.
    fn message(&self) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    fn signed_by(&self, key: &SigningKey) -> String {
        let signature = key.sign(self.message().as_bytes()).expect("a signature");
        format!("{}.{}", self.message(), BASE64URL_NOPAD.encode(&signature))
    }

    fn authenticated_with(&self, secret: &[u8]) -> String {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), self.message().as_bytes());
        format!("{}.{}", self.message(), BASE64URL_NOPAD.encode(tag.as_ref()))
    }

    fn with_old_signature(&self) -> String {
        format!("{}.{}", self.message(), self.signature)
    }
}

on_both_databases! {
    fn a_token_says_what_it_is_and_for_whom(db) {
        let app = TestApp::start(db);
        let user = account(&app);
        let token = Token::parse(&signed_in(&app, &user).text("/access_token"));
        assert_eq!((&token.header["alg"], &token.header["typ"]), (&json!("ES256"), &json!("at+jwt")));
        let now = app.registry.clock.now().seconds();
        assert_eq!(token.claims["iss"], app.base);
        assert_eq!(token.claims["aud"], "press-registry");
        assert_eq!(token.claims["sub"], user.id.to_string());
        assert_eq!((&token.claims["iat"], &token.claims["nbf"]), (&json!(now), &json!(now)));
        assert_eq!(token.claims["exp"], now + 600);
        assert_eq!(token.claims.as_object().map(serde_json::Map::len), Some(8), "and nothing about the person");
    }

    fn only_a_token_signed_by_the_session_key_for_this_registry_and_this_moment_is_believed(db) {
        let app = TestApp::start(db);
        let (user, other) = (account(&app), account(&app));
        let good = Token::parse(&signed_in(&app, &user).text("/access_token"));
        let session_of_other = Token::parse(&signed_in(&app, &other).text("/access_token")).claims["sid"].clone();
        let ring = app.registry.ring();
        let key = ring.session().expect("a key");
        let card_key = ring.card().expect("a key");
        let stranger = SigningKey::generate().expect("a key");
        let now = app.registry.clock.now().seconds();
        let me = |token: &str| with_token(&app, token).get("/api/v1/me");
        me(&good.signed_by(key)).expect(200);

        let none = json!({});
        let claims = |changes: Value| good.but(json!({}), changes).signed_by(key);
        let header = |changes: Value| good.but(changes, json!({})).signed_by(key);
        let algorithm = |name: &str| good.but(json!({ "alg": name }), json!({}));
        let signature = BASE64URL_NOPAD.decode(good.signature.as_bytes()).expect("base64url");
        let refused = [
            ("alg none, no signature", format!("{}.", algorithm("none").message())),
            ("alg None", format!("{}.", algorithm("None").message())),
            ("alg none, old signature", algorithm("none").with_old_signature()),
            ("alg none, no third part", algorithm("none").message()),
            ("HS256 with the public key", algorithm("HS256").authenticated_with(key.point())),
            ("HS256 in name only", algorithm("HS256").signed_by(key)),
            ("ES384", algorithm("ES384").signed_by(key)),
            ("no alg", header(json!({ "alg": null }))),
            ("unknown kid", header(json!({ "kid": "00000000" }))),
            ("kid of a path", header(json!({ "kid": "../../keys/session" }))),
            ("no kid", header(json!({ "kid": null }))),
            ("the key of cards under its own kid", good.but(json!({ "kid": card_key.kid().to_string() }), none.clone()).signed_by(card_key)),
            ("the key of cards under the session's kid", good.signed_by(card_key)),
            ("a stranger's key", good.signed_by(&stranger)),
            ("a stranger's key in the header", {
                let jwk = json!({ "kty": "EC", "crv": "P-256", "x": BASE64URL_NOPAD.encode(&stranger.point()[1..33]), "y": BASE64URL_NOPAD.encode(&stranger.point()[33..]) });
                good.but(json!({ "jwk": jwk, "kid": null }), none.clone()).signed_by(&stranger)
            }),
            ("typ JWT", header(json!({ "typ": "JWT" }))),
            ("no typ", header(json!({ "typ": null }))),
            ("other audience", claims(json!({ "aud": "another-registry" }))),
            ("no audience", claims(json!({ "aud": null }))),
            ("other issuer", claims(json!({ "iss": "https://the.example" }))),
            ("no issuer", claims(json!({ "iss": null }))),
            ("over", claims(json!({ "exp": now }))),
            ("no end", claims(json!({ "exp": null }))),
            ("an end in words", claims(json!({ "exp": (now + 600).to_string() }))),
            ("not yet good", claims(json!({ "nbf": now + 1 }))),
            ("no beginning", claims(json!({ "nbf": null }))),
            ("made in the future", claims(json!({ "iat": now + 1 }))),
            ("no time of making", claims(json!({ "iat": null }))),
            ("nobody's session", claims(json!({ "sid": user.id.to_string() }))),
            ("another's session", claims(json!({ "sid": session_of_other }))),
            ("no session", claims(json!({ "sid": null }))),
            ("another's account", claims(json!({ "sub": other.id.to_string() }))),
            ("no account", claims(json!({ "sub": null }))),
            ("altered claims", good.but(none.clone(), json!({ "sub": other.id.to_string() })).with_old_signature()),
            ("altered header", good.but(json!({ "typ": "AT+JWT" }), none.clone()).with_old_signature()),
            ("a signature cut short", format!("{}.{}", good.message(), BASE64URL_NOPAD.encode(&signature[..63]))),
            ("a signature of zeros", format!("{}.{}", good.message(), BASE64URL_NOPAD.encode(&[0; 64]))),
            ("no signature", format!("{}.", good.message())),
            ("a fourth part", format!("{}.x", good.signed_by(key))),
            ("two parts", good.message()),
            ("nothing", String::new()),
            ("dots", "..".into()),
        ];
        for (what, token) in refused {
            let answer = me(&token);
            assert_eq!(answer.status, 401, "{what} is believed");
            assert_eq!(answer.expect_problem(401, "unauthenticated").header("www-authenticate"), Some("Bearer"));
        }
        me(&good.signed_by(key)).expect(200);
    }

    fn a_token_of_a_retired_key_lives_out_its_time_and_one_of_a_stolen_key_does_not(db) {
        let app = TestApp::start(db);
        let user = account(&app);
        let sign_in = || signed_in(&app, &user).text("/access_token");
        let kid = |token: &str| Token::parse(token).header["kid"].as_str().expect("a kid").to_owned();
        let me = |token: &str| with_token(&app, token).get("/api/v1/me");
        // Each is shown only once: whoever was seen is believed for half a second of the real time.
        let old = [sign_in(), sign_in()];
        let rotated = keys::rotate(&app.registry, PairUse::Session).expect("a new key");
        let new = [sign_in(), sign_in()];
        assert_eq!(kid(&new[0]), rotated);
        assert_ne!(kid(&old[0]), rotated);
        me(&old[0]).expect(200);
        me(&new[0]).expect(200);
        keys::retire(&app.registry, &kid(&old[0]), Retirement::Compromised).expect("declared stolen");
        me(&old[1]).expect_problem(401, "unauthenticated");
        me(&new[1]).expect(200);
    }

    fn a_token_comes_in_the_header_and_nowhere_else(db) {
        let app = TestApp::start(db);
        let token = signed_in(&app, &account(&app)).text("/access_token");
        let anonymous = app.anonymous();
        anonymous.get(&format!("/api/v1/me?access_token={token}")).expect_problem(401, "unauthenticated");
        for header in [format!("Basic {token}"), token.clone(), format!("Bearer{token}"), "Bearer".into()] {
            anonymous.get_with("/api/v1/me", &[("authorization", &header)]).expect_problem(401, "unauthenticated");
        }
        anonymous.get_with("/api/v1/me", &[("cookie", &format!("access_token={token}"))]).expect(401);
        anonymous.get_with("/api/v1/me", &[("authorization", &format!("bearer {token}"))]).expect(200);
    }
}
