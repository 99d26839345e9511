//! `press-registry verify CODE --issuer FILE --status FILE…` says what the registry says: of every vector the program
//! itself, by the vector's clock; of every generated code the two functions that it calls, and of some the program again.

use super::{
    TABLE,
    campaign::{self, Case},
    file::{Expected, VectorFile},
    signed::World,
    situations::{self, Situation, Who},
    world::{self, NOW, TestKey, press_card},
};
use crate::support::{folder, full_campaign, program::Ran, set_clock::SetClock};
use press_registry::domain::{
    card_code::MAX_TEXT_CHARS,
    held::Held,
    issuer::Words,
    signed_list::Unbelieved,
    time::Timestamp,
    typed_code::TypedCode,
    verdict::{Judgement, Verdict, judge},
    wording,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};
use tempfile::TempDir;

const WRONG_USAGE: i32 = 64;

/// What becomes of a text at the prompt.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Given<'a> {
    /// It is judged, without what was pasted around it.
    Judged(&'a str),
    /// A code that is typed says nothing without the registry's secret.
    Typed,
    /// No symbol can hold it.
    Refused,
    /// No argument of a program can hold a zero byte.
    Impossible,
}

impl<'a> Given<'a> {
    fn of(text: &'a str) -> Self {
        let bare = if text.trim().is_empty() { text } else { text.trim() };
        match bare.chars().count() {
            _ if text.contains('\0') => Self::Impossible,
            1..=MAX_TEXT_CHARS if TypedCode::parse(bare).is_some() => Self::Typed,
            1..=MAX_TEXT_CHARS => Self::Judged(bare),
            _ => Self::Refused,
        }
    }
}

/// What somebody holds, as files, and the clock of their machine.
struct Desk<'a> {
    clock: &'a SetClock,
    world: &'a World,
    held: Held,
    /// The program's words before the code, without and with the files that are no lists at all.
    words: Vec<String>,
    refused: Vec<String>,
    /// How many files are signed by nobody whom the document knows.
    unbelieved: usize,
    _folder: TempDir,
}

impl<'a> Desk<'a> {
    fn new(clock: &'a SetClock, world: &'a World) -> Self {
        let folder = folder("desk");
        let keep = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            fs::write(&file, bytes).expect("a writable folder");
            file.to_str().expect("UTF-8").to_owned()
        };
        let document = serde_json::to_vec(&world.issuer).expect("JSON");
        let mut words = vec!["verify".to_owned(), "--issuer".to_owned(), keep("issuer", &document)];
        let (mut held, mut refused, mut unbelieved) = (Held::new(world.known()), Vec::new(), 0);
        for (nth, token) in world.signed_lists.values().chain(world.signed_sets.values()).enumerate() {
            let status = ["--status".to_owned(), keep(&format!("list-{nth}"), token)];
            match held.add(token) {
                Ok(()) => words.extend(status),
                Err(Unbelieved::UnknownKey | Unbelieved::BadSignature) => {
                    words.extend(status);
                    unbelieved += 1;
                }
                Err(Unbelieved::NotAList) => refused.extend(status),
            }
        }
        Self { clock, world, held, words, refused, unbelieved, _folder: folder }
    }

    fn run(&self, now: i64, further: &[String], text: &str) -> Ran {
        let words = self.words.iter().chain(further).map(String::as_str);
        self.clock.run(now, &words.chain(["--", text]).collect::<Vec<_>>())
    }

    /// Checks that the program says of a text what becomes of it at a prompt, which is given.
    #[track_caller]
    fn check<'t>(&self, now: i64, text: &'t str, name: &str) -> Given<'t> {
        let given = Given::of(text);
        if given == Given::Impossible {
            return given;
        }
        let ran = self.run(now, &[], text);
        match given {
            Given::Judged(bare) => {
                let judgement = judge(bare, Timestamp::from_seconds(now), &self.held);
                assert_eq!(ran.out, lines(&judgement, &self.world.issuer.contact.phone), "{name}: {text}");
                assert_eq!(ran.code, Some(status(judgement.verdict())), "{name}: {text}");
                assert_eq!(ran.err.matches(" is left out: ").count(), self.unbelieved, "{name}: {}", ran.err);
            }
            Given::Typed => {
                assert_eq!(ran.code, Some(2), "{name}: {text}: {}{}", ran.out, ran.err);
                assert!(ran.out.contains(&both(wording::only_the_registry())), "{name}: {text}: {}", ran.out);
            }
            Given::Refused => assert_eq!((ran.code, ran.out.as_str()), (Some(WRONG_USAGE), ""), "{name}: {text}"),
            Given::Impossible => {}
        }
        given
    }
}

