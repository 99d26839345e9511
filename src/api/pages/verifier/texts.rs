//! What stands on the page before anything is checked. The posted check shows some of it in one language.

use crate::api::pages::language::Both;

pub(in crate::api::pages) const TITLE: Both = Both("Kiểm tra thẻ", "Check a card");
pub(in crate::api::pages) const SCAN_IT: Both = Both(
    "Quét mã QR trên thẻ bằng máy ảnh của điện thoại. Mã được kiểm tra ngay trên máy này, không gửi đi đâu.",
    "Point the phone's camera at the QR on the card. It is checked on this device and sent to nobody.",
);
pub(in crate::api::pages) const SCAN_HERE: Both = Both("Quét ngay tại đây", "Scan it here");
pub(in crate::api::pages) const SHOW_PHOTO: Both = Both(
    "Xem ảnh đã đăng ký (yêu cầu này được gửi đến hệ thống)",
    "Show the registered photo (this request reaches the registry)",
);
pub(in crate::api::pages) const PRIVACY: Both = Both(
    "Mã gõ tay được gửi đến hệ thống này để kiểm tra. Hệ thống không lưu mã, thẻ hay người kiểm tra.",
    "A typed code is sent to this registry to be checked. It keeps neither the code, nor the card, nor who asked.",
);
pub(in crate::api::pages) const LABEL: Both = Both("Mã in bên cạnh QR", "The code printed beside the QR");
pub(in crate::api::pages) const HINT: Both = Both(
    "Ví dụ 000123-7K2M-9QXR-4TDA. Chữ hoa, chữ thường, dấu cách đều được.",
    "For example 000123-7K2M-9QXR-4TDA. Capitals, small letters and spaces do not matter.",
);
pub(in crate::api::pages) const CHECK: Both = Both("Kiểm tra", "Check");
pub(in crate::api::pages) const REPORT: Both = Both("Báo cáo việc sử dụng thẻ sai quy định", "Report misuse of a card");
pub(in crate::api::pages) const HOTLINE: Both = Both("Đường dây nóng:", "Hotline:");
pub(in crate::api::pages) const INSECURE: Both = Both(
    "Trang này được mở không qua HTTPS, hoặc bằng trình duyệt quá cũ, nên không tự kiểm tra được mã QR: bấm “Kiểm tra” để \
     gửi mã đến hệ thống.",
    "This page was opened without HTTPS, or in an old browser, so it cannot check a QR by itself: “Check” sends the \
     code to the registry.",
);
pub(in crate::api::pages) const UNSCRIPTED: Both = Both(
    "JavaScript đã tắt, hoặc trình duyệt quá cũ: hãy gõ mã in bên cạnh QR vào ô dưới đây.",
    "Scripts are off or this browser is too old: type the code printed beside the QR below.",
);
pub(in crate::api::pages) const OFFLINE: Both = Both(
    "Mở trang này một lần khi có mạng: sau đó quét được cả khi mất mạng. Nếu chưa từng mở, hãy gọi đường dây nóng, hoặc \
     kết nối mạng rồi quét lại.",
    "Open this page once with a network: from then on it also checks without one. On a phone that never did, call the \
     hotline, or connect and scan again.",
);
pub(in crate::api::pages) const READY: Both = Both("Điện thoại này đã sẵn sàng.", "This phone is ready.");
