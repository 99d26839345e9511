//! What notices of applications, credentials, offices and mergers say.

use crate::domain::issuer::Words;
use crate::domain::notices::{Addressee, EXPIRY_NOTICE_DAYS, Occasion};

/// Days within which an administrative decision may be complained of (law on complaints 02/2011/QH13 Đ9).
const COMPLAINT_DAYS: u32 = 90;

/// What such a notice is called.
pub fn title(occasion: Occasion) -> Words {
    match occasion {
        Occasion::ApplicationDecided(_) => {
            Words::new("Thông báo kết quả hồ sơ", "Notice of the decision on an application")
        }
        Occasion::ApplicationReturned(_) => {
            Words::new("Thông báo trả lại hồ sơ", "Notice that an application was given back")
        }
        Occasion::CardToReturn(_) => Words::new("Thông báo nộp lại thẻ nhà báo", "Notice to hand in a press card"),
        Occasion::ReturnOverdue(_) => {
            Words::new("Thông báo quá hạn nộp lại thẻ nhà báo", "Notice that a press card is overdue")
        }
        Occasion::RevocationProposed(_) => {
            Words::new("Thông báo xem xét thu hồi thẻ nhà báo", "Notice that revocation is being considered")
        }
        Occasion::CardExpiring(_) => Words::new("Thông báo thẻ sắp hết hạn", "Notice that a card expires soon"),
        Occasion::CredentialWithdrawn(_) => {
            Words::new("Thông báo giấy tờ hết hiệu lực", "Notice that a paper was withdrawn")
        }
        Occasion::CredentialSuspended(_) => {
            Words::new("Thông báo tạm dừng hiệu lực của giấy tờ", "Notice that a paper was suspended")
        }
        Occasion::OfficeConfirmed(_) => {
            Words::new("Thông báo tỉnh xác nhận cơ quan thường trú", "Notice that the province confirmed an office")
        }
        Occasion::OfficeStopped(_) => Words::new(
            "Thông báo yêu cầu cơ quan thường trú chấm dứt hoạt động",
            "Notice that an office is ordered to stop",
        ),
        Occasion::OfficeSuspended(_) => Words::new(
            "Thông báo cơ quan thường trú tạm dừng hoạt động cùng cơ quan báo chí",
            "Notice that an office is suspended with its agency",
        ),
        Occasion::OfficeEnded(_) => {
            Words::new("Thông báo cơ quan thường trú chấm dứt hoạt động", "Notice that an office has ended")
        }
        Occasion::OfficeHeadless(_) => {
            Words::new("Thông báo cơ quan thường trú không có người đứng đầu", "Notice that an office has no head")
        }
        Occasion::OfficeObjected(_) => Words::new(
            "Thông báo ý kiến của tỉnh về cơ quan thường trú",
            "Notice of the province's objection to an office",
        ),
        Occasion::CarriedOver(_) => Words::new(
            "Thông báo về việc sáp nhập, chia tách cơ quan báo chí",
            "Notice of a merger or split of press agencies",
        ),
    }
}

/// What it is about, before the number in the foot.
pub fn object(occasion: Occasion) -> Words {
    match occasion {
        Occasion::ApplicationDecided(_) | Occasion::ApplicationReturned(_) => Words::new("Hồ sơ", "Application"),
        Occasion::CardToReturn(_)
        | Occasion::ReturnOverdue(_)
        | Occasion::RevocationProposed(_)
        | Occasion::CardExpiring(_)
        | Occasion::CredentialWithdrawn(_)
        | Occasion::CredentialSuspended(_) => Words::new("Thẻ, giấy tờ", "Credential"),
        Occasion::OfficeConfirmed(_)
        | Occasion::OfficeObjected(_)
        | Occasion::OfficeStopped(_)
        | Occasion::OfficeSuspended(_)
        | Occasion::OfficeEnded(_)
        | Occasion::OfficeHeadless(_) => Words::new("Cơ quan thường trú", "Office"),
        Occasion::CarriedOver(_) => Words::new("Sáp nhập, chia tách", "Merger or split"),
    }
}

