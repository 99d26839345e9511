//! What people read of a verdict, in both languages: the verdict in words, what to do next, and what is on the card.
//!
//! The page that checks by itself has the same words in a module of its own, `verifier/words.js`; a test compares them.
//! Clients match [`Judgement::reason`], never these words. Vietnamese comes first, formal and plain, without blame.

pub mod notices;
mod on_a_card;

pub use on_a_card::lines;

use super::{
    accounts::RoleName,
    events::Actor,
    issuer::Words,
    printed::CredentialKind,
    time::{Day, Timestamp},
    verdict::{Card, CardState, Finding, Judgement, Unproven},
};
use chrono::Datelike as _;

/// In which capacity something was done, by the name that was written down with it.
pub fn capacity(role: &str) -> Words {
    let known = RoleName::ALL.into_iter().find(|it| it.as_str() == role);
    let (vi, en) = match known {
        Some(RoleName::NationalRegistrar | RoleName::ProvincialRegistrar) => ("Cán bộ đăng ký", "Registrar"),
        Some(RoleName::AgencyHead) => ("Người đứng đầu cơ quan báo chí", "Head of the press agency"),
        Some(RoleName::AgencyClerk) => ("Cán bộ cơ quan báo chí", "Clerk of the press agency"),
        Some(RoleName::Holder) => ("Người được cấp thẻ", "Holder"),
        Some(RoleName::Official) => ("Cán bộ cơ quan nhà nước", "Official"),
        Some(RoleName::Auditor) => ("Người giám sát", "Auditor"),
        Some(RoleName::Admin) => ("Người quản trị hệ thống", "Administrator"),
        None if role == Actor::Program.role_name() => {
            ("Hệ thống, theo thời hạn", "The registry itself, when its time came")
        }
        None => ("Khác", "Other"),
    };
    Words::new(vi, en)
}

/// Said below every verdict.
pub fn about_the_card() -> Words {
    Words::new(
        "Kết quả này nói về tấm thẻ, không quyết định ai là nhà báo.",
        "This result is about the card; it does not decide who is a journalist.",
    )
}

/// Said of a code in the address of somebody else's page.
pub fn foreign_address() -> Words {
    Words::new(
        "Địa chỉ ghi trong mã không phải của hệ thống này: trang mà máy ảnh mở ra là của người khác.",
        "The address in the code is not this registry's: the page that a camera opens is somebody else's.",
    )
}

/// Said before a code is sent to a registry.
pub fn reaches_the_registry() -> Words {
    Words::new("Yêu cầu kiểm tra này được gửi đến hệ thống", "This check reaches the registry")
}

/// Said of a code typed by hand where no registry is asked.
pub fn only_the_registry() -> Words {
    Words::new(
        "Mã gõ tay chỉ hệ thống mới kiểm tra được: kết nối mạng, hoặc quét mã QR.",
        "Only the registry can check a typed code: connect, or scan the QR.",
    )
}

/// The verdict in words, for the largest line of the page.
pub fn headline(judgement: &Judgement) -> Words {
    match &judgement.finding {
        Finding::Unproven(why) => match why {
            Unproven::NotACode | Unproven::UnknownKey | Unproven::BadSignature | Unproven::NoMatch => {
                Words::new("Mã này không phải của hệ thống này", "Not a code of this registry")
            }
            Unproven::PerhapsNewKey | Unproven::NewerVersion => cannot_confirm_yet(),
        },
        Finding::Card(card, state) => card_headline(card, *state),
    }
}

fn card_headline(card: &Card, state: CardState) -> Words {
    let (paper_vi, paper_en) = paper(card);
    match state {
        CardState::Valid => Words::new(format!("{paper_vi} hợp lệ"), format!("Valid {paper_en}")),
        CardState::Expired => {
            let last_day = date(card.claims.validity.last_day());
            Words::new(format!("{paper_vi} đã hết hạn ngày {last_day}"), format!("Expired on {last_day}"))
        }
        CardState::NotYetValid => {
            let first_day = date(card.claims.validity.first_day());
            Words::new(format!("Chưa đến ngày có hiệu lực ({first_day})"), format!("Not yet valid ({first_day})"))
        }
        CardState::Withdrawn => Words::new(format!("{paper_vi} không còn hiệu lực"), "No longer valid"),
        CardState::Forged => Words::new(format!("{paper_vi} giả mạo"), format!("Forged {paper_en}")),
        CardState::NoHonestSet | CardState::Clock | CardState::NoFreshList => cannot_confirm_yet(),
    }
}

