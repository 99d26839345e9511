//! What there is to tell of an application, a credential, an office, or a merger or split of agencies: to the agency, and
//! to whoever works for it or holds a card.

use crate::domain::events::Object;
use crate::domain::ids::{AgencyId, ApplicationId, CredentialId, Id as _, OfficeId, PersonId, SuccessionId};
use crate::domain::press_cards::PressCardId;
use crate::domain::problem::FieldProblem;

/// What there is to tell, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// It was approved or refused, for some or all of its people.
    ApplicationDecided(ApplicationId),
    /// It was given back to be mended.
    ApplicationReturned(ApplicationId),
    /// The card is to be handed in (L2016 Đ28.5, NĐ237 Đ7.3).
    CardToReturn(PressCardId),
    /// The time to hand it in is over.
    ReturnOverdue(PressCardId),
    /// It was not handed in for so long that a registrar is to decide whether it is revoked (L2025 Đ28.5d).
    RevocationProposed(PressCardId),
    /// The card expires soon.
    CardExpiring(CredentialId),
    /// The card or letter was revoked, not by a case.
    CredentialWithdrawn(CredentialId),
    /// It was suspended, not by a case.
    CredentialSuspended(CredentialId),
    /// The province finds nothing against the office.
    OfficeConfirmed(OfficeId),
    /// The province objected to the office.
    OfficeObjected(OfficeId),
    /// The province ordered the office to stop.
    OfficeStopped(OfficeId),
    /// The office is suspended with its agency.
    OfficeSuspended(OfficeId),
    /// The office ended with what it rested on.
    OfficeEnded(OfficeId),
    /// Whoever led the office works for its agency no more.
    OfficeHeadless(OfficeId),
    /// Their work, their cards or letters are another agency's now, which took them over.
    CarriedOver(SuccessionId),
}

impl Occasion {
    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApplicationDecided(_) => "application_decided",
            Self::ApplicationReturned(_) => "application_returned",
            Self::CardToReturn(_) => "card_to_return",
            Self::ReturnOverdue(_) => "return_overdue",
            Self::RevocationProposed(_) => "revocation_proposed",
            Self::CardExpiring(_) => "card_expiring",
            Self::CredentialWithdrawn(_) => "credential_withdrawn",
            Self::CredentialSuspended(_) => "credential_suspended",
            Self::OfficeConfirmed(_) => "office_confirmed",
            Self::OfficeObjected(_) => "office_objected",
            Self::OfficeStopped(_) => "office_stopped",
            Self::OfficeSuspended(_) => "office_suspended",
            Self::OfficeEnded(_) => "office_ended",
            Self::OfficeHeadless(_) => "office_headless",
            Self::CarriedOver(_) => "carried_over",
        }
    }

    /// What it is told of.
    pub const fn object(self) -> Object {
        match self {
            Self::ApplicationDecided(id) | Self::ApplicationReturned(id) => Object::Application(id),
            Self::CardToReturn(id) | Self::ReturnOverdue(id) | Self::RevocationProposed(id) => id.object(),
            Self::CardExpiring(id) | Self::CredentialWithdrawn(id) | Self::CredentialSuspended(id) => {
                Object::Credential(id)
            }
            Self::OfficeConfirmed(id)
            | Self::OfficeObjected(id)
            | Self::OfficeStopped(id)
            | Self::OfficeSuspended(id)
            | Self::OfficeEnded(id)
            | Self::OfficeHeadless(id) => Object::Office(id),
            Self::CarriedOver(id) => Object::Succession(id),
        }
    }

    /// Reads the form of [`Occasion::as_str`], with the kind and the id of what it is told of.
    ///
    /// # Errors
    /// `unknown_occasion`, or the id is none.
    pub fn parse(raw: &str, (kind, id): (&str, &str)) -> Result<Self, FieldProblem> {
        let card = || PressCardId::parse(kind, id);
        Ok(match raw {
            "application_decided" => Self::ApplicationDecided(ApplicationId::parse(id)?),
            "application_returned" => Self::ApplicationReturned(ApplicationId::parse(id)?),
            "card_to_return" => Self::CardToReturn(card()?),
            "return_overdue" => Self::ReturnOverdue(card()?),
            "revocation_proposed" => Self::RevocationProposed(card()?),
            "card_expiring" => Self::CardExpiring(CredentialId::parse(id)?),
            "credential_withdrawn" => Self::CredentialWithdrawn(CredentialId::parse(id)?),
            "credential_suspended" => Self::CredentialSuspended(CredentialId::parse(id)?),
            "office_confirmed" => Self::OfficeConfirmed(OfficeId::parse(id)?),
            "office_objected" => Self::OfficeObjected(OfficeId::parse(id)?),
            "office_stopped" => Self::OfficeStopped(OfficeId::parse(id)?),
            "office_suspended" => Self::OfficeSuspended(OfficeId::parse(id)?),
            "office_ended" => Self::OfficeEnded(OfficeId::parse(id)?),
            "office_headless" => Self::OfficeHeadless(OfficeId::parse(id)?),
            "carried_over" => Self::CarriedOver(SuccessionId::parse(id)?),
            _ => return Err(FieldProblem::new("unknown_occasion", "nothing that a notice tells")),
        })
    }
}

/// To whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// The agency.
    Agency(AgencyId),
    /// A person, for what the agency asked for or keeps of them.
    Holder(PersonId, AgencyId),
}

impl Addressee {
    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agency(_) => "agency",
            Self::Holder(..) => "holder",
        }
    }

    /// The agency that it is an affair of.
    pub const fn agency(self) -> AgencyId {
        match self {
            Self::Agency(agency) | Self::Holder(_, agency) => agency,
        }
    }

    /// The person, where it is one.
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Agency(_) => None,
            Self::Holder(person, _) => Some(person),
        }
    }
}

/// What a notice of something on record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfRecord {
    /// What there is to tell.
    pub occasion: Occasion,
    /// To whom.
    pub to: Addressee,
    /// The entry of the log that tells of it.
    pub log_index: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_back() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let card = CredentialId::parse(id).expect("an id");
        let of_before = PressCardId::parse("state_card", id).expect("an id");
        let office = OfficeId::parse(id).expect("an id");
        let all = [
            Occasion::ApplicationDecided(ApplicationId::parse(id).expect("an id")),
            Occasion::ApplicationReturned(ApplicationId::parse(id).expect("an id")),
            Occasion::CardToReturn(PressCardId::Issued(card)),
            Occasion::CardToReturn(of_before),
            Occasion::ReturnOverdue(of_before),
            Occasion::RevocationProposed(of_before),
            Occasion::CardExpiring(card),
            Occasion::CredentialWithdrawn(card),
            Occasion::CredentialSuspended(card),
            Occasion::OfficeConfirmed(office),
            Occasion::OfficeObjected(office),
            Occasion::OfficeStopped(office),
            Occasion::OfficeSuspended(office),
            Occasion::OfficeEnded(office),
            Occasion::OfficeHeadless(office),
            Occasion::CarriedOver(SuccessionId::parse(id).expect("an id")),
        ];
        for occasion in all {
            let object = occasion.object();
            assert_eq!(Occasion::parse(occasion.as_str(), (object.kind(), &object.to_string())), Ok(occasion));
        }
        for (raw, object) in
            [("decision", ("case", id)), ("card_expiring", ("credential", "x")), ("card_to_return", ("office", id))]
        {
            assert!(Occasion::parse(raw, object).is_err(), "{raw}");
        }
    }
}
