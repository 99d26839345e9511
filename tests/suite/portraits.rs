//! Portraits: a picture comes in, and anyone may see a small one while a valid card carries it.

use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::fixtures::{DAY, picture};
use crate::support::on_both_databases;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, ImageFormat, RgbImage};
use press_registry::domain::printed::PhotoDigest;
use press_registry::pictures::{MAX_BYTES, portrait::Portrait};
use serde_json::json;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

fn portrait_of(person: &Answer) -> String {
    format!("{}/portrait", person.path("people"))
}

/// A person of the agency with the drawn portrait of this seed.
fn portrayed(app: &TestApp, agency: &TestAgency, seed: u64) -> Answer {
    let person = app.person(agency);
    app.clerk(agency).put(&portrait_of(&person), &person.etag(), "image/png", &picture(seed)).expect(200)
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).expect("a picture can be written");
    bytes.into_inner()
}

/// A photo with the place where it was taken.
fn photo_with_place() -> Vec<u8> {
    let picture = image::load_from_memory(&picture(5)).expect("a picture").into_rgb8();
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\0".to_vec();
    exif.extend(b"GPSLatitude 21.0285 GPSLongitude 105.8542");
    let (width, height) = picture.dimensions();
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif).expect("EXIF can be written");
    encoder.write_image(&picture, width, height, ExtendedColorType::Rgb8).expect("a JPEG");
    bytes
}

/// A JPEG whose header speaks of 64 megapixels.
fn bomb() -> Vec<u8> {
    let mut jpeg = file(RgbImage::new(300, 300), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).expect("a frame header");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x1F, 0x40, 0x1F, 0x40]);
    jpeg
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// How many files of pictures are kept.
fn files(app: &TestApp) -> usize {
    fn below(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.map(|path| if path.is_dir() { below(&path) } else { 1 }).sum()
    }
    below(&app.data_dir.path().join("files"))
}

