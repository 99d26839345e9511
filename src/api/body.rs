//! Bodies: read up to the limit of their kind, and understood only when the operation asks.
//!
//! An operation first asks whether the caller may do such a thing at all; a body that cannot be understood must not
//! be told of before that. So the bytes are taken in first, and [`Body::read`] comes later.

use super::in_hand::Awaited;
use super::json;
use crate::app::sessions::Admitted;
use crate::domain::reports::MediaType;
use crate::error::Error;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

/// A body of this size costs less to read than a new connection.
const SMALL_BYTES: usize = 64 * 1024;
/// How long something small takes at most: a line of 64 kbit/s brings 40 KB in that time.
const SMALL_WITHIN: Duration = Duration::from_secs(5);

/// What is sent in a body.
pub(super) trait Kind: 'static {
    /// At most so many bytes are read.
    const LIMIT_BYTES: usize;
    /// At most so long is waited for all of it, lest connections be held for ever by a byte now and then.
    const WITHIN: Duration = Duration::from_secs(30);
    /// The same of somebody who is not signed in: what they send is small, and they hold a place that others wait for.
    const WITHIN_OF_STRANGERS: Duration = SMALL_WITHIN;

    /// Whether a body of this media type is read.
    fn takes(media_type: &str) -> bool;

    /// How many bytes are read of somebody who is signed in, or not.
    fn limit_bytes(_is_signed_in: bool) -> usize {
        Self::LIMIT_BYTES
    }

    /// How long is waited for somebody who is signed in, or not.
    fn within(is_signed_in: bool) -> Duration {
        if is_signed_in { Self::WITHIN } else { Self::WITHIN_OF_STRANGERS }
    }
}

/// A JSON object.
pub(super) struct Json<T>(PhantomData<fn() -> T>);

impl<T: 'static> Kind for Json<T> {
    const LIMIT_BYTES: usize = 256 * 1024;

    fn takes(media_type: &str) -> bool {
        media_type == super::answer::JSON || (media_type.starts_with("application/") && media_type.ends_with("+json"))
    }
}

/// A picture of a face.
pub(super) struct Picture;

impl Kind for Picture {
    const LIMIT_BYTES: usize = crate::pictures::MAX_BYTES;
    /// A line of 1 Mbit/s takes 84 s.
    const WITHIN: Duration = Duration::from_secs(120);

    fn takes(media_type: &str) -> bool {
        matches!(media_type, "image/jpeg" | "image/png")
    }
}

/// A file that shows what was done.
pub(super) struct EvidenceUpload;

impl Kind for EvidenceUpload {
    const LIMIT_BYTES: usize = 50 * 1024 * 1024;
    /// A line of 1 Mbit/s takes 7 minutes.
    const WITHIN: Duration = Duration::from_secs(600);
    const WITHIN_OF_STRANGERS: Duration = Self::WITHIN;

    fn takes(media_type: &str) -> bool {
        MediaType::declared(media_type).is_some()
    }

    /// Nobody's report takes more than 10 MB in all: no more is held in memory for it.
    fn limit_bytes(is_signed_in: bool) -> usize {
        if is_signed_in { Self::LIMIT_BYTES } else { 10 * 1024 * 1024 }
    }
}

/// A table of people.
pub(super) struct TableUpload;

impl TableUpload {
    /// What spreadsheets and scripts call such files; browsers on Windows call CSV `application/vnd.ms-excel`.
    pub(super) const MEDIA_TYPES: [&str; 6] = [
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/tab-separated-values",
        "text/plain",
        "application/csv",
        "application/vnd.ms-excel",
    ];
}

impl Kind for TableUpload {
    const LIMIT_BYTES: usize = 20 * 1024 * 1024;
    /// A line of 1 Mbit/s takes 3 minutes.
    const WITHIN: Duration = Duration::from_secs(300);

    fn takes(media_type: &str) -> bool {
        Self::MEDIA_TYPES.contains(&media_type)
    }
}

/// Nothing: what is sent is not looked at.
pub(super) struct Nothing;

impl Kind for Nothing {
    const LIMIT_BYTES: usize = 1024;

