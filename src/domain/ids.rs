//! Identifiers: UUIDv7 (RFC 9562), one type for each kind of thing, so that none is taken for another.

use super::problem::FieldProblem;
use super::time::Timestamp;
use std::fmt;
use uuid::Uuid;

/// What every identifier can do; the store and the API are written once against it.
pub trait Id: Copy + Eq + fmt::Display + Sized {
    /// From a UUID that somebody made.
    fn from_uuid(uuid: Uuid) -> Self;

    /// The UUID itself.
    fn uuid(self) -> Uuid;

    /// When it was made, to the second; `None` where it tells none.
    fn made_at(self) -> Option<Timestamp> {
        let (seconds, _) = self.uuid().get_timestamp()?.to_unix();
        i64::try_from(seconds).ok().map(Timestamp::from_seconds)
    }

    /// Reads the hyphenated lower-case form, and no other: one thing has one address.
    ///
    /// # Errors
    /// `not_an_id`.
    fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Uuid::try_parse(raw)
            .ok()
            .filter(|uuid| uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == raw)
            .map(Self::from_uuid)
            .ok_or_else(|| FieldProblem::new("not_an_id", "a UUID in its hyphenated lower-case form"))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl Id for $name {
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    )+};
}

ids! {
    /// A press agency (cơ quan báo chí).
    AgencyId,
    /// A person on record: reporter, editor, collaborator.
    PersonId,
    /// A person's work for an agency.
    EngagementId,
    /// A portrait, as files.
    PortraitId,
    /// An account that can sign in.
    UserId,
    /// A sign-in and the refresh tokens that follow from it.
    SessionId,
    /// An application for cards.
    ApplicationId,
    /// An office of an agency, or a reporter whom it has in a province.
    OfficeId,
    /// A press card, letter of introduction or collaborator's card.
    CredentialId,
    /// A press card of before the registry, which has no QR of its own.
    StateCardId,
    /// Two records that may be of one human being.
    DuplicateId,
    /// Something that happened.
    EventId,
    /// A report of misuse.
    ReportId,
    /// A case of misuse.
    CaseId,
    /// A look at a person's record.
    AccessId,
    /// A file of people that is taken in.
    ImportId,
    /// A notice: something that somebody is to be told.
    NoticeId,
    /// A licence of an agency.
    LicenceId,
    /// Somebody's time at the head of an agency.
    LeaderId,
    /// A merger or split of agencies.
    SuccessionId,
    /// Whose fields an event holds apart: the id of a person, an account, a report, a case, a card of before or an office.
    SubjectId,
}

macro_rules! subjects {
    ($($name:ident),+) => {$(
        impl From<$name> for SubjectId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }
    )+};
}

subjects!(PersonId, UserId, ReportId, CaseId, StateCardId, OfficeId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let good = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(AgencyId::parse(good).expect("an id").to_string(), good);
        for other in [good.to_uppercase(), good.replace('-', ""), format!("{{{good}}}"), format!("urn:uuid:{good}")] {
            assert!(AgencyId::parse(&other).is_err(), "{other}");
        }
    }
}