on_both_databases! {
    fn a_picture_sent_again_is_kept_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let person = portrayed(&app, &agency, 1);
        assert_eq!(files(&app), 2, "two sizes");
        let put = |person: &Answer, seed| clerk.put(&portrait_of(person), &person.etag(), "image/png", &picture(seed));
        let same = put(&person, 1).expect(200);
        assert_eq!(files(&app), 2);
        let other = put(&same, 2).expect(200);
        put(&other, 1).expect(200);
        assert_eq!(files(&app), 4, "one of two before is reused");
        put(&app.person(&agency), 1).expect_invalid(&[("", "of_another_person")]);
        assert_eq!(files(&app), 4, "and what is refused leaves nothing behind");
    }

    fn a_portrait_is_shown_to_anyone_while_a_valid_card_carries_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = portrayed(&app, &agency, 1);
        assert!(person.json()["has_portrait"] == true);
        let digest = PhotoDigest::from_bytes(Portrait::read(&picture(1)).expect("a portrait").digest);
        let path = format!("/portraits/{digest}");
        let anyone = app.anonymous();
        anyone.get(&path).expect_problem(404, "not-found");
        let card = app.issued_to(&agency, &person.text("/id"));
        assert_eq!(card.text("/photo_digest"), digest.to_string());
        let shown = anyone.get(&path).expect(200);
        assert_eq!(shown.header("content-type"), Some("image/jpeg"));
        assert_eq!(shown.header("cache-control"), Some("no-store"));
        let checked = anyone.verify(&card.text("/code"));
        assert_eq!(checked.text("/card/photo_digest"), digest.to_string());

        let registrar = app.registrar();
        let suspend = json!({ "event": "suspend", "reason": "x", "ground": "inquiry" });
        let suspended = registrar.happen("credentials", &card, suspend).expect(201);
        anyone.get(&path).expect_problem(404, "not-found");
        registrar.happen("credentials", &suspended, json!({ "event": "reinstate", "reason": "x" })).expect(201);
        anyone.get(&path).expect(200);
        app.at(5 * 366 * DAY);
        anyone.get(&path).expect_problem(404, "not-found");
    }

    fn the_digest_is_of_the_exact_bytes_of_a_small_picture_and_nothing_else_is_in_them(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let photo = photo_with_place();
        assert!(contains(&photo, b"GPSLatitude") && contains(&photo, b"Exif"));
        let person = app.person(&agency);
        app.clerk(&agency).put(&portrait_of(&person), &person.etag(), "image/jpeg", &photo).expect(200);
        let card = app.issued_to(&agency, &person.text("/id"));
        let shown = app.anonymous().get(&format!("/portraits/{}", card.text("/photo_digest"))).expect(200).body;
        assert_eq!(PhotoDigest::of(&shown).to_string(), card.text("/photo_digest"));
        let decoded = image::load_from_memory_with_format(&shown, ImageFormat::Jpeg).expect("a JPEG");
        assert!(decoded.width().max(decoded.height()) <= 200 && decoded.width().min(decoded.height()) >= 100);
        assert!(!contains(&shown, b"GPS") && !contains(&shown, b"Exif"));
    }

    fn only_lower_case_digests_of_sixteen_digits_name_a_portrait(db) {
        let app = TestApp::start(db);
        for other in ["ba7816bf8f01cfea", "BA7816BF8F01CFEA", "ba7816bf", "..%2f..%2fkeys", "ba7816bf8f01cfeaff"] {
            app.anonymous().get(&format!("/portraits/{other}")).expect_problem(404, "not-found");
        }
    }

    fn what_is_no_portrait_is_refused_and_changes_nothing(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let person = app.person(&agency);
        let put = |media_type: &str, bytes: &[u8]| clerk.put(&portrait_of(&person), &person.etag(), media_type, bytes);
        for media_type in ["image/gif", "image/webp", "image/svg+xml", "application/octet-stream", "application/json"] {
            put(media_type, &picture(1)).expect_problem(415, "unsupported-media-type");
        }
        let small = file(RgbImage::new(199, 300), ImageFormat::Png);
        let whole = picture(1);
        for (bytes, code) in [
            (&b""[..], "not_a_picture"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
            (b"GIF89a\x01\0\x01\0\0\0\0;", "unsupported_type"),
            (&small, "too_small"),
            (&bomb(), "too_many_pixels"),
            (&whole[..whole.len() / 2], "not_a_picture"),
        ] {
            put("image/png", bytes).expect_invalid(&[("", code)]);
        }
        let read = clerk.get(&person.path("people")).expect(200);
        assert_eq!((read.json(), read.etag()), (person.json(), person.etag()));
    }

    fn what_says_that_it_is_too_large_is_not_read(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, person) = (app.clerk(&agency), app.person(&agency));
        let address = app.base.strip_prefix("http://").expect("an address");
        let mut connection = TcpStream::connect(address).expect("a connection");
        let head = format!(
            "PUT {} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nIf-Match: {}\r\n\
             Content-Type: image/png\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            portrait_of(&person),
            clerk.token.as_deref().expect("a token"),
            person.etag(),
            MAX_BYTES + 1
        );
        connection.write_all(head.as_bytes()).expect("the head is sent");
        let mut status = [0; 12];
        connection.read_exact(&mut status).expect("an answer without any of the body");
        assert_eq!(&status, b"HTTP/1.1 413");
    }

    fn one_picture_is_one_persons(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let first = portrayed(&app, &agency, 1);
        let second = app.person(&agency);
        let put = |person: &Answer, seed| clerk.put(&portrait_of(person), &person.etag(), "image/png", &picture(seed));
        put(&second, 1).expect_invalid(&[("", "of_another_person")]);
        let same = put(&first, 1).expect(200);
        assert_eq!(same.etag(), first.etag(), "the same picture again changes nothing");
        let other = put(&first, 2).expect(200);
        assert_ne!(other.etag(), first.etag());
        put(&second, 2).expect_invalid(&[("", "of_another_person")]);
        // Neither may a picture that is in use no longer: an old card may carry it.
        put(&second, 1).expect_invalid(&[("", "of_another_person")]);
        put(&other, 1).expect(200);
    }

    fn a_card_keeps_the_portrait_it_was_issued_with(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let anyone = app.anonymous();
        let person = portrayed(&app, &agency, 1);
        let card = app.issued_to(&agency, &person.text("/id"));
        let old = format!("/portraits/{}", card.text("/photo_digest"));
        let bytes = anyone.get(&old).expect(200).body;
        app.clerk(&agency).put(&portrait_of(&person), &person.etag(), "image/png", &picture(2)).expect(200);
        assert_eq!(anyone.get(&old).expect(200).body, bytes);
        let registrar = app.registrar();
        assert_eq!(registrar.get(&card.path("credentials")).expect(200).json(), card.json());

        let replace = json!({ "event": "replace", "reason": "ảnh mới", "ground": "data_changed" });
        let replaced = registrar.happen("credentials", &card, replace).expect(201);
        let new = registrar.get(&format!("/api/v1/credentials/{}", replaced.text("/replaced_by"))).expect(200);
        assert_ne!(new.text("/photo_digest"), card.text("/photo_digest"));
        anyone.get(&old).expect_problem(404, "not-found");
        anyone.get(&format!("/portraits/{}", new.text("/photo_digest"))).expect(200);
    }

    fn a_portrait_is_set_by_the_agency_in_the_version_it_read(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let person = app.person(&agency);
        let (path, bytes) = (portrait_of(&person), picture(1));
        let put = |client: &crate::support::app::Client, etag: &str| client.put(&path, etag, "image/png", &bytes);
        put(&app.registrar(), &person.etag()).expect_problem(403, "forbidden");
        put(&app.holder(&person.text("/id")), &person.etag()).expect_problem(403, "forbidden");
        put(&app.head(&other), &person.etag()).expect_problem(404, "not-found");
        put(&app.head(&agency), "\"9\"").expect_problem(412, "precondition-failed");
        let headers = [("content-type", "image/png")];
        app.head(&agency).send("PUT", &path, &headers, Some(&bytes)).expect_problem(428, "precondition-required");
        put(&app.head(&agency), &person.etag()).expect(200);
    }

    fn a_card_without_a_portrait_says_so(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        assert!(card.json()["photo_digest"].is_null());
        assert!(app.anonymous().verify(&card.text("/code")).json()["card"]["photo_digest"].is_null());
    }
}
