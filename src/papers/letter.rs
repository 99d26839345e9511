//! A letter of introduction to print: A4, in the order of official papers, Vietnamese first, with its QR below.

use super::canvas::{Anchor, Area, Canvas, Style};
use super::card::{self, Printed};
use super::drawing::{DOTS_PER_INCH, Drawing, INCH, Size};
use crate::domain::time::Day;
use crate::domain::wording;
use crate::error::Error;
use chrono::Datelike as _;

/// Of the page.
pub const SIZE: Size = Size { width: 210.0, height: 297.0 };
/// Margins, as on official papers: 30 mm where they are filed, 18 mm on the right.
const LEFT: f32 = 30.0;
const RIGHT: f32 = 192.0;
/// Where values stand beside their labels.
const VALUES: f32 = 76.0;
/// Where a portrait stands.
const PORTRAIT: (f32, f32) = (172.0, 95.0);
/// Room for the QR with its quiet zone: a symbol of version 20, the largest, has modules of 4 dots in it.
const QR: f32 = 42.0;
/// Where the QR and the signature stand at the highest; below it where the errand takes more lines.
const FOOT: f32 = 203.0;

const BLACK: &str = "#14191c";
const GREY: &str = "#37474f";
const INK: &str = "#1f3f66";
const BODY: Style = Style::regular(4.1, BLACK);
const STRONG: Style = Style::bold(4.1, BLACK);
/// English below Vietnamese.
const BELOW: Style = Style::regular(3.1, GREY);

/// The page.
///
/// # Errors
/// Its code fits no QR.
pub fn draw(it: &Printed) -> Result<Drawing, Error> {
    let title = format!("Giấy giới thiệu {} / Letter of introduction", it.number);
    Drawing::new(title, SIZE, &body(it)?, card::pictures([it]))
}

/// What stands inside its `<svg>`.
///
/// # Errors
/// Its code fits no QR.
pub fn body(it: &Printed) -> Result<String, Error> {
    let mut canvas = Canvas::new()?;
    canvas.art(format_args!(
        r##"<rect x="-1" y="-1" width="212" height="299" fill="#fff"/><path d="M0 0h6v297H0z" fill="{INK}"/>"##
    ));
    head(&mut canvas, it);
    let y = errand(&mut canvas, it);
    let top = (request(&mut canvas, y) + 4.0).max(FOOT);
    if it.portrait.is_some() {
        card::portrait(&mut canvas, it, PORTRAIT, INK);
    }
    signature(&mut canvas, top);
    let across = card::Place { middle: (105.0, 140.0), size: 24.0, slant: -35.0 };
    card::draw_marks(&mut canvas, it.marks, across);
    foot(&mut canvas, it, top)?;
    Ok(canvas.finish())
}