    fn takes(_: &str) -> bool {
        true
    }
}

/// The bytes of a body, not yet understood.
pub(super) struct Body<K> {
    bytes: Bytes,
    media_type: String,
    is_taken: bool,
    kind: PhantomData<fn() -> K>,
    /// The room in memory that it takes, where that is counted; given back with it.
    _room: Option<OwnedSemaphorePermit>,
}

/// A body that nobody has read yet: only its headers are known.
pub(super) struct Unread<K> {
    payload: web::Payload,
    media_type: String,
    is_taken: bool,
    announced: Option<usize>,
    within: Duration,
    kind: PhantomData<fn() -> K>,
    /// The place where it is waited for, given back once it has come.
    _awaited: Option<Awaited>,
}

impl<K: Kind> Unread<K> {
    /// The body of a request of somebody who is signed in, or not.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) async fn of(
        request: &HttpRequest,
        payload: &mut dev::Payload,
        is_signed_in: bool,
    ) -> Result<Self, Error> {
        let media_type = media_type(request.headers());
        // Compressed bodies are not read: their limit would have to hold for what comes out of them.
        let is_taken = !request.headers().contains_key(CONTENT_ENCODING) && K::takes(&media_type);
        let announced = announced_bytes(request.headers());
        let payload = web::Payload::from_request(request, payload).await.map_err(|_| interrupted())?;
        let (within, awaited) = (K::within(is_signed_in), request.extensions_mut().remove());
        Ok(Self { payload, media_type, is_taken, announced, within, kind: PhantomData, _awaited: awaited })
    }

    /// How long it is said to be; `limit_bytes` where nothing is said.
    ///
    /// # Errors
    /// 413 when that is too much: nothing of it is read.
    pub(super) fn announced(&self, limit_bytes: usize) -> Result<usize, Error> {
        match self.announced {
            Some(bytes) if bytes > limit_bytes => Err(Error::TooLarge { limit_bytes }),
            Some(bytes) => Ok(bytes),
            None => Ok(limit_bytes),
        }
    }

    /// Reads a small one although it is not wanted: the connection can be used again, and whether it can tells nobody
    /// how long an answer was thought about.
    pub(super) async fn put_aside(self) {
        if self.announced.is_some_and(|bytes| bytes <= SMALL_BYTES) {
            let hasty = Self { within: SMALL_WITHIN, ..self };
            let _unwanted = hasty.read(SMALL_BYTES).await;
        }
    }

    /// Reads it, but not further than `limit_bytes`.
    ///
    /// # Errors
    /// 413; 400 when it does not come, or not to its end.
    pub(super) async fn read(self, limit_bytes: usize) -> Result<Body<K>, Error> {
        self.announced(limit_bytes)?;
        let read = timeout(self.within, self.payload.to_bytes_limited(limit_bytes)).await;
        let read = read.map_err(|_| too_late(self.within))?.map_err(|_| Error::TooLarge { limit_bytes })?;
        let bytes = read.map_err(|_| interrupted())?;
        Ok(Body { bytes, media_type: self.media_type, is_taken: self.is_taken, kind: PhantomData, _room: None })
    }
}

impl<K: Kind> Body<K> {
    /// The bytes as sent, whatever they are.
    pub(super) fn as_sent(&self) -> &[u8] {
        &self.bytes
    }

    /// The same bytes, shared.
    pub(super) fn shared(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The same, which takes this room in memory as long as it is there.
    pub(super) fn within(self, room: OwnedSemaphorePermit) -> Self {
        Self { _room: Some(room), ..self }
    }

    /// Whether nothing was sent.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes, if they are said to be of a media type that is read here.
    ///
    /// # Errors
    /// 415.
    pub(super) fn bytes(&self) -> Result<&[u8], Error> {
        if self.is_taken { Ok(&self.bytes) } else { Err(Error::UnsupportedMediaType) }
    }
}

impl Body<EvidenceUpload> {
    /// The bytes, and what they are said to be.
    ///
    /// # Errors
    /// 415.
    pub(super) fn file(&self) -> Result<(MediaType, &[u8]), Error> {
        let declared = MediaType::declared(&self.media_type).ok_or(Error::UnsupportedMediaType)?;
        Ok((declared, self.bytes()?))
    }
}

impl<T: DeserializeOwned + 'static> Body<Json<T>> {
    /// What the JSON says.
    ///
    /// # Errors
    /// 415; 400 with line and column where it is not a JSON object; 422 with a pointer to the field that is missing,
    /// unknown or of another type.
    pub(super) fn read(&self) -> Result<T, Error> {
        json::read(self.bytes()?)
    }
}