/// The headline where nothing can be said yet, also where no answer came at all.
pub fn cannot_confirm_yet() -> Words {
    Words::new("Chưa xác minh được", "Cannot confirm yet")
}

/// What to do next. `phone` is the registry's hotline.
pub fn next_step(judgement: &Judgement, phone: &str) -> Words {
    match &judgement.finding {
        Finding::Unproven(why) => match why {
            Unproven::NotACode | Unproven::UnknownKey | Unproven::BadSignature | Unproven::NoMatch => Words::new(
                format!(
                    "Điều này không có nghĩa người xuất trình không phải là nhà báo. Hỏi giấy giới thiệu hoặc gọi {phone}."
                ),
                format!(
                    "This does not mean the person is no journalist. Ask for a letter of introduction or call {phone}."
                ),
            ),
            Unproven::PerhapsNewKey | Unproven::NewerVersion => connect_and_try_again(),
        },
        Finding::Card(card, state) => card_next_step(card, *state, judgement.list_age_seconds, phone),
    }
}

fn card_next_step(card: &Card, state: CardState, list_age_seconds: Option<i64>, phone: &str) -> Words {
    let is_letter = card.claims.entitlement.kind() == CredentialKind::IntroductionLetter;
    let (paper_vi, paper_en) = paper(card);
    match state {
        CardState::Valid if is_letter => Words::new(
            "Kiểm tra nơi đến, nội dung và thời gian ghi bên dưới.",
            "Check the place, work and dates below.",
        ),
        CardState::Valid => {
            Words::new("So khuôn mặt và họ tên với người xuất trình.", "Compare face and name with the person.")
        }
        CardState::Expired if is_letter => Words::new(
            "Đề nghị người xuất trình liên hệ cơ quan báo chí để xin giấy mới.",
            "The holder can ask the agency for a new letter.",
        ),
        CardState::Expired => Words::new(
            "Đề nghị người xuất trình liên hệ cơ quan báo chí để đổi thẻ.",
            "The holder can ask the agency for a renewal.",
        ),
        CardState::NotYetValid => Words::new("Kiểm tra lại từ ngày ghi trên.", "Check again from that date."),
        CardState::Withdrawn => Words::new(
            format!(
                "Không dùng {} này để làm việc. Gọi {phone} nếu người xuất trình cho là nhầm.",
                paper_vi.to_lowercase()
            ),
            format!("Do not accept this {paper_en}. Call {phone} if the holder says it is a mistake."),
        ),
        CardState::Forged => Words::new(
            format!("Giữ bình tĩnh, ghi lại sự việc, báo cáo hoặc gọi {phone}."),
            format!("Stay calm, note what happened, report it or call {phone}."),
        ),
        CardState::NoFreshList => match list_age_seconds.map(age) {
            Some(age) => Words::new(
                format!("Chữ ký đúng; tình trạng thẻ chưa cập nhật từ {} trước. Kết nối mạng rồi thử lại.", age.vi),
                format!("The signature is genuine; its state is unknown since {} ago. Connect and try again.", age.en),
            ),
            None => Words::new(
                "Chữ ký đúng; chưa biết tình trạng thẻ. Kết nối mạng rồi thử lại.",
                "The signature is genuine; its state is not known. Connect and try again.",
            ),
        },
        CardState::NoHonestSet | CardState::Clock => connect_and_try_again(),
    }
}

/// What to do then.
pub fn connect_and_try_again() -> Words {
    Words::new(
        "Kết nối mạng, kiểm tra ngày giờ của điện thoại, rồi thử lại.",
        "Connect, check the phone's date and time, and try again.",
    )
}

