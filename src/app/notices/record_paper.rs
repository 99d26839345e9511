//! What a notice of an application, a credential, an office or a merger tells, put together for its paper.

use super::paper::{agency_name, letterhead, named, press_card, reason};
use super::succession_paper;
use crate::app::Registry;
use crate::domain::applications::Application;
use crate::domain::credentials::Credential;
use crate::domain::events::{EventKind, Recorded};
use crate::domain::ids::{Id as _, PersonId};
use crate::domain::issuer::Words;
use crate::domain::notices::{Addressee, Notice, Occasion, OfRecord};
use crate::domain::offices::OfficeKind;
use crate::domain::press_cards::PressCardId;
use crate::domain::provinces::ProvinceId;
use crate::domain::returns::Why;
use crate::domain::state_cards::StateCard;
use crate::domain::time::{Day, Timestamp};
use crate::domain::wording::date;
use crate::error::Error;
use crate::papers::record_notice::RecordNotice;
use crate::store::{Read, applications, credentials, events, people, provinces, state_cards};

/// Where nobody is named any more.
const ERASED: &str = "(đã xóa / erased)";

/// The paper of such a notice.
pub(super) fn paper(db: &mut impl Read, registry: &Registry, notice: Notice<OfRecord>) -> Result<Vec<u8>, Error> {
    let OfRecord { occasion, to, log_index } = notice.of;
    let event = events::at(db, log_index)?.map(|salted| salted.event);
    let (facts, reason) = match occasion {
        Occasion::ApplicationDecided(id) => {
            let application = applications::find(db, id)?;
            let facts = decided(db, application.as_ref(), event.as_ref(), to)?;
            (facts, event.as_ref().and_then(|event| why(event, to.person())))
        }
        Occasion::ApplicationReturned(id) => {
            let application = applications::find(db, id)?;
            let facts = decided(db, application.as_ref(), event.as_ref(), to)?;
            (facts, event.as_ref().and_then(reason))
        }
        Occasion::CardToReturn(id) | Occasion::ReturnOverdue(id) | Occasion::RevocationProposed(id) => {
            let (mut facts, asked) = match id {
                PressCardId::Issued(id) => {
                    (of_card(credentials::find(db, id)?.as_ref()), EventKind::CredentialReturnAsked)
                }
                PressCardId::OfBefore(id) => {
                    (of_card_of_before(state_cards::find(db, id)?.as_ref()), EventKind::StateCardReturnAsked)
                }
            };
            let asked = events::last_until(db, &id.object(), asked, log_index)?;
            facts.extend(asked.as_ref().and_then(to_hand_in).into_iter().flatten());
            (facts, None)
        }
        Occasion::CardExpiring(id) => (of_card(credentials::find(db, id)?.as_ref()), None),
        Occasion::CredentialWithdrawn(id) | Occasion::CredentialSuspended(id) => {
            (of_card(credentials::find(db, id)?.as_ref()), event.as_ref().and_then(reason))
        }
        // Of whoever left, nothing is told to others.
        Occasion::OfficeConfirmed(_) | Occasion::OfficeHeadless(_) => (of_office(db, event.as_ref())?, None),
        Occasion::OfficeObjected(_)
        | Occasion::OfficeStopped(_)
        | Occasion::OfficeSuspended(_)
        | Occasion::OfficeEnded(_) => (of_office(db, event.as_ref())?, event.as_ref().and_then(reason)),
        Occasion::CarriedOver(id) => succession_paper::carried_over(db, id, to, event.as_ref())?,
    };
    let to = match to {
        Addressee::Agency(agency) => agency_name(db, agency)?,
        Addressee::Holder(person, _) => {
            people::names_of(db, &[person])?.remove(&person).unwrap_or_else(|| ERASED.into())
        }
    };
    RecordNotice { from: letterhead(registry), notice, to, facts, reason }.pdf()
}