impl<K: Kind> FromRequest for Body<K> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let is_signed_in = request.extensions().contains::<Admitted>();
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            Unread::of(&request, &mut payload, is_signed_in).await?.read(K::limit_bytes(is_signed_in)).await
        })
    }
}

fn interrupted() -> Error {
    Error::MalformedBody("The body ended before it was complete.".into())
}

fn too_late(within: Duration) -> Error {
    Error::MalformedBody(format!("The body was not complete within {} seconds.", within.as_secs()))
}

fn announced_bytes(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The media type without its parameters, in lower case.
fn media_type(headers: &HeaderMap) -> String {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use actix_web::{App, HttpServer};
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    /// A body for which nobody waits long.
    struct Hasty;

    impl Kind for Hasty {
        const LIMIT_BYTES: usize = 10;
        const WITHIN_OF_STRANGERS: Duration = Duration::from_millis(50);

        fn takes(_: &str) -> bool {
            true
        }
    }

    #[actix_web::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let app = || App::new().route("/", web::post().to(|_: Body<Hasty>| async { "read" }));
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).expect("a listener").run();
        let handle = server.handle();
        let serving = actix_web::rt::spawn(server);
        let told = web::block(move || {
            let mut wire = TcpStream::connect(address).expect("a server");
            wire.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
            wire.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab").expect("the server reads");
            let mut told = String::new();
            // To the end: nobody may go on to hold the connection either.
            wire.read_to_string(&mut told).map(|_| told)
        });
        let told = told.await.expect("a thread").expect("an answer, and the end of the connection");
        assert!(told.starts_with("HTTP/1.1 400 "), "{told}");
        handle.stop(false).await;
        serving.await.expect("no panic").expect("it served");
    }

    async fn read(request: TestRequest) -> Result<u16, Error> {
        let (request, mut payload) = request.to_http_parts();
        Body::<Json<u16>>::from_request(&request, &mut payload).await?.read()
    }

    #[actix_web::test]
    async fn a_body_is_read_up_to_its_limit_and_not_further() {
        let limit = Json::<u16>::LIMIT_BYTES;
        let sent = |bytes| {
            TestRequest::post().insert_header((CONTENT_TYPE, "application/json")).set_payload(vec![b' '; bytes])
        };
        assert!(matches!(read(sent(limit)).await, Err(Error::MalformedBody(_))));
        assert!(matches!(read(sent(limit + 1)).await, Err(Error::TooLarge { limit_bytes }) if limit_bytes == limit));
    }

    #[actix_web::test]
    async fn only_json_that_is_called_json_is_read() {
        for (media_type, is_read) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/plain", false),
            ("", false),
        ] {
            let request = TestRequest::post().insert_header((CONTENT_TYPE, media_type)).set_payload("{}");
            let refused = matches!(read(request).await, Err(Error::UnsupportedMediaType));
            assert_eq!(!refused, is_read, "{media_type}");
        }
        let packed = TestRequest::post()
            .insert_header((CONTENT_TYPE, "application/json"))
            .insert_header((CONTENT_ENCODING, "gzip"));
        assert!(matches!(read(packed).await, Err(Error::UnsupportedMediaType)));
    }

    #[test]
    fn strangers_are_waited_for_only_as_long_as_something_small_takes() {
        for wait in [Json::<u16>::within, Nothing::within, Picture::within, TableUpload::within] {
            assert!(wait(false) <= Duration::from_secs(5) && wait(true) >= Duration::from_secs(30));
        }
        assert_eq!(EvidenceUpload::within(false), EvidenceUpload::within(true));
    }
}
