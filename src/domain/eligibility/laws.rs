//! Laws, and places in them.

use crate::domain::issuer::Words;

/// A law, decree, circular or decision that this registry goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// Luật Báo chí 103/2016/QH13, in force from 01/01/2017 to 30/06/2026.
    Press2016,
    /// Luật Báo chí 126/2025/QH15, in force from 01/07/2026, in parts earlier and later (Đ50).
    Press2025,
    /// Nghị định 237/2026/NĐ-CP, in force from 01/07/2026.
    Decree237,
    /// Thông tư 49/2016/TT-BTTTT.
    Circular49,
    /// Thông tư 31/2021/TT-BTTTT.
    Circular31,
    /// Quyết định 4794/QĐ-BVHTTDL of 19/12/2025.
    Decision4794,
}

impl Law {
    /// As lawyers of this project abbreviate it.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Press2016 => "L2016",
            Self::Press2025 => "L2025",
            Self::Decree237 => "NĐ237",
            Self::Circular49 => "TT49",
            Self::Circular31 => "TT31",
            Self::Decision4794 => "QĐ4794",
        }
    }

    /// Its name in both languages.
    pub const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Press2016 => ("Luật Báo chí 103/2016/QH13", "Press Law 103/2016/QH13"),
            Self::Press2025 => ("Luật Báo chí 126/2025/QH15", "Press Law 126/2025/QH15"),
            Self::Decree237 => ("Nghị định 237/2026/NĐ-CP", "Decree 237/2026/NĐ-CP"),
            Self::Circular49 => ("Thông tư 49/2016/TT-BTTTT", "Circular 49/2016/TT-BTTTT"),
            Self::Circular31 => ("Thông tư 31/2021/TT-BTTTT", "Circular 31/2021/TT-BTTTT"),
            Self::Decision4794 => ("Quyết định 4794/QĐ-BVHTTDL", "Decision 4794/QĐ-BVHTTDL"),
        }
    }
}

/// An article, perhaps one clause of it, perhaps one point of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    article: u8,
    clause: Option<u8>,
    point: Option<&'static str>,
}

impl Place {
    /// Điều.
    pub const fn article(article: u8) -> Self {
        Self { article, clause: None, point: None }
    }

    /// Khoản of a Điều.
    pub const fn clause(article: u8, clause: u8) -> Self {
        Self { article, clause: Some(clause), point: None }
    }

    /// Điểm of a khoản of a Điều.
    pub const fn point(article: u8, clause: u8, point: &'static str) -> Self {
        Self { article, clause: Some(clause), point: Some(point) }
    }

    fn short(self) -> String {
        let clause = self.clause.map(|clause| format!(".{clause}")).unwrap_or_default();
        format!("Đ{}{clause}{}", self.article, self.point.unwrap_or_default())
    }

    fn words(self) -> (String, String) {
        let (article, point) = (self.article, self.point);
        match (self.clause, point) {
            (Some(clause), Some(point)) => {
                (format!("điểm {point} khoản {clause} Điều {article}"), format!("Article {article}({clause})({point})"))
            }
            (Some(clause), None) => (format!("khoản {clause} Điều {article}"), format!("Article {article}({clause})")),
            (None, _) => (format!("Điều {article}"), format!("Article {article}")),
        }
    }
}

/// Where something is written: places of one law, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The law.
    pub law: Law,
    /// Its places; none where the whole says it.
    pub places: &'static [Place],
}

impl Source {
    /// As lawyers of this project abbreviate it, like `L2025 Đ28.2b`.
    pub fn short(&self) -> String {
        let places: Vec<String> = self.places.iter().map(|place| place.short()).collect();
        [self.law.short(), &places.join(", ")].join(" ").trim_end().to_owned()
    }

    /// Written out in both languages.
    pub fn words(&self) -> Words {
        let (vi, en): (Vec<String>, Vec<String>) = self.places.iter().map(|place| place.words()).unzip();
        let (law_vi, law_en) = self.law.name();
        let (vi, en) = (vi.join(", "), en.join(", "));
        match self.places {
            [] => Words::new(law_vi, law_en),
            _ => Words::new(format!("{vi} {law_vi}"), format!("{en}, {law_en}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_written_short_and_in_full() {
        const PLACES: &[Place] = &[Place::point(28, 2, "c"), Place::clause(50, 3)];
        let source = Source { law: Law::Press2025, places: PLACES };
        assert_eq!(source.short(), "L2025 Đ28.2c, Đ50.3");
        assert_eq!(
            source.words(),
            Words::new(
                "điểm c khoản 2 Điều 28, khoản 3 Điều 50 Luật Báo chí 126/2025/QH15",
                "Article 28(2)(c), Article 50(3), Press Law 126/2025/QH15",
            )
        );
        let whole = Source { law: Law::Decision4794, places: &[] };
        assert_eq!((whole.short(), whole.words().en), ("QĐ4794".into(), "Decision 4794/QĐ-BVHTTDL".into()));
    }
}
