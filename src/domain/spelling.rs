//! How words of names are spelt in Vietnamese, and in which order a dictionary has them.
//!
//! A word is taken apart into its letters (a ă â b c d đ e ê …) and its tones. It no longer matters then in which Unicode
//! form it came, nor on which vowel the tone was put (hòa, hoà). Both parts are written in ASCII so that comparing bytes
//! is the order of the dictionary: no database is asked for a collation. Decision 28.

use super::text::STROKED_D;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// ă, đ, ê, ô and ư are the letter that they look like and this: after `z`, because ă follows every a.
const FIRST_MARK: char = '{';
/// â and ơ, each the second letter with a mark: after ă and ô.
const SECOND_MARK: char = '|';
/// What can have such a mark.
const CAN_BE_MARKED: [char; 5] = ['a', 'd', 'e', 'o', 'u'];
/// Ends the letters of a word, and its tones. Smaller than any letter or digit: hoa comes before hoan.
const END: char = '!';

/// A word as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    letters: String,
    /// Of each vowel that has a tone; in Vietnamese there is one at most.
    tones: String,
    /// The letters without marks.
    folded: String,
}

/// A word of a name that something is compared with.
#[derive(Clone, Copy)]
pub(super) struct Spelt<'a> {
    letters: &'a str,
    tones: &'a str,
}

impl<'a> Spelt<'a> {
    /// The words of what [`Word::key`] wrote of each.
    pub(super) fn all_of_key(key: &'a str) -> impl Iterator<Item = Self> {
        let mut pieces = key.split(END);
        std::iter::from_fn(move || Some(Self { letters: pieces.next()?, tones: pieces.next()? }))
    }

    /// The letters with their marks, but without a tone.
    pub(super) fn letters(self) -> &'a str {
        self.letters
    }

    fn folded(self) -> impl Iterator<Item = char> {
        self.letters.chars().filter(|c| ![FIRST_MARK, SECOND_MARK].contains(c))
    }

    /// Whether it is this word, with every mark.
    pub(super) fn is(self, word: &Word) -> bool {
        (self.letters, self.tones) == (&word.letters, &word.tones)
    }

    /// Whether these are its letters without marks.
    pub(super) fn is_folded(self, folded: &str) -> bool {
        self.folded().eq(folded.chars())
    }

    /// Whether its letters without marks begin like this.
    pub(super) fn begins_folded(self, folded: &str) -> bool {
        let mut own = self.folded();
        folded.chars().all(|c| own.next() == Some(c))
    }

    /// As a word of its own.
    pub(super) fn to_word(self) -> Word {
        Word::new(self.letters, self.tones)
    }
}

impl Word {
    fn new(letters: &str, tones: &str) -> Self {
        let folded = letters.replace([FIRST_MARK, SECOND_MARK], "");
        Self { letters: letters.to_owned(), tones: tones.to_owned(), folded }
    }

