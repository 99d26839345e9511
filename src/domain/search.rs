//! Names: how they are listed, and how they are found. What is found in which order: decision 28.
//!
//! Each name is entered in an index once for each of its words, as in a book: an entry is one text that begins with the
//! word and goes on with all that the order depends on. Whoever reads the entries with one beginning, in the order of
//! their bytes, reads an answer in its order, and may stop when the page is full.

use super::ids::{Id as _, PersonId};
use super::problem::FieldProblem;
use super::spelling::{Spelt, Word};
use super::text;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// Between the parts of a name in its key. Smaller than any letter, so that whoever has no middle name comes first.
const PART: char = ',';
/// Begins an entry under a word with its marks; no word without has such a sign.
const MARKED: char = '+';

/// Words of a name that stand for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stands {
    /// The last: whom people in Việt Nam mean.
    Given = 0,
    Inside = 1,
    InPenName = 2,
}

/// What people are sorted by: given name, middle names, family name, each word as the dictionary has it; then the pen name.
fn key(full_name: &[Word], pen_name: &[Word]) -> String {
    let (given, before) =
        full_name.split_last().map_or((&[][..], &[][..]), |(last, rest)| (std::slice::from_ref(last), rest));
    let (family, middle) = before.split_at(before.len().min(1));
    let parts = [given, middle, family, pen_name].map(|words| words.iter().map(Word::key).collect::<String>());
    parts.join(&PART.to_string())
}

/// What a full name is compared by: the same for every way to spell it, in any Unicode form and case.
pub fn name_key(full_name: &str) -> String {
    key(&Word::all_of(full_name), &[])
}

/// A full name without marks: what one that was written without any is compared by.
pub fn name_folded(full_name: &str) -> String {
    Word::all_of(full_name).iter().map(Word::folded).collect::<Vec<_>>().join(" ")
}

/// Under what a word is entered: without marks, and with them where it has any.
fn forms(word: &Word) -> impl Iterator<Item = String> {
    [Some(word.folded().to_owned()), word.is_marked().then(|| format!("{MARKED}{}", word.with_tones()))]
        .into_iter()
        .flatten()
}

/// Under what these words are entered, each with the best that it stands for.
fn all_forms(words: impl Iterator<Item = (Word, Stands)>) -> BTreeMap<String, Stands> {
    let mut all = BTreeMap::new();
    for (word, stands) in words {
        for form in forms(&word) {
            let best = all.entry(form).or_insert(stands);
            *best = stands.min(*best);
        }
    }
    all
}

fn entry(form: &str, stands: Stands, key: &str) -> String {
    format!("{form} {} {key}", stands as u8)
}

/// The entries of a person in an index: one under no word, for the list of all, and one for each word.
pub fn entries(full_name: &str, pen_name: Option<&str>) -> Vec<String> {
    let key = key(&Word::all_of(full_name), &Word::all_of(pen_name.unwrap_or_default()));
    let forms = all_forms(words_of_key(&key).map(|(word, stands)| (word.to_word(), stands)));
    let of_words = forms.into_iter().map(|(form, stands)| entry(&form, stands, &key));
    std::iter::once(entry("", Stands::Given, &key)).chain(of_words).collect()
}

/// The words of what [`key`] wrote, and what they stand for.
fn words_of_key(key: &str) -> impl Iterator<Item = (Spelt<'_>, Stands)> {
    let parts = key.split(PART).zip([Stands::Given, Stands::Inside, Stands::Inside, Stands::InPenName]);
    parts.flat_map(|(part, stands)| Spelt::all_of_key(part).map(move |word| (word, stands)))
}

/// How well a name answers a query, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Each word of the query is a word of the name, with every mark that was typed.
    Words,
    /// Each is a word of the name, some with other marks.
    OtherMarks,
    /// Each is a word of the name or its beginning, with every letter that was typed. The tone is typed last.
    Beginnings,
    /// Each is a word of the name or its beginning, some with other letters.
    OtherBeginnings,
}

impl Fit {
    /// All of them, best first.
    pub const ALL: [Self; 4] = [Self::Words, Self::OtherMarks, Self::Beginnings, Self::OtherBeginnings];

    /// As in a cursor.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Words => "w",
            Self::OtherMarks => "x",
            Self::Beginnings => "y",
            Self::OtherBeginnings => "z",
        }
    }

    /// Whether `asked` is met by `word`. A word that was typed without marks asks for none.
    fn is_met(self, asked: &Word, word: Spelt<'_>) -> bool {
        let plain = asked.folded();
        match self {
            Self::Words => word.is(asked) || (!asked.is_marked() && word.is_folded(plain)),
            Self::OtherMarks => word.is_folded(plain),
            Self::Beginnings if asked.has_marked_letters() => word.letters().starts_with(asked.letters()),
            Self::Beginnings | Self::OtherBeginnings => word.begins_folded(plain),
        }
    }

    /// A pattern of SQL's `LIKE` that whatever holds a word meets which meets `asked`, and little else does.
    fn pattern(self, asked: &Word) -> String {
        match self {
            Self::Words if asked.is_marked() => format!("%{}%", asked.key()),
            Self::Words | Self::OtherMarks | Self::Beginnings | Self::OtherBeginnings => {
                format!("%{}%", asked.pattern())
            }
        }
    }

    /// Which entries may hold who meets `asked`.
    fn range(self, asked: &Word) -> Range<String> {
        let plain = asked.folded();
        match self {
            Self::Words if asked.is_marked() => whole(&format!("{MARKED}{}", asked.with_tones())),
            Self::Words | Self::OtherMarks => whole(plain),
            Self::Beginnings if asked.has_marked_letters() => beginning(format!("{MARKED}{}", asked.letters())),
            Self::Beginnings | Self::OtherBeginnings => beginning(plain.to_owned()),
        }
    }
}

