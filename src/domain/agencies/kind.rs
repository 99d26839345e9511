//! What body an agency is.

use super::PressType;
use crate::domain::problem::FieldProblem;

/// What body an agency is, by what it is known for. The names are those of the 2016 and 2025 laws; which types of press it
/// is licensed for stands beside it, for there may be several ([`PressType`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgencyKind {
    /// Báo (newspaper).
    Bao,
    /// Báo điện tử (online newspaper).
    BaoDienTu,
    /// Tạp chí (magazine).
    TapChi,
    /// Tạp chí điện tử (online magazine).
    TapChiDienTu,
    /// Phát thanh, truyền hình (radio and television).
    PhatThanhTruyenHinh,
    /// Phát thanh (radio).
    PhatThanh,
    /// Truyền hình (television).
    TruyenHinh,
    /// Thông tấn (news agency).
    ThongTan,
    /// Báo và phát thanh, truyền hình (the merged local agencies since 2025).
    BaoVaPtth,
    /// Tạp chí khoa học: of a university, an institute or the like, whose staff have no press card (L2025 Đ16.4, Đ17.2).
    TapChiKhoaHoc,
    /// Cơ quan báo chí chủ lực đa phương tiện (key multimedia agency, L2025 Đ16).
    ChuLucDaPhuongTien,
    /// Trang thông tin điện tử tổng hợp (aggregator site, licensed as GP-TTĐT): not press.
    TrangTtdt,
}

impl AgencyKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Bao,
        Self::BaoDienTu,
        Self::TapChi,
        Self::TapChiDienTu,
        Self::PhatThanhTruyenHinh,
        Self::PhatThanh,
        Self::TruyenHinh,
        Self::ThongTan,
        Self::BaoVaPtth,
        Self::TapChiKhoaHoc,
        Self::ChuLucDaPhuongTien,
        Self::TrangTtdt,
    ];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bao => "bao",
            Self::BaoDienTu => "bao_dien_tu",
            Self::TapChi => "tap_chi",
            Self::TapChiDienTu => "tap_chi_dien_tu",
            Self::PhatThanhTruyenHinh => "phat_thanh_truyen_hinh",
            Self::PhatThanh => "phat_thanh",
            Self::TruyenHinh => "truyen_hinh",
            Self::ThongTan => "thong_tan",
            Self::BaoVaPtth => "bao_va_ptth",
            Self::TapChiKhoaHoc => "tap_chi_khoa_hoc",
            Self::ChuLucDaPhuongTien => "chu_luc_da_phuong_tien",
            Self::TrangTtdt => "trang_ttdt",
        }
    }

    /// Whether it is press: whoever only gathers what others published has no reporters, no cards and no letters.
    pub const fn is_press(self) -> bool {
        !matches!(self, Self::TrangTtdt)
    }

    /// The types of press that the name of the kind says, where none are entered.
    pub const fn usual_press_types(self) -> &'static [PressType] {
        match self {
            Self::Bao | Self::TapChi | Self::TapChiKhoaHoc => &[PressType::Print],
            Self::BaoDienTu | Self::TapChiDienTu => &[PressType::Electronic],
            Self::PhatThanhTruyenHinh => &[PressType::Radio, PressType::Television],
            Self::PhatThanh => &[PressType::Radio],
            Self::TruyenHinh => &[PressType::Television],
            Self::BaoVaPtth => &[PressType::Print, PressType::Radio, PressType::Television],
            Self::ThongTan | Self::ChuLucDaPhuongTien | Self::TrangTtdt => &[],
        }
    }

    /// # Errors
    /// `unknown_kind`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == raw).ok_or_else(|| {
            let all = Self::ALL.map(|kind| format!("`{}`", kind.as_str()));
            FieldProblem::new("unknown_kind", format!("one of {}", all.join(", ")))
        })
    }
}