    /// As what is compared with.
    pub(super) fn spelt(&self) -> Spelt<'_> {
        Spelt { letters: &self.letters, tones: &self.tones }
    }

    /// The words of a text, in its order. Whatever is neither letter nor digit parts two words.
    pub fn all_of(text: &str) -> Vec<Self> {
        let mut words = vec![(String::new(), String::new())];
        for c in text.chars().flat_map(char::to_lowercase).nfd() {
            let Some((letters, tones)) = words.last_mut() else { break };
            match c {
                '\u{300}' => tones.push('1'), // huyền
                '\u{309}' => tones.push('2'), // hỏi
                '\u{303}' => tones.push('3'), // ngã
                '\u{301}' => tones.push('4'), // sắc
                '\u{323}' => tones.push('5'), // nặng
                c if STROKED_D.contains(&c) => letters.extend(['d', FIRST_MARK]),
                c => match (c, letters.chars().last()) {
                    ('\u{306}', Some('a')) | ('\u{302}', Some('e' | 'o')) | ('\u{31B}', Some('u')) => {
                        letters.push(FIRST_MARK);
                    }
                    ('\u{302}', Some('a')) | ('\u{31B}', Some('o')) => letters.push(SECOND_MARK),
                    // Marks of other languages are none of the letter.
                    (c, _) if is_combining_mark(c) => {}
                    (c, _) if c.is_alphanumeric() => letters.push(c),
                    _ => words.push((String::new(), String::new())),
                },
            }
        }
        let whole = words.iter().filter(|(letters, _)| !letters.is_empty());
        whole.map(|(letters, tones)| Self::new(letters, tones)).collect()
    }

    /// The letters without marks, as somebody types them in a hurry.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The letters with their marks, but without a tone.
    pub fn letters(&self) -> &str {
        &self.letters
    }

    /// Whether a letter has a mark that makes it another letter: ă, đ, ơ.
    pub fn has_marked_letters(&self) -> bool {
        self.letters.contains([FIRST_MARK, SECOND_MARK])
    }

    /// Whether it has any mark, of a letter or a tone.
    pub fn is_marked(&self) -> bool {
        self.has_marked_letters() || !self.tones.is_empty()
    }

    /// A pattern of SQL's `LIKE` for its letters, whatever their marks.
    pub(super) fn pattern(&self) -> String {
        let mut pattern = String::new();
        for c in self.folded.chars() {
            pattern.push(c);
            if CAN_BE_MARKED.contains(&c) {
                pattern.push('%');
            }
        }
        pattern
    }

    /// Letters and tones in one word.
    pub fn with_tones(&self) -> String {
        format!("{}{}", self.letters, self.tones)
    }

    /// What to sort by: letters first, then ngang, huyền, hỏi, ngã, sắc, nặng.
    pub fn key(&self) -> String {
        format!("{}{END}{}{END}", self.letters, self.tones)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        Word::all_of(text).iter().map(Word::key).collect()
    }

    #[test]
    fn words_are_in_the_order_of_the_dictionary() {
        // Each letter of the alphabet, each tone, and words of which one begins another.
        let ordered = [
            "a à ả ã á ạ ai an ăn ân ba ca da đa e ê ga ha hai hoa hoà hoả hoã hoá hoạ hoai hoan hoàn hoang hoàng i",
            "ka la ma mai na o oanh ô ông ơ ơn pa qua quy quý ra sa ta thu thuy thuỷ thuý tu từ tứ u uy ư ưng va xa y ý yên",
        ];
        let ordered: Vec<&str> = ordered.iter().flat_map(|line| line.split(' ')).collect();
        let mut sorted = ordered.clone();
        sorted.reverse();
        sorted.sort_by_key(|word| key(word));
        assert_eq!(sorted, ordered);
    }

    #[test]
    fn form_case_and_the_place_of_the_tone_are_no_part_of_a_word() {
        for (one, other) in [
            ("hoà", "hòa"),
            ("thuý", "thúy"),
            ("quý", "qúy"),
            ("Khoẻ", "khỏe"),
            ("UỶ", "ủy"),
            ("Đ", "đ"),
            ("\u{D0}ặng \u{F0}", "Đặng đ"),
            ("\u{189}ức \u{256}", "Đức đ"),
        ] {
            assert_eq!(Word::all_of(one), Word::all_of(other));
            let nfd: String = one.nfd().collect();
            assert_eq!(Word::all_of(&nfd), Word::all_of(other));
        }
        assert_ne!(Word::all_of("hoà"), Word::all_of("hoa"));
    }

    #[test]
    fn other_signs_part_words_and_other_marks_are_dropped() {
        let folded = |text: &str| Word::all_of(text).iter().map(Word::folded).collect::<Vec<_>>().join(" ");
        assert_eq!(folded("  H'Hen–Niê, (Ñu) K9 %_ "), "h hen nie nu k9");
        assert_eq!(folded("Đỗ Nguyễn ẤM Ứng"), "do nguyen am ung");
        assert_eq!(folded("% _ \u{301}"), "");
    }
}