/// Who is named on such a paper.
///
/// # Errors
/// The database's.
pub(super) fn named_in(db: &mut impl Read, of: &OfRecord) -> Result<Vec<PersonId>, Error> {
    if let Some(person) = of.to.person() {
        return Ok(vec![people::standing_for(db, person)?]);
    }
    let holder = match of.occasion {
        Occasion::ApplicationDecided(_) | Occasion::ApplicationReturned(_) => {
            let event = events::at(db, of.log_index)?.map(|salted| salted.event);
            return Ok(event.as_ref().map(people_of).unwrap_or_default());
        }
        Occasion::CardToReturn(PressCardId::OfBefore(id))
        | Occasion::ReturnOverdue(PressCardId::OfBefore(id))
        | Occasion::RevocationProposed(PressCardId::OfBefore(id)) => match state_cards::find(db, id)? {
            Some(card) => state_cards::holder(db, &card)?,
            None => None,
        },
        Occasion::CardToReturn(PressCardId::Issued(id))
        | Occasion::ReturnOverdue(PressCardId::Issued(id))
        | Occasion::RevocationProposed(PressCardId::Issued(id))
        | Occasion::CardExpiring(id)
        | Occasion::CredentialWithdrawn(id)
        | Occasion::CredentialSuspended(id) => credentials::find(db, id)?.map(|card| card.person),
        Occasion::OfficeConfirmed(_)
        | Occasion::OfficeObjected(_)
        | Occasion::OfficeStopped(_)
        | Occasion::OfficeSuspended(_)
        | Occasion::OfficeEnded(_)
        | Occasion::OfficeHeadless(_)
        | Occasion::CarriedOver(_) => None,
    };
    Ok(holder.into_iter().collect())
}

/// Whom a decision on an application was about.
fn people_of(event: &Recorded) -> Vec<PersonId> {
    let ids = event.data["people"].as_array().into_iter().flatten();
    ids.filter_map(|id| PersonId::parse(id.as_str()?).ok()).collect()
}

/// What was written about this person, or, where it is to the agency, about any of them: it is the same for all.
fn why(event: &Recorded, person: Option<PersonId>) -> Option<String> {
    if event.kind != EventKind::ApplicationRefused.as_str() {
        return None;
    }
    let is_meant = |subject: &str| person.is_none_or(|person| person.to_string() == subject);
    let about = event.personal.iter().filter(|one| is_meant(&one.subject.to_string()));
    let fields = about.filter_map(|one| one.fields.as_ref());
    fields.filter_map(|(_, fields)| fields["reason"].as_str()).map(str::to_owned).next()
}

/// Each person whom the decision was about, with the number of the card.
fn decided(
    db: &mut impl Read,
    application: Option<&Application>,
    event: Option<&Recorded>,
    to: Addressee,
) -> Result<Vec<(Words, String)>, Error> {
    let (Some(application), Some(event)) = (application, event) else { return Ok(Vec::new()) };
    let is_approved = event.kind == EventKind::ApplicationApproved.as_str();
    let mut people = people_of(event);
    people.retain(|id| to.person().is_none_or(|person| person == *id));
    let names = people::names_of(db, &people)?;
    let (vi, en) = match (is_approved, event.kind == EventKind::ApplicationReturned.as_str()) {
        (true, _) => ("Duyệt", "Approved"),
        (false, true) => ("Trả lại", "Given back"),
        (false, false) => ("Từ chối", "Refused"),
    };
    let count = people.len();
    let mut facts = vec![(Words::new("Quyết định", "Decision"), format!("{vi}: {count} người\n{en}: {count}"))];
    for person in people {
        let name = names.get(&person).map_or(ERASED, String::as_str);
        let now = people::standing_for(db, person)?;
        let own = application.people.iter().find(|it| it.person == person || it.person == now);
        let card = own.and_then(|it| it.credential);
        let card = card.map(|id| credentials::find(db, id)).transpose()?.flatten();
        let label = Words::new("Họ và tên", "Name");
        match card.filter(|_| is_approved) {
            Some(card) => {
                let (kind, number) = named(&card);
                let until = date(card.validity.expires().plus_seconds(-1).day());
                facts.push((label, format!("{name}\n{} {number}, đến / until {until}", kind.vi)));
            }
            None => facts.push((label, name.to_owned())),
        }
    }
    Ok(facts)
}