/// What happened, in one or two sentences.
pub fn happened(occasion: Occasion, to: Addressee) -> Words {
    match (occasion, to) {
        (Occasion::ApplicationDecided(_), Addressee::Agency(_)) => Words::new(
            "Hồ sơ đề nghị cấp thẻ của cơ quan đã được quyết định như sau.",
            "Your agency's application was decided as follows.",
        ),
        (Occasion::ApplicationDecided(_), Addressee::Holder(..)) => Words::new(
            "Đề nghị cấp thẻ cho ông/bà đã được quyết định như sau.",
            "The application for your card was decided as follows.",
        ),
        (Occasion::ApplicationReturned(_), _) => Words::new(
            "Hồ sơ đề nghị cấp thẻ của cơ quan được trả lại để bổ sung, chỉnh sửa.",
            "Your agency's application was given back to be mended.",
        ),
        (Occasion::CardToReturn(_), Addressee::Agency(_)) => Words::new(
            "Thẻ nhà báo dưới đây phải được nộp lại. Người đứng đầu cơ quan thông báo, thu và nộp lại thẻ trong thời hạn ghi \
             dưới đây.",
            "The press card named below is to be handed in. The head of the agency notifies its holder, collects the card and \
             hands it in within the time named below.",
        ),
        (Occasion::CardToReturn(_), Addressee::Holder(..)) => Words::new(
            "Thẻ nhà báo dưới đây của ông/bà phải được nộp lại cho cơ quan báo chí đã đề nghị cấp thẻ.",
            "Your press card named below is to be handed in to the agency that proposed it.",
        ),
        (Occasion::ReturnOverdue(_), _) => Words::new(
            "Đã hết thời hạn nộp lại thẻ nhà báo dưới đây mà thẻ chưa được nộp lại.",
            "The time to hand in the press card named below is over, and it was not handed in.",
        ),
        (Occasion::RevocationProposed(_), _) => Words::new(
            "Đã hết thời hạn luật định kể từ ngày được yêu cầu mà thẻ nhà báo dưới đây chưa được nộp lại. Cán bộ đăng ký sẽ \
             xem xét việc thu hồi. Chưa có quyết định nào.",
            "The time that the law sets after the request is over, and the press card named below was not handed in. A \
             registrar will consider its revocation. Nothing has been decided.",
        ),
        (Occasion::CardExpiring(_), _) => Words::new("Thẻ dưới đây sắp hết hạn.", "The card named below expires soon."),
        (Occasion::CredentialWithdrawn(_), _) => Words::new(
            "Giấy tờ dưới đây không còn hiệu lực và không được dùng để làm việc.",
            "The paper named below is no longer valid and is not to be used.",
        ),
        (Occasion::CredentialSuspended(_), _) => Words::new(
            "Giấy tờ dưới đây bị tạm dừng hiệu lực và không được dùng để làm việc cho đến khi được khôi phục.",
            "The paper named below is suspended and is not to be used until it is reinstated.",
        ),
        (Occasion::OfficeSuspended(_), _) => Words::new(
            "Hoạt động dưới đây tạm dừng cùng với cơ quan báo chí.",
            "What is named below is suspended with the agency.",
        ),
        (Occasion::OfficeEnded(_), _) => Words::new(
            "Hoạt động dưới đây đã chấm dứt vì lý do ghi bên dưới.",
            "What is named below has ended, for the reasons given below.",
        ),
        (Occasion::OfficeHeadless(_), _) => Words::new(
            "Người đứng đầu nơi ghi dưới đây không còn làm việc cho cơ quan báo chí.",
            "Whoever led what is named below works for the agency no more.",
        ),
        (Occasion::OfficeConfirmed(_), _) => Words::new(
            "Cơ quan có thẩm quyền của tỉnh đã xác nhận thông báo dưới đây.",
            "The province's authority confirmed what was notified.",
        ),
        (Occasion::OfficeStopped(_), _) => Words::new(
            "Cơ quan có thẩm quyền của tỉnh yêu cầu chấm dứt hoạt động dưới đây.",
            "The province's authority ordered what is named below to stop.",
        ),
        (Occasion::OfficeObjected(_), _) => Words::new(
            "Cơ quan có thẩm quyền của tỉnh có ý kiến không đồng ý với thông báo dưới đây.",
            "The province's authority objected to what was notified.",
        ),
        (Occasion::CarriedOver(_), Addressee::Agency(_)) => Words::new(
            "Cơ quan đã tiếp nhận nhân sự, thẻ và hồ sơ của các cơ quan báo chí dưới đây.",
            "Your agency took over the people, cards and files of the agencies named below.",
        ),
        (Occasion::CarriedOver(_), Addressee::Holder(..)) => Words::new(
            "Cơ quan báo chí của ông/bà đã được sáp nhập hoặc chia tách. Cơ quan tiếp nhận ghi dưới đây quản lý hồ sơ và thẻ \
             của ông/bà.",
            "Your agency was merged or split. The agency named below, which took over, keeps your record and your card now.",
        ),
    }
}