fn head(canvas: &mut Canvas, it: &Printed) {
    let left = Area { x: LEFT - 4.0, y: 17.0, width: 72.0, height: 15.0 };
    let y = canvas.fit(left, Anchor::Middle, Style::bold(4.3, BLACK), &it.agency_in_full.to_uppercase());
    canvas.line((62.0, y + 4.6), Anchor::Middle, BODY, &format!("Số: {}", it.number));
    let middle = 148.0;
    canvas.line((middle, 21.0), Anchor::Middle, STRONG, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    canvas.line((middle, 27.0), Anchor::Middle, Style::bold(4.4, BLACK), "Độc lập - Tự do - Hạnh phúc");
    canvas.art(format_args!(r##"<path d="M121 29.5h54" stroke="{BLACK}" stroke-width=".3"/>"##));
    canvas.line((RIGHT, 42.0), Anchor::End, BODY, &in_words(it.issued));
    canvas.line((105.0, 58.0), Anchor::Middle, Style::bold(8.0, INK), "GIẤY GIỚI THIỆU");
    canvas.line((105.0, 64.6), Anchor::Middle, Style::regular(4.0, GREY), "LETTER OF INTRODUCTION");
}

fn in_words(day: Day) -> String {
    let day = day.date();
    format!("Ngày {:02} tháng {:02} năm {}", day.day(), day.month(), day.year())
}

/// To whom, who, where, for what and when; gives where it ends.
fn errand(canvas: &mut Canvas, it: &Printed) -> f32 {
    let [place, unit, work] = it.errand.clone().unwrap_or_default();
    let addressee = Area { x: LEFT, y: 72.0, width: RIGHT - LEFT, height: 12.0 };
    let mut y = canvas.fit(addressee, Anchor::Start, STRONG, &format!("Kính gửi: {unit}"));
    y = canvas.paragraph((LEFT, y + 2.0), RIGHT - LEFT, BODY, &format!("{} trân trọng giới thiệu:", it.agency));
    y = canvas.paragraph((LEFT, y), RIGHT - LEFT, BELOW, "The press agency named above introduces:") + 3.0;
    let validity = it.validity;
    let (from, until) = (wording::moment(validity.not_before()), wording::moment(validity.expires()));
    // Who it is stays on its line, however long; the errand may take three.
    let (line, name, lines) = ((9.0, BODY), (9.0, Style::bold(4.8, BLACK)), (14.0, BODY));
    let fields = [
        ("Ông (bà)", "Name", Some(it.name.to_uppercase()), name),
        ("Bút danh", "Pen name", it.pen_name.clone(), line),
        ("Chức danh", "Post", it.post.clone(), line),
        ("Được cử đến", "Sent to", Some(place), lines),
        ("Đơn vị đến làm việc", "Unit visited", Some(unit), lines),
        ("Nội dung làm việc", "Work", Some(work), lines),
        ("Thời gian: từ", "From", Some(from), line),
        ("đến trước", "Until", Some(until), line),
    ];
    // Beside a portrait lines end before it.
    let right = if it.portrait.is_some() { PORTRAIT.0 - 4.0 } else { RIGHT };
    for (label, below, value, (height, style)) in fields {
        let Some(value) = value else { continue };
        let labelled = canvas.paragraph((LEFT, y), VALUES - LEFT - 3.0, BODY, label);
        let labelled = canvas.paragraph((LEFT, labelled), VALUES - LEFT - 3.0, BELOW, below);
        let room = Area { x: VALUES, y, width: right - VALUES, height };
        let valued = canvas.fit(room, Anchor::Start, style, &value);
        y = labelled.max(valued) + 1.2;
    }
    y
}

/// What is asked for; gives where it ends.
fn request(canvas: &mut Canvas, y: f32) -> f32 {
    let asked = "Đề nghị quý cơ quan, đơn vị tạo điều kiện để ông (bà) có tên trên hoàn thành nhiệm vụ. Giấy chỉ dùng cho \
                 nơi đến, nội dung và thời gian ghi ở trên.";
    let below = "Please help the bearer to do this work. The letter is good for this place, work and time only.";
    let y = canvas.paragraph((LEFT, y + 2.0), RIGHT - LEFT, BODY, asked);
    canvas.paragraph((LEFT, y), RIGHT - LEFT, BELOW, below)
}

fn signature(canvas: &mut Canvas, top: f32) {
    let middle = 150.0;
    canvas.line((middle, top + 7.0), Anchor::Middle, STRONG, "NGƯỜI ĐỨNG ĐẦU CƠ QUAN BÁO CHÍ");
    canvas.line((middle, top + 11.6), Anchor::Middle, BELOW, "Head of the press agency, or deputy");
    canvas.line((middle, top + 16.4), Anchor::Middle, BELOW, "(Ký, ghi rõ họ tên, đóng dấu / signature, name, seal)");
    let line = top + 42.0;
    canvas
        .art(format_args!(r##"<path d="M118 {line}h64" stroke="{GREY}" stroke-width=".25" stroke-dasharray="1 1"/>"##));
}

fn foot(canvas: &mut Canvas, it: &Printed, top: f32) -> Result<(), Error> {
    let symbol = Area { x: LEFT, y: top, width: QR, height: QR };
    canvas.qr(symbol, INCH / DOTS_PER_INCH, &card::symbol(it)?);
    let code = Area { x: LEFT, y: top + QR, width: 90.0, height: 6.0 };
    canvas.fit(code, Anchor::Start, Style::bold(4.2, BLACK), &it.typed_code);
    let rule = top + QR + 8.5;
    canvas.art(format_args!(r##"<path d="M{LEFT} {rule}H{RIGHT}" stroke="{INK}" stroke-width=".3"/>"##));
    let Printed { address, phone, .. } = it;
    let vi = format!(
        "Kiểm tra: quét mã QR bằng máy ảnh của điện thoại, hoặc nhập mã trên tại {address}. Chỉ tin kết quả hiện trên máy của \
         người kiểm tra. Đường dây nóng: {phone}."
    );
    let en = "To check: scan the QR with a phone's own camera, or type the code above at that address. Trust only the \
              result on the phone of whoever checks.";
    let small = Style::regular(3.0, BLACK);
    let registry = wording::registry();
    let name = format!("{} / {}", registry.vi, registry.en);
    let y = canvas.paragraph((LEFT, rule + 1.5), RIGHT - LEFT, Style::bold(3.0, INK), &name);
    let y = canvas.paragraph((LEFT, y), RIGHT - LEFT, small, &vi);
    canvas.paragraph((LEFT, y), RIGHT - LEFT, Style::regular(2.7, GREY), en);
    Ok(())
}
