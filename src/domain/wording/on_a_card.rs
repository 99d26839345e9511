//! What is printed on a card, line by line.

use super::{date, moment};
use crate::domain::{card_code::Claims, issuer::Words, printed::CredentialKind};

/// The lines: the name of each, and what stands there.
pub fn lines(card: &Claims) -> Vec<(Words, Words)> {
    let printed = |text: &str| Words::new(text, text);
    let (from, until) = period(card);
    let mut lines = vec![
        (Words::new("Họ tên", "Name"), printed(card.name.as_str())),
        (Words::new("Cơ quan báo chí", "Agency"), printed(card.agency.as_str())),
        (Words::new("Loại", "Kind"), kind(card.entitlement.kind())),
        (Words::new("Số", "Number"), printed(card.number.as_str())),
        (Words::new("Có hiệu lực từ", "Valid from"), printed(&from)),
        (Words::new("Đến", "Until"), printed(&until)),
    ];
    if let Some(scope) = card.entitlement.scope() {
        lines.extend([
            (Words::new("Nơi đến", "Place"), printed(scope.place())),
            (Words::new("Cơ quan, tổ chức", "Unit visited"), printed(scope.unit_visited())),
            (Words::new("Nội dung", "Work"), printed(scope.work())),
        ]);
    }
    lines
}

fn kind(kind: CredentialKind) -> Words {
    match kind {
        CredentialKind::PressCard => Words::new("Thẻ nhà báo", "Press card"),
        CredentialKind::IntroductionLetter => Words::new("Giấy giới thiệu", "Letter of introduction"),
        CredentialKind::CollaboratorCard => Words::new("Thẻ cộng tác viên", "Collaborator card"),
    }
}

/// From when and until when: cards by their first and last day, letters to the minute.
fn period(card: &Claims) -> (String, String) {
    let validity = card.validity;
    match card.entitlement.kind() {
        CredentialKind::PressCard | CredentialKind::CollaboratorCard => {
            (date(validity.first_day()), date(validity.last_day()))
        }
        CredentialKind::IntroductionLetter => (moment(validity.not_before()), moment(validity.expires())),
    }
}
