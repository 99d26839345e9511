//! The back of a card: the QR, what is typed where it cannot be scanned, and what to do on finding the card.

use super::{Anchor, Area, Canvas, Look, Printed, SIZE, Style, VALUE, marks, symbol};
use crate::domain::wording;
use crate::error::Error;
use crate::papers::drawing::{DOTS_PER_INCH, INCH};

/// Room for the QR with its quiet zone. At 300 dots an inch a symbol of version 10 has modules of 7 dots in it, one of
/// version 13 of 6: it is never under 30 mm wide, 25 being promised.
const QR: Area = Area { x: 2.8, y: 2.8, width: 39.2, height: 39.2 };
/// Left edge of the words, and how wide they may be.
const LEFT: f32 = 44.2;
const WIDTH: f32 = SIZE.width - LEFT - 3.0;

pub(super) fn draw(canvas: &mut Canvas, it: &Printed, look: &Look) -> Result<(), Error> {
    let ink = look.ink;
    marks::draw(canvas, it.marks, marks::BACK);
    canvas.qr(QR, INCH / DOTS_PER_INCH, &symbol(it)?);
    words(canvas, it, ink);
    // Small capitals are mistaken for each other: the code has a line of its own, as large as the card is wide.
    canvas.art(format_args!(
        r##"<rect x="3" y="43.4" width="79.6" height="8.2" rx="1" fill="#fff" stroke="{ink}" stroke-width=".25"/>"##
    ));
    canvas.line((5.0, 45.7), Anchor::Start, Style::regular(1.65, ink), "Mã nhập tay / Typed code");
    let code = Area { x: 5.0, y: 45.5, width: 75.6, height: 5.6 };
    canvas.fit(code, Anchor::Middle, Style::bold(4.2, VALUE), &it.typed_code);
    Ok(())
}

fn words(canvas: &mut Canvas, it: &Printed, ink: &'static str) {
    let (vi, en) = (Style::regular(1.9, VALUE), Style::regular(1.55, "#37474f"));
    let Printed { address, phone, .. } = it;
    let mut y = canvas.paragraph((LEFT, 2.2), WIDTH, Style::bold(2.5, ink), "Quét mã để kiểm tra thẻ");
    y = canvas.paragraph((LEFT, y), WIDTH, en, "Scan the code to check this card");
    y = canvas.paragraph((LEFT, y + 0.7), WIDTH, vi, "Chỉ tin kết quả trên máy của bạn: nhìn thẻ không đủ để biết.");
    y = canvas.paragraph((LEFT, y), WIDTH, en, "Trust the result on your own phone, not the look of the card.");
    y = canvas.paragraph((LEFT, y + 0.7), WIDTH, vi, "Không quét được: nhập mã dưới đây tại");
    // An address is not broken: whoever types it would not know where.
    y = canvas.fit(Area { x: LEFT, y, width: WIDTH, height: 2.5 }, Anchor::Start, Style::bold(1.9, VALUE), address);
    y = canvas.paragraph((LEFT, y), WIDTH, en, "Cannot scan: type the code below there");
    let found = format!("Nhặt được thẻ: gửi cơ quan ghi trên thẻ hoặc gọi {phone}");
    y = canvas.paragraph((LEFT, y + 0.7), WIDTH, vi, &found);
    canvas.paragraph((LEFT, y), WIDTH, en, "Found: send it to the agency named, or call");
    canvas.art(format_args!(r#"<path d="M{LEFT} 36.4h{WIDTH}" stroke="{ink}" stroke-width=".2"/>"#));
    let registry = wording::registry();
    for (y, line) in [(36.9, &registry.vi), (39.5, &format!("Đường dây nóng / Hotline: {phone}"))] {
        canvas.fit(Area { x: LEFT, y, width: WIDTH, height: 2.6 }, Anchor::Start, Style::bold(1.9, ink), line);
    }
}