/// A card or letter, and its holder.
fn of_card(card: Option<&Credential>) -> Vec<(Words, String)> {
    let Some(card) = card else { return vec![(Words::new("Thẻ, giấy tờ", "Credential"), ERASED.to_owned())] };
    let (kind, number) = named(card);
    let until = date(card.validity.expires().plus_seconds(-1).day());
    vec![
        (Words::new("Thẻ, giấy tờ", "Credential"), format!("{} {number}\n{} {number}", kind.vi, kind.en)),
        (Words::new("Họ và tên", "Name"), card.name.as_str().to_owned()),
        (Words::new("Có giá trị đến hết ngày", "Valid to the end of"), until),
    ]
}

/// A press card of before, and its holder as printed.
fn of_card_of_before(card: Option<&StateCard>) -> Vec<(Words, String)> {
    let label = Words::new("Thẻ, giấy tờ", "Credential");
    let Some(StateCard { fields, .. }) = card else { return vec![(label, ERASED.to_owned())] };
    let (Words { vi, en }, number) = (press_card(), fields.number.as_str());
    vec![
        (label, format!("{vi} {number}\n{en} {number}")),
        (Words::new("Họ và tên", "Name"), fields.name.clone()),
        (Words::new("Có giá trị đến hết ngày", "Valid to the end of"), date(fields.until)),
    ]
}

/// What an office was when the province spoke of it; who is there is told to nobody.
fn of_office(db: &mut impl Read, event: Option<&Recorded>) -> Result<Vec<(Words, String)>, Error> {
    let Some(data) = event.map(|event| &event.data) else { return Ok(Vec::new()) };
    let text = |name: &str| data[name].as_str();
    let mut facts = Vec::new();
    if let Some(kind) = text("kind").and_then(|raw| OfficeKind::parse(raw).ok()) {
        let Words { vi, en } = office_kind(kind);
        facts.push((Words::new("Loại", "Kind"), format!("{vi}\n{en}")));
    }
    if let Some(province) = text("province").and_then(|raw| ProvinceId::parse(raw).ok()) {
        facts.push((Words::new("Tỉnh, thành phố", "Province"), provinces::name_of(db, &province)?));
    }
    if let Some(address) = text("address") {
        facts.push((Words::new("Địa chỉ", "Address"), address.to_owned()));
    }
    if let Some(from) = text("from").and_then(|raw| Day::parse(raw).ok()) {
        facts.push((Words::new("Từ ngày", "From"), date(from)));
    }
    if let Some(on) = data["change"]["on"].as_str().and_then(|raw| Day::parse(raw).ok()) {
        facts.push((Words::new("Thay đổi từ ngày", "Changed from"), date(on)));
    }
    Ok(facts)
}

fn office_kind(kind: OfficeKind) -> Words {
    match kind {
        OfficeKind::ResidentAgency => Words::new("Cơ quan thường trú", "Resident agency"),
        OfficeKind::RepresentativeOffice => Words::new("Văn phòng đại diện", "Representative office"),
        OfficeKind::ResidentReporter => Words::new("Phóng viên thường trú độc lập", "Independent resident reporter"),
        OfficeKind::AssignedReporter => Words::new("Phóng viên theo dõi địa bàn", "Reporter who follows the province"),
    }
}

/// Why a card is to be handed in, and by when, as it was asked for: the paper goes on saying it once the card is there.
fn to_hand_in(asked: &Recorded) -> Option<[(Words, String); 2]> {
    let why = asked.data["reason"].as_str()?;
    let due = Timestamp::parse(asked.data["due_at"].as_str()?).ok()?;
    let why = match Why::ALL.into_iter().find(|it| it.as_str() == why)? {
        Why::AgencySuspended => "Giấy phép của cơ quan bị tạm đình chỉ\nThe agency's licence is suspended",
        Why::LicenceRevoked => "Giấy phép của cơ quan bị thu hồi\nThe agency's licence was revoked",
        Why::AgencyClosed => "Cơ quan chấm dứt hoạt động\nThe agency ceased to be",
        Why::LeftAgency => "Không còn làm việc tại cơ quan\nNo longer at work for the agency",
    };
    let due = date(due.plus_seconds(-1).day());
    Some([
        (Words::new("Vì", "Because"), why.to_owned()),
        (Words::new("Nộp lại đến hết ngày", "To be handed in by the end of"), due),
    ])
}
