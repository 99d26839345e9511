//! What a guesser tries first: the 30,000 most common passwords, words and names, which the crate `zxcvbn` carries, runs
//! of keys and dates, and the words of this field in Việt Nam. All of it is compiled in; nothing is asked of anybody.

use crate::data;
use crate::domain::text;
use std::sync::LazyLock;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use zxcvbn::{Score, zxcvbn};

/// Words of this field and this country, folded, without spaces; the usual runs.
const WORDS: &[&str] = &[
    "password",
    "matkhau",
    "nhabao",
    "nhabaovietnam",
    "phongvien",
    "toasoan",
    "baochi",
    "thenhabao",
    "thephongvien",
    "giaygioithieu",
    "bientapvien",
    "tongbientap",
    "tapchi",
    "truyenhinh",
    "phatthanh",
    "hoinhabao",
    "congtacvien",
    "coquanbaochi",
    "bovanhoa",
    "thongtin",
    "truyenthong",
    "vietnam",
    "hanoi",
    "saigon",
    "hochiminh",
    "danang",
    "haiphong",
    "cantho",
    "anhyeuem",
    "emyeuanh",
    "yeuem",
    "xinchao",
    "iloveyou",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "registrar",
    "press",
    "journalist",
    "reporter",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "0123456789",
    "1234567890",
    "9876543210",
    "abcdefghijklmnopqrstuvwxyz",
];
/// Fewest letters of a name that is taken out as a word: shorter ones stand in other words.
const MIN_LETTERS: usize = 4;

/// [`WORDS`], and the agencies by name and short name; the longest first, because some stand in others.
static KNOWN: LazyLock<Vec<String>> = LazyLock::new(|| {
    let agencies = data::agencies().iter();
    let names = agencies.flat_map(|it| [Some(it.name.as_str()), it.short_name.as_ref().map(|name| name.as_str())]);
    let names = names.flatten().flat_map(|name| {
        let whole = squeezed(name);
        let bare = ["bao", "tapchi", "dai"].iter().find_map(|kind| whole.strip_prefix(kind)).map(str::to_owned);
        [Some(whole), bare].into_iter().flatten()
    });
    let mut known: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).chain(names).collect();
    known.retain(|word| word.len() >= MIN_LETTERS);
    known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    known.dedup();
    known
});

/// Whether a guesser who knows the lists and the account's address is soon there. Diacritics, case and spaces do not
/// count: they are the first that is varied.
pub(super) fn is_common(password: &str, email: &str) -> bool {
    let bare = squeezed(password);
    // Signs count: they make a password of random ones what it is.
    let spelled = unmarked(password);
    let local = squeezed(email.split('@').next().unwrap_or_default());
    let own = (local.len() >= MIN_LETTERS).then_some(local.as_str());
    let known: Vec<&str> = KNOWN.iter().map(String::as_str).chain(own).collect();
    is_made_of(&bare, &known) || zxcvbn(&spelled, &known).score() < Score::Three
}

/// Whether little is left of it once these words are taken out.
fn is_made_of(bare: &str, known: &[&str]) -> bool {
    let rest = known.iter().fold(bare.to_owned(), |rest, word| rest.replace(word, ""));
    rest.chars().filter(|c| c.is_alphabetic()).count() < MIN_LETTERS && rest.len() < 8
}

fn squeezed(text: &str) -> String {
    text::fold(text).replace(' ', "")
}

/// In lower case, without diacritics and spaces.
fn unmarked(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c) && !c.is_whitespace()).flat_map(char::to_lowercase);
    letters.map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(password: &str) -> bool {
        is_common(password, "lan.nguyen@bao.example")
    }

    #[test]
    fn words_of_the_field_are_common_with_and_without_diacritics() {
        for password in [
            "Thẻ nhà báo 2026!",
            "thenhabao123456",
            "PHÓNG VIÊN BÁO CHÍ",
            "nhabao phongvien toasoan baochi 2026",
            "Báo Tuổi Trẻ 2026@",
            "baonhandan@2026",
            "Tạp chí Cộng sản 1",
            "lan.nguyen 2026 lan.nguyen",
        ] {
            assert!(common(password), "{password}");
        }
    }

    #[test]
    fn what_everybody_uses_is_common() {
        for password in
            ["passwordpassword1", "iloveyouforever1", "qwertyuiop123456", "1q2w3e4r5t6y7u8i", "dragonbaseball12"]
        {
            assert!(common(password), "{password}");
        }
    }

    #[test]
    fn sentences_of_ones_own_are_not() {
        for password in [
            "cây cầu bắc qua sông rộng",
            "mưa rào ướt mái đình làng",
            "con trâu gặm cỏ bên bờ đê",
            "bảy chiếc lá rơi trước hiên",
            "u7$kP-vq2!zR9wLxe",
            "k#8;Q!z@x)3=(m,",
        ] {
            assert!(!common(password), "{password}");
        }
    }
}
