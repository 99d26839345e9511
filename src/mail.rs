//! E-mail through SMTP: how a letter is written and handed to a server. What stands in it, and when it is sent, is the
//! affair of `app::mails`.
//!
//! Letters hold no names: what people call themselves never comes near a header.

use crate::domain::accounts::Email;
use crate::domain::time::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message, SmtpTransport, Transport as _};
use std::error::Error as StdError;
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

/// How long a server may take for one step of a conversation.
const STEP_WITHIN: Duration = Duration::from_secs(30);
/// Refusals that are about us and not about the letter (RFC 4954 §6): whoever runs the registry mends them.
const OUR_FAULT: [u16; 4] = [530, 534, 535, 538];

/// Where e-mail is handed over.
#[derive(Clone)]
pub struct MailSettings {
    /// `smtp://` or `smtps://`, with user and password where the server wants them.
    pub url: String,
    /// What stands in `From`, like `Registry <notices@the.example>`.
    pub from: String,
    /// How often a node looks for e-mails to send.
    pub every: Duration,
}

/// How often a node looks for e-mails to send where nothing else is said.
pub const MAIL_EVERY: Duration = Duration::from_secs(2);

/// Without the password that the address may hold.
impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSettings").field("from", &self.from).finish_non_exhaustive()
    }
}

/// A letter.
pub struct Letter {
    /// Whom it is to.
    pub to: Email,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// A PDF that goes with it, and its name.
    pub pdf: Option<(String, Vec<u8>)>,
    /// What tells it from all others: the same for every try, so that a mailbox can tell a repetition.
    pub id: String,
    /// When it was written.
    pub at: Timestamp,
}

/// Why a letter was not taken.
#[derive(Debug)]
pub enum Undelivered {
    /// The server refuses it for good, or it cannot be written.
    Never(String),
    /// It may be taken another time.
    Later(String),
}

/// Hands letters to a server.
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
    host: String,
}

/// RFC 3834 §5: nobody's holiday notice answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The address with TLS asked for where it leaves this machine.
fn safe(url: &str) -> Result<String, String> {
    let bad = "the address of the SMTP server is like smtps://user:password@mail.the.example".to_owned();
    let (scheme, rest) = url.split_once("://").ok_or_else(|| bad.clone())?;
    let (before, query) = rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
    let host = before.rsplit('@').next().unwrap_or_default().split('/').next().unwrap_or_default();
    let is_local = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|local| host.strip_prefix(local).is_some_and(|port| port.is_empty() || port.starts_with(':')));
    match (scheme, query) {
        ("smtps", None) | ("smtp", Some("tls=required")) => Ok(url.to_owned()),
        ("smtp", None) if is_local => Ok(url.to_owned()),
        ("smtp", None) => Ok(format!("{url}?tls=required")),
        _ => Err(bad),
    }
}

impl Mailer {
    /// For a server, in the name of the registry at `host`.
    ///
    /// # Errors
    /// A sentence that says which setting is wrong.
    pub fn new(settings: &MailSettings, host: &str) -> Result<Self, String> {
        let from = settings.from.parse().map_err(|_| "the sender of e-mail is like notices@the.example".to_owned())?;
        let builder = SmtpTransport::from_url(&safe(&settings.url)?);
        // The cause could hold the password.
        let builder = builder.map_err(|_| "the address of the SMTP server cannot be read".to_owned())?;
        let transport = builder.timeout(Some(STEP_WITHIN)).hello_name(ClientId::Domain(host.to_owned())).build();
        Ok(Self { transport, from, host: host.to_owned() })
    }

    fn write(&self, letter: &Letter) -> Result<Message, String> {
        let address: Address = letter.to.as_str().parse().map_err(|_| "no address".to_owned())?;
        let since = Duration::from_micros(u64::try_from(letter.at.micros()).unwrap_or_default());
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(&*letter.subject)
            .date(UNIX_EPOCH + since)
            .message_id(Some(format!("<{}@{}>", letter.id, self.host)))
            .header(AutoSubmitted);
        let text = SinglePart::plain(letter.text.clone());
        let written = match &letter.pdf {
            None => message.singlepart(text),
            Some((name, pdf)) => {
                let pdf_type = ContentType::parse("application/pdf").map_err(|error| error.to_string())?;
                let file = Attachment::new(name.clone()).body(pdf.clone(), pdf_type);
                message.multipart(MultiPart::mixed().singlepart(text).singlepart(file))
            }
        };
        written.map_err(|error| error.to_string())
    }

    /// Hands a letter over. Blocks, for minutes at worst.
    ///
    /// # Errors
    /// [`Undelivered`]; its words name no recipient.
    pub fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        let message = self.write(letter).map_err(Undelivered::Never)?;
        self.transport.send(&message).map(drop).map_err(|error| {
            let status = error.status().map(u16::from);
            // Servers repeat the address in their words: only the number is told.
            let why = status.map_or_else(|| "the server cannot be spoken to".to_owned(), |status| status.to_string());
            match status {
                Some(status) if error.is_permanent() && !OUR_FAULT.contains(&status) => Undelivered::Never(why),
                Some(_) | None => Undelivered::Later(why),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let settings = MailSettings {
            url: "smtp://127.0.0.1:9".into(),
            from: "Hệ thống <notices@the.example>".into(),
            every: MAIL_EVERY,
        };
        Mailer::new(&settings, "the.example").expect("settings")
    }

    #[test]
    fn nothing_leaves_this_machine_without_tls() {
        for (url, made) in [
            ("smtps://u:p@mail.example", Some("smtps://u:p@mail.example")),
            ("smtp://mail.example:25", Some("smtp://mail.example:25?tls=required")),
            ("smtp://127.0.0.1:25", Some("smtp://127.0.0.1:25")),
            ("smtp://localhost", Some("smtp://localhost")),
            ("smtp://localhost.example", Some("smtp://localhost.example?tls=required")),
            ("smtp://mail.example?tls=opportunistic", None),
            ("https://mail.example", None),
            ("mail.example", None),
        ] {
            assert_eq!(safe(url).ok().as_deref(), made, "{url}");
        }
        let settings =
            MailSettings { url: "smtps://u:secret@mail.example".into(), from: "a@b.example".into(), every: MAIL_EVERY };
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn a_line_break_begins_no_header() {
        let letter = Letter {
            to: Email::parse("a@test.example").expect("an address"),
            subject: "Thông báo\r\nBcc: everybody@test.example".into(),
            text: "x".into(),
            pdf: None,
            id: "1".into(),
            at: Timestamp::from_seconds(0),
        };
        let written = String::from_utf8(mailer().write(&letter).expect("a letter").formatted()).expect("ASCII");
        let head = written.split("\r\n\r\n").next().unwrap_or_default();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        assert!(
            head.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000") && head.contains("Auto-Submitted: auto-generated")
        );
        assert!(Email::parse("a@test.example\r\nBcc: b@test.example").is_err());
    }
}
