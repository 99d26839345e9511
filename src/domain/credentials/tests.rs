//! The transitions of credentials, written down a second time.

use super::*;
use crate::domain::ids::Id;
use CredentialEvent::{Reinstate, Replace, ReportLost, Return, Revoke, Suspend};
use CredentialState::{Active, Lost, Replaced, Returned, Revoked, Suspended};
use uuid::Uuid;

#[test]
fn nothing_happens_to_a_credential_that_is_not_listed() {
    let grounds = Ground::ALL.into_iter().map(Some).chain([None]);
    for ground in grounds {
        for state in CredentialState::ALL {
            for event in CredentialEvent::ALL {
                let lawful = match (state, event) {
                    (Active, Suspend) => Some(Suspended),
                    (Suspended, Reinstate) => Some(Active),
                    (Revoked, Reinstate) if ground == Some(Ground::ProsecutionEnded) => Some(Active),
                    (Revoked, Reinstate) if ground == Some(Ground::Overturned) => Some(Active),
                    (Active | Suspended | Lost, Revoke) => Some(Revoked),
                    (Active | Lost, Replace) => Some(Replaced),
                    (Active | Suspended, ReportLost) => Some(Lost),
                    (Active | Suspended | Lost, Return) => Some(Returned),
                    _ => None,
                };
                assert_eq!(state.after(event, ground), lawful, "{state:?} {event:?} {ground:?}");
            }
        }
    }
}

fn card(state: CredentialState, left_suspended: bool) -> Credential {
    Credential {
        id: Id::from_uuid(Uuid::from_u128(1)),
        entitlement: Entitlement::PressCard,
        number: CardNumber::parse("000001").expect("a number"),
        kid: Kid::from_bytes([1; 4]),
        status_index: StatusIndex::from_u32(1),
        person: Id::from_uuid(Uuid::from_u128(2)),
        agency: Id::from_uuid(Uuid::from_u128(3)),
        application: None,
        name: PrintedName::parse("Trần Thị Bưởi").expect("a name"),
        agency_name: ShortName::parse("Báo Thử").expect("a name"),
        portrait: None,
        validity: Validity::new(Timestamp::from_seconds(0), Timestamp::from_seconds(1)).expect("a second"),
        state,
        left_suspended,
        gone: None,
        ground: None,
        replaced_by: None,
        code: Vec::new(),
        log_index: 0,
        version: 1,
        issued_at: Timestamp::from_seconds(0),
    }
}

#[test]
fn a_suspension_outlives_the_loss_or_return_of_the_card_until_a_registrar_decides() {
    for state in CredentialState::ALL {
        for event in CredentialEvent::ALL {
            let lawful = match (state, event) {
                (Lost, Reinstate) => Some(Lost),
                (Returned, Reinstate) => Some(Returned),
                (Lost | Returned, Revoke) => Some(Revoked),
                (Lost, Return) => Some(Returned),
                (Lost | Returned, _) => None,
                (Active | Suspended | Revoked | Replaced, event) => state.after(event, None),
            };
            assert_eq!(card(state, true).after(event, None), lawful, "{state:?} {event:?}");
            assert_eq!(card(state, false).after(event, None), state.after(event, None), "{state:?} {event:?}");
            let waits = match event {
                Suspend => true,
                Reinstate | Revoke => false,
                Replace | ReportLost | Return => matches!(state, Suspended | Lost | Returned),
            };
            assert_eq!(card(state, true).stays_suspended_after(event), waits, "{state:?} {event:?}");
        }
        assert_eq!(card(state, true).is_suspended(), matches!(state, Suspended | Lost | Returned), "{state:?}");
        assert_eq!(card(state, false).is_suspended(), state == Suspended, "{state:?}");
        assert_eq!(card(state, true).is_over(), state == Replaced, "{state:?}");
        assert_eq!(card(state, false).is_over(), matches!(state, Replaced | Returned), "{state:?}");
    }
}

#[test]
fn what_stopped_with_its_agency_waits_for_no_decision_of_its_own() {
    for entitlement in [Entitlement::CollaboratorCard, Entitlement::PressCard] {
        for ground in Ground::ALL {
            let it = Credential { entitlement: entitlement.clone(), ground: Some(ground), ..card(Suspended, false) };
            let with_agency = ground == Ground::AgencySuspended && entitlement == Entitlement::CollaboratorCard;
            assert_eq!(it.is_suspended_with_agency(), with_agency, "{entitlement:?} {ground:?}");
            for event in [ReportLost, Return] {
                assert_eq!(it.stays_suspended_after(event), !with_agency, "{entitlement:?} {ground:?} {event:?}");
            }
            let again = it.after(Suspend, Some(Ground::Inquiry));
            assert_eq!(again, with_agency.then_some(Suspended), "{entitlement:?} {ground:?}");
        }
    }
}

#[test]
fn a_card_that_was_gone_when_it_was_revoked_is_gone_when_that_is_undone() {
    let back = Some(Ground::Overturned);
    for state in CredentialState::ALL {
        let gone = matches!(state, Lost | Returned).then_some(state);
        for event in CredentialEvent::ALL {
            assert_eq!(card(state, true).gone_after(event), gone.filter(|_| event == Revoke), "{state:?} {event:?}");
        }
        let revoked = Credential { gone, ..card(Revoked, false) };
        assert_eq!(revoked.after(Reinstate, back), Some(gone.unwrap_or(Active)), "{state:?}");
        assert_eq!(revoked.after(Reinstate, None), None, "{state:?}");
    }
}

#[test]
fn the_end_of_a_prosecution_undoes_what_a_prosecution_did_and_nothing_else() {
    for ground in Ground::ALL.map(Some).into_iter().chain([None]) {
        let revoked = Credential { ground, ..card(Revoked, false) };
        let lawful = matches!(ground, None | Some(Ground::Prosecution)).then_some(Active);
        assert_eq!(revoked.after(Reinstate, Some(Ground::ProsecutionEnded)), lawful, "{ground:?}");
        assert_eq!(revoked.after(Reinstate, Some(Ground::Cleared)), None, "{ground:?}");
    }
}

#[test]
fn only_an_active_credential_is_not_withdrawn() {
    for state in CredentialState::ALL {
        assert_eq!(state.is_withdrawn(), state != Active, "{state:?}");
    }
}
