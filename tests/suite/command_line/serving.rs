//! `serve`: how it begins and how it ends.

use super::Place;
use crate::support::app::Client;
use crate::support::program::Serving;
use crate::support::wire::Wire;
use crate::support::{Empty, on_both_databases};
use serde_json::json;
use std::net::TcpStream;

const PASSWORD: &str = "lá tre rụng đầy sân";

fn one_time_password(said: &str) -> Option<&str> {
    said.lines().find_map(|line| line.trim().strip_prefix("one-time password")).map(str::trim)
}

on_both_databases! {
    fn an_empty_registry_tells_its_first_administrator_a_password_once(db: Empty) {
        let place = Place::new(db.0);
        let first = Serving::serve(&place.arguments(&[]));
        let code = one_time_password(&first.said).expect("it is printed").to_owned();
        let anonymous = Client::at(&first.base);
        let client = anonymous.with_tokens(&anonymous.sign_in("admin@registry.local", &code).expect(201));
        client.post("/api/v1/me/password", &json!({ "new_password": PASSWORD })).expect(204);
        assert_eq!(client.get("/api/v1/me").expect(200).text("/role"), "admin");
        let (status, out, log) = first.stop();
        assert!(status.success(), "{status}");
        assert_eq!(out.matches(&code).count(), 1);
        assert!(!log.contains(&code), "it is not in the log");

        let second = Serving::serve(&place.arguments(&[]));
        assert_eq!(one_time_password(&second.said), None);
        let anonymous = Client::at(&second.base);
        anonymous.sign_in("admin@registry.local", &code).expect(401);
        anonymous.sign_in("admin@registry.local", PASSWORD).expect(201);
        assert!(second.stop().0.success());
    }

    fn what_is_in_hand_when_it_is_told_to_end_is_finished_first(db) {
        let place = Place::new(db);
        let serving = Serving::serve(&place.arguments(&[]));
        let code = one_time_password(&serving.said).expect("it is printed").to_owned();
        let body = json!({ "email": "admin@registry.local", "password": "not the password of anybody" }).to_string();
        let right = json!({ "email": "admin@registry.local", "password": code }).to_string();
        // The server asks for a body only once it has the request in hand.
        let begin = |body: &str| {
            let mut wire = Wire::to(&serving.base);
            wire.send(format!(
                "POST /api/v1/sessions HTTP/1.1\r\nHost: registry.test\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
                body.len(),
            ).as_bytes());
            assert_eq!(wire.head().0, 100);
            wire
        };
        let mut waiting: Vec<(Wire, &str, u16)> = vec![(begin(&right), &right, 201), (begin(&body), &body, 401)];
        serving.terminate();
        let address = serving.base.trim_start_matches("http://").to_owned();
        while TcpStream::connect(&address).is_ok() {
            std::thread::yield_now();
        }
        for (wire, body, _) in &mut waiting {
            wire.send(body.as_bytes());
        }
        for (wire, _, status) in &mut waiting {
            assert_eq!(wire.answer("POST").status, *status);
        }
        drop(waiting);
        let (status, _, log) = serving.ended();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(log.contains("stopping"), "{log}");

        // What was answered is there: the code was used up.
        let again = Serving::serve(&place.arguments(&[]));
        Client::at(&again.base).sign_in("admin@registry.local", &code).expect(401);
    }
}