/// What the recipient may do, and is to do.
pub fn rights(occasion: Occasion, to: Addressee) -> Vec<Words> {
    let complaint = || {
        Words::new(
            format!(
                "Được khiếu nại trong {COMPLAINT_DAYS} ngày kể từ ngày nhận được quyết định (Luật Khiếu nại 02/2011/QH13 Điều 9)."
            ),
            format!(
                "You may complain within {COMPLAINT_DAYS} days after receiving the decision (law on complaints 02/2011/QH13, \
                 article 9)."
            ),
        )
    };
    match (occasion, to) {
        (Occasion::ApplicationDecided(_) | Occasion::OfficeObjected(_) | Occasion::OfficeStopped(_), _) => {
            vec![complaint()]
        }
        (Occasion::ApplicationReturned(_), _) => vec![Words::new(
            "Bổ sung, chỉnh sửa và nộp lại hồ sơ trên hệ thống.",
            "Mend the application and hand it in again here.",
        )],
        (Occasion::OfficeSuspended(_), _) => vec![Words::new(
            "Hoạt động trở lại như trước khi cơ quan báo chí được hoạt động trở lại.",
            "It goes on as it was once the agency is at work again.",
        )],
        (Occasion::OfficeEnded(_), _) => vec![Words::new(
            "Muốn hoạt động trở lại thì thông báo mới cho tỉnh trên hệ thống.",
            "To begin again, give the province notice anew here.",
        )],
        (Occasion::OfficeHeadless(_), _) => vec![Words::new(
            "Thông báo cho tỉnh người đứng đầu mới trên hệ thống.",
            "Tell the province here who leads it now.",
        )],
        (Occasion::OfficeConfirmed(_), _) => vec![Words::new(
            "Khi có thay đổi hoặc chấm dứt hoạt động, thông báo cho tỉnh trên hệ thống.",
            "Tell the province here of any change, and of the end.",
        )],
        (Occasion::CardToReturn(_) | Occasion::ReturnOverdue(_), Addressee::Agency(_)) => vec![Words::new(
            "Ghi nhận thẻ đã nộp trên hệ thống khi đã thu được thẻ. Nếu thẻ bị mất, báo mất trên hệ thống.",
            "Once the card is collected, record its return here. If the card is lost, report it lost here.",
        )],
        (Occasion::CardToReturn(_) | Occasion::ReturnOverdue(_), Addressee::Holder(..)) => vec![
            Words::new(
                "Nộp lại thẻ cho cơ quan báo chí; nếu thẻ bị mất, báo mất trên hệ thống.",
                "Hand the card in to the agency; if it is lost, report it lost here.",
            ),
            Words::new(
                "Sau khi nộp lại thẻ, ông/bà được đổi thẻ nếu được cơ quan báo chí khác tuyển dụng trong thời hạn luật định.",
                "Once it is handed in, a card may be granted in exchange if another agency takes you on within the time that \
                 the law sets.",
            ),
        ],
        (Occasion::RevocationProposed(_), _) => vec![
            Words::new(
                "Được nêu ý kiến và nộp lại thẻ bất kỳ lúc nào trước khi có quyết định.",
                "You may state your case, and hand the card in, at any time before the decision.",
            ),
            complaint(),
        ],
        (Occasion::CardExpiring(_), Addressee::Agency(_)) => vec![Words::new(
            format!("Hồ sơ đổi thẻ được lập trên hệ thống; nên nộp {EXPIRY_NOTICE_DAYS} ngày trước ngày hết hạn."),
            format!("Apply for renewal here, best {EXPIRY_NOTICE_DAYS} days before the card expires."),
        )],
        (Occasion::CardExpiring(_), Addressee::Holder(..)) => {
            vec![Words::new("Liên hệ cơ quan báo chí của ông/bà để đổi thẻ.", "Ask your agency for a renewal.")]
        }
        (Occasion::CarriedOver(_), Addressee::Agency(_)) => vec![
            Words::new(
                "Thông báo cho những người được tiếp nhận mà hệ thống không gửi thông báo tới được.",
                "Tell those taken over whom no notice reaches from here.",
            ),
            Words::new(
                "Thẻ vẫn có giá trị như đã in. Lập hồ sơ đổi thẻ cho những người có trong danh sách thẻ cần đổi trên hệ thống.",
                "Cards stay good as they are printed. Apply for the exchange of those on the list of cards to be exchanged here.",
            ),
        ],
        (Occasion::CarriedOver(_), Addressee::Holder(..)) => vec![
            Words::new(
                "Thẻ, giấy giới thiệu ghi ở trên vẫn có giá trị như đã in cho đến khi được đổi hoặc phải nộp lại. Việc đổi và \
                 nộp lại được thực hiện tại cơ quan tiếp nhận.",
                "Cards and letters named above stay good as they are printed until they are exchanged or have to be handed \
                 in: both at the agency that took over.",
            ),
            Words::new(
                "Nếu cho là nhầm, liên hệ cơ quan tiếp nhận hoặc số điện thoại dưới đây.",
                "If you hold it for a mistake, ask the agency that took over or call the number below.",
            ),
        ],
        (Occasion::CredentialWithdrawn(_), Addressee::Agency(_)) => vec![
            Words::new("Thu lại bản in và không cấp bản sao.", "Collect what was printed, and give out no copies."),
            complaint(),
        ],
        (Occasion::CredentialWithdrawn(_), Addressee::Holder(..)) => vec![
            Words::new(
                "Nộp lại bản in cho cơ quan báo chí. Nếu cho là nhầm, liên hệ cơ quan báo chí hoặc số điện thoại dưới đây.",
                "Hand what was printed in to the agency. If you hold it for a mistake, ask the agency or call the number below.",
            ),
            complaint(),
        ],
        (Occasion::CredentialSuspended(_), Addressee::Agency(_)) => vec![
            Words::new("Không để giấy tờ được sử dụng trong thời gian này.", "See that it is not used meanwhile."),
            complaint(),
        ],
        (Occasion::CredentialSuspended(_), Addressee::Holder(..)) => vec![
            Words::new(
                "Giữ giấy tờ và không sử dụng. Nếu cho là nhầm, liên hệ cơ quan báo chí hoặc số điện thoại dưới đây.",
                "Keep it and do not use it. If you hold it for a mistake, ask the agency or call the number below.",
            ),
            complaint(),
        ],
    }
}
