//! The four types of press.

use super::AgencyKind;
use crate::domain::problem::{FieldProblem, Problems};

/// A type of press (loại hình báo chí, L2025 Đ2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PressType {
    /// Báo chí in.
    Print,
    /// Báo chí điện tử.
    Electronic,
    /// Phát thanh (báo nói).
    Radio,
    /// Truyền hình (báo hình).
    Television,
}

impl PressType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Print, Self::Electronic, Self::Radio, Self::Television];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Print => "print",
            Self::Electronic => "electronic",
            Self::Radio => "radio",
            Self::Television => "television",
        }
    }

    /// # Errors
    /// `unknown_press_type`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|it| it.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_press_type", "one of print, electronic, radio, television"))
    }
}

/// Each once, in one order, whichever they were sent in.
pub(super) fn parse(raw: &[String], kind: Option<AgencyKind>, problems: &mut Problems) -> Vec<PressType> {
    let mut types = Vec::new();
    for (at, raw) in raw.iter().enumerate().take(PressType::ALL.len() + 1) {
        let pointer = format!("/press_types/{at}");
        match problems.take(&pointer, PressType::parse(raw)) {
            Some(it) if types.contains(&it) => {
                problems.add(FieldProblem::new("twice", "this type is named twice").at(pointer));
            }
            found => types.extend(found),
        }
    }
    if !types.is_empty() && kind.is_some_and(|kind| !kind.is_press()) {
        problems.add(FieldProblem::new("not_press", "an aggregator site is no press").at("/press_types"));
    }
    types.sort_unstable();
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_a_set() {
        let read = |words: &[&str], kind| {
            let mut problems = Problems::new();
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let types = parse(&words, Some(kind), &mut problems);
            problems.finish(|| Some(types)).map_err(|errors| errors[0].code)
        };
        let both = vec![PressType::Print, PressType::Television];
        assert_eq!(read(&["television", "print"], AgencyKind::Bao), Ok(both));
        assert_eq!(read(&["print", "print"], AgencyKind::Bao), Err("twice"));
        assert_eq!(read(&["blog"], AgencyKind::Bao), Err("unknown_press_type"));
        assert_eq!(read(&["electronic"], AgencyKind::TrangTtdt), Err("not_press"));
        assert_eq!(read(&[], AgencyKind::TrangTtdt), Ok(vec![]));
    }

    #[test]
    fn every_kind_says_what_it_is() {
        for kind in AgencyKind::ALL {
            let says = kind.usual_press_types();
            assert!(says.is_sorted(), "{kind:?}");
            assert!(kind.is_press() || says.is_empty(), "{kind:?}");
        }
        assert_eq!(
            AgencyKind::ALL.into_iter().filter(|kind| !kind.is_press()).collect::<Vec<_>>(),
            [AgencyKind::TrangTtdt]
        );
    }
}