fn whole(form: &str) -> Range<String> {
    format!("{form} ")..format!("{form}!")
}

fn beginning(form: String) -> Range<String> {
    let end = format!("{form}{}", char::MAX);
    form..end
}

/// What somebody typed to find a name by; nothing for all names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<Word>);

impl Query {
    /// # Errors
    /// `control_character`, `too_long`; `empty` also where there is neither letter nor digit.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let mut words: Vec<Word> = Vec::new();
        for word in Word::all_of(&text::line(raw, 200)?) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        match words.is_empty() {
            true => Err(FieldProblem::new("empty", "at least one letter or digit")),
            false => Ok(Self(words)),
        }
    }

    /// Its words, each once.
    pub fn words(&self) -> &[Word] {
        &self.0
    }

    /// How well a name of these words answers, if it does.
    pub fn fit(&self, name: &[Word]) -> Option<Fit> {
        self.fit_of(|| name.iter().map(Word::spelt))
    }

    fn fit_of<'n, W: Iterator<Item = Spelt<'n>>>(&self, name: impl Fn() -> W) -> Option<Fit> {
        let all = |fit: &Fit| self.0.iter().all(|asked| name().any(|word| fit.is_met(asked, word)));
        // Most of those who are looked at do not answer at all.
        if all(&Fit::OtherBeginnings) { Fit::ALL.into_iter().find(all) } else { None }
    }

    /// The fits that a name can have, best first: what has no marks is not told apart by them.
    pub fn fits(&self) -> impl Iterator<Item = Fit> {
        let is_marked = self.0.iter().any(Word::is_marked);
        let has_marked_letters = self.0.iter().any(Word::has_marked_letters);
        let is_everybody = self.0.is_empty();
        Fit::ALL.into_iter().filter(move |fit| match fit {
            Fit::Words => true,
            Fit::OtherMarks => is_marked,
            Fit::Beginnings => !is_everybody,
            Fit::OtherBeginnings => has_marked_letters,
        })
    }

    /// The last of them.
    pub fn widest(&self) -> Fit {
        self.fits().last().unwrap_or(Fit::Words)
    }

    /// The entries among which are, by the word in this place, all names that answer as `fit` says; for the widest also
    /// all that answer better.
    pub fn range(&self, fit: Fit, word: usize) -> Range<String> {
        self.0.get(word).map_or_else(|| whole(""), |asked| fit.range(asked))
    }

    /// What an entry in [`Query::range`] is like, patterns of SQL's `LIKE`, if its name answers so: one for each other word.
    pub fn patterns_beside(&self, fit: Fit, word: usize) -> impl Iterator<Item = String> {
        self.0.iter().enumerate().filter(move |(at, _)| *at != word).map(move |(_, asked)| fit.pattern(asked))
    }

    /// How well the name of an entry answers, if it does, and under which entry it stands there by the word in this place: the
    /// first in the range.
    pub fn answer(&self, word: usize, found: &str) -> Option<(Fit, String)> {
        let key = found.splitn(3, ' ').nth(2)?;
        let fit = self.fit_of(|| words_of_key(key).map(|(word, _)| word))?;
        let Some(asked) = self.0.get(word) else { return Some((fit, found.to_owned())) };
        let range = fit.range(asked);
        let forms = all_forms(words_of_key(key).map(|(word, stands)| (word.to_word(), stands)));
        let mut entries = forms.into_iter().map(|(form, stands)| entry(&form, stands, key));
        Some((fit, entries.find(|entry| range.contains(entry))?))
    }
}

/// How well something answers by its name or another word for it, and what to sort all that answer by: for lists short
/// enough to be sorted each time.
pub fn rank(query: &Query, name: &str, other: Option<&str>) -> Option<String> {
    let (name, other) = (Word::all_of(name), Word::all_of(other.unwrap_or_default()));
    let key: String = name.iter().map(Word::key).collect();
    let fit = query.fit(&[name, other].concat())?;
    Some(format!("{} {key}", fit.as_str()))
}

/// A place in a list of people, in the order of the list: how well the one there answers, by which word of the query, and
/// their entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// How well.
    pub fit: Fit,
    /// By which word, counted from 0.
    pub word: usize,
    /// Their entry.
    pub entry: String,
    /// Who.
    pub person: PersonId,
}

impl Place {
    /// From its own text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, '.');
        let fit = parts.next().and_then(|raw| Fit::ALL.into_iter().find(|fit| fit.as_str() == raw))?;
        let word = parts.next()?.parse().ok()?;
        let person = PersonId::parse(parts.next()?).ok()?;
        Some(Self { fit, word, person, entry: parts.next()?.to_owned() })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.fit.as_str(), self.word, self.person, self.entry)
    }
}

#[cfg(test)]
mod tests;