fn both(words: Words) -> String {
    format!("{} / {}", words.vi, words.en)
}

const fn status(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Valid => 0,
        Verdict::NotValid => 1,
        Verdict::CannotConfirm => 2,
        Verdict::NotOurs => 3,
    }
}

/// All that is printed of a judgement.
fn lines(judgement: &Judgement, phone: &str) -> String {
    let mut lines = vec![both(wording::headline(judgement)), both(wording::next_step(judgement, phone))];
    if let Some(card) = judgement.card() {
        let claims = &card.claims;
        lines.push([claims.number.as_str(), claims.name.as_str(), claims.agency.as_str()].join(" · "));
    }
    let words = [Some(judgement.verdict().as_str()), judgement.reason(), judgement.warning()];
    lines.push(words.into_iter().flatten().collect::<Vec<_>>().join(" / "));
    lines.extend([both(wording::list_age(judgement.list_age_seconds)), both(wording::about_the_card())]);
    lines.join("\n") + "\n"
}

#[test]
fn the_program_says_of_every_vector_what_it_says() {
    let (file, clock) = (VectorFile::read(), SetClock::new());
    let (mut worlds, mut texts) = (BTreeMap::new(), BTreeMap::new());
    for vector in &file.vectors {
        worlds.entry((&vector.issuer, &vector.status_lists, &vector.honest_sets)).or_insert(World::of(&file, vector));
    }
    let desks: BTreeMap<_, _> = worlds.iter().map(|(names, world)| (names, Desk::new(&clock, world))).collect();
    for vector in &file.vectors {
        let desk = &desks[&(&vector.issuer, &vector.status_lists, &vector.honest_sets)];
        let now = Timestamp::parse(&vector.now).expect("a time");
        assert_eq!(Expected::from(&judge(&vector.text, now, &desk.held)), vector.expect, "{}", vector.name);
        let given = match desk.check(now.seconds(), &vector.text, &vector.name) {
            Given::Judged(bare) if bare == vector.text => "as it is",
            Given::Judged(_) => "without what was pasted around it",
            Given::Typed => "typed",
            Given::Refused => "refused",
            Given::Impossible => "impossible",
        };
        *texts.entry(given).or_insert(0) += 1;
    }
    // Whoever sends such a text to the page's judge or to the API has it judged as it stands; a prompt is pasted into.
    let others = [("impossible", 1), ("refused", 2), ("without what was pasted around it", 3)];
    assert_eq!(texts.remove("as it is"), Some(file.vectors.len() - 6), "{texts:?}");
    assert_eq!(texts, BTreeMap::from(others));
}

/// So many of each verdict and reason are checked by the program itself.
fn of_each() -> usize {
    if full_campaign() { 150 } else { 10 }
}

#[test]
fn the_program_says_of_bad_codes_what_the_registry_says() {
    let (situations, clock) = (situations::all(), SetClock::new());
    let mut cases = campaign::cases(situations.len());
    cases.extend(campaign::at_the_registry(&cases));
    let desks: Vec<Desk<'_>> = situations.iter().map(|it| Desk::new(&clock, &it.world)).collect();
    let known: Vec<_> = situations.iter().map(|it| it.world.held()).collect();
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    for Case { name, text, now, situation } in &cases {
        let desk = &desks[*situation];
        let at = Timestamp::from_seconds(*now);
        let judgement = judge(text, at, &desk.held);
        assert_eq!(judgement, judge(text, at, &known[*situation]), "{name}: {text}");
        let count = seen.entry((judgement.verdict().as_str(), judgement.reason())).or_default();
        *count += 1;
        if *count <= of_each() {
            desk.check(*now, text, name);
        }
    }
    assert_eq!(seen.into_keys().collect::<BTreeSet<_>>(), BTreeSet::from(TABLE), "every row of the table");
}

#[test]
fn what_only_a_page_passes_over_is_refused_by_name() {
    let (situations, clock) = (situations::all(), SetClock::new());
    let code = world::text(&TestKey::named("active").code(&press_card().payload()));
    for Situation { what, who, world } in &situations {
        let desk = Desk::new(&clock, world);
        assert_eq!(*who == Who::Page, !desk.refused.is_empty(), "{what}");
        let [_, file] = desk.refused.as_slice() else { continue };
        let ran = desk.run(NOW, &desk.refused, &code);
        assert_eq!((ran.code, ran.out.as_str()), (Some(WRONG_USAGE), ""), "{what}");
        assert!(ran.err.contains(file), "{what}: {}", ran.err);
    }
}