/// What the thing is called: a card, or a letter.
fn paper(card: &Card) -> (&'static str, &'static str) {
    match card.claims.entitlement.kind() {
        CredentialKind::PressCard | CredentialKind::CollaboratorCard => ("Thẻ", "card"),
        CredentialKind::IntroductionLetter => ("Giấy giới thiệu", "letter"),
    }
}

/// How old the list is, said below every verdict.
pub fn list_age(seconds: Option<i64>) -> Words {
    match seconds.map(age) {
        Some(age) => Words::new(format!("Danh sách cập nhật {} trước", age.vi), format!("List updated {} ago", age.en)),
        None => Words::new("Chưa có danh sách", "No list at hand"),
    }
}

/// A length of time in its largest whole unit.
pub fn age(seconds: i64) -> Words {
    let (count, vi, en) = match seconds {
        ..60 => (seconds.max(0), "giây", "second"),
        60..3_600 => (seconds / 60, "phút", "minute"),
        3_600..86_400 => (seconds / 3_600, "giờ", "hour"),
        86_400.. => (seconds / 86_400, "ngày", "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    Words::new(format!("{count} {vi}"), format!("{count} {en}{plural}"))
}

/// What the registry is called.
pub fn registry() -> Words {
    Words::new("Hệ thống đăng ký thẻ báo chí", "Press-accreditation registry")
}

/// What an e-mail says of a notice: nothing of what it is about, as others may read an e-mail.
pub fn notice_by_email(address: &str, phone: &str, is_attached: bool) -> Words {
    match is_attached {
        true => Words::new(
            format!(
                "Kính gửi ông/bà,\n\nGửi kèm thư này là một thông báo dành cho ông/bà. Thông báo có thể ghi thời hạn trả lời. \
                 Nếu có tài khoản, ông/bà có thể đọc thông báo tại {address}. Mọi thắc mắc xin gọi {phone}."
            ),
            format!(
                "A notice for you is attached to this e-mail. It may set a time to reply. If you have an account, you can read \
                 it at {address}. If you have questions, call {phone}."
            ),
        ),
        false => Words::new(
            format!(
                "Kính gửi ông/bà,\n\nCó một thông báo dành cho ông/bà. Thông báo có thể ghi thời hạn trả lời. Xin đăng nhập tại \
                 {address} để đọc; nếu không có tài khoản, xin gọi {phone}. Thư này không nêu nội dung, vì thư điện tử có thể \
                 bị người khác đọc."
            ),
            format!(
                "There is a notice for you. It may set a time to reply. Sign in at {address} to read it; if you have no account, \
                 call {phone}. This e-mail says nothing of what it is about, as others may read an e-mail."
            ),
        ),
    }
}

/// An instant as people in Việt Nam read it.
pub fn moment(at: Timestamp) -> String {
    let minutes = at.seconds_since(at.day().start()) / 60;
    format!("{:02}:{:02}, {} (UTC+07:00)", minutes / 60, minutes % 60, date(at.day()))
}

/// A day as dd/mm/yyyy.
pub fn date(day: Day) -> String {
    let day = day.date();
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_to_the_minute_of_viet_nam() {
        let at = |raw| moment(Timestamp::parse(raw).expect("a time"));
        assert_eq!(at("2026-03-02T01:05:30Z"), "08:05, 02/03/2026 (UTC+07:00)");
        assert_eq!(at("2026-03-02T17:00:00Z"), "00:00, 03/03/2026 (UTC+07:00)");
    }

    #[test]
    fn every_role_has_its_words() {
        let said: Vec<String> = RoleName::ALL.iter().map(|role| capacity(role.as_str()).en).collect();
        assert_eq!(said.iter().filter(|it| *it == "Registrar").count(), 2);
        assert!(!said.iter().any(|it| it == "Other" || it.starts_with("The registry")));
        assert_eq!((capacity("anonymous").en.as_str(), &capacity("program").en[..12]), ("Other", "The registry"));
    }
}
