//! The kinds of misuse in words: data, the same in every registry.

use crate::data::{self, MisuseKindRow};

/// Every kind, with both languages and its basis in law. Anybody may see them.
pub fn kinds() -> &'static [MisuseKindRow] {
    data::misuse_kinds()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::misuse::MisuseKind;

    #[test]
    fn the_data_has_words_for_each_kind_that_the_domain_knows() {
        let described: Vec<&str> = kinds().iter().map(|row| row.code.as_str()).collect();
        let known: Vec<&str> = MisuseKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(described, known);
        assert!(
            kinds().iter().all(|row| ![&row.name_vi, &row.name_en, &row.legal_basis].iter().any(|it| it.is_empty()))
        );
    }
}
