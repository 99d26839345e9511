//! What a clerk finds, and in which order.

use super::*;

/// Finds among names as the store does, with every entry in one sorted list.
fn found<'n>(names: &[&'n str], query: &str) -> Vec<&'n str> {
    let query = Query::parse(query).expect("a query");
    let mut index: Vec<(String, &str)> =
        names.iter().flat_map(|name| entries(name, None).into_iter().map(move |entry| (entry, *name))).collect();
    index.sort();
    let mut found = Vec::new();
    for fit in query.fits() {
        let word = query.words().len() - 1;
        let range = query.range(fit, word);
        let rows = index.iter().filter(|(entry, _)| range.contains(entry));
        let answers = |entry: &String| query.answer(word, entry) == Some((fit, entry.clone()));
        for (entry, name) in rows.filter(|(entry, _)| answers(entry)) {
            for fit in [fit, query.widest()] {
                assert!(
                    query.patterns_beside(fit, word).all(|pattern| is_like(entry, &pattern)),
                    "{query:?} finds {entry}"
                );
            }
            found.push(*name);
        }
    }
    found
}

/// Whether a database would say so of a pattern that begins and ends with `%`.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut rest = Some(text);
    for piece in pattern.split('%') {
        rest = rest.and_then(|rest| rest.split_once(piece)).map(|(_, rest)| rest);
    }
    rest.is_some()
}

fn listed<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let mut names = names.to_vec();
    names.sort_by_key(|name| entries(name, None).remove(0));
    names
}

#[test]
fn people_are_listed_by_given_name_then_middle_names_then_family_name() {
    // By hand, as a class register in Việt Nam has them.
    let ordered = [
        "Lê Ái",
        "Nguyễn An",
        "Trần An",
        "Lê Thị An",
        "Lê Văn An",
        "Nguyễn Văn An",
        "Phạm Ánh",
        "Nguyễn Ân",
        "Đỗ Bích",
        "Lê Cúc",
        "Trần Duy",
        "Trần Đức",
        "Lê Em",
        "Hồ Én",
        "Bùi Hoa",
        "Lê Hoà",
        "Bùi Thị Hoà",
        "Bùi Văn Hòa",
        "Lê Hoả",
        "Lê Hoá",
        "Lê Hoan",
        "Lê Hoàng",
        "Lê Lan",
        "Ngô Oanh",
        "Ngô Ôn",
        "Ngô Ơn",
        "Lê Quy",
        "Lê Quý",
        "Lê Tùng",
        "Lê Từ",
        "Lê Uyên",
        "Lê Ứng",
        "Lê Yên",
    ];
    let mut shuffled = ordered.to_vec();
    shuffled.reverse();
    assert_eq!(listed(&shuffled), ordered);
}

const NAMES: &[&str] = &[
    "Lê Hoa",
    "Lê Hòa",
    "Trần Hoà",
    "Lê Hoá",
    "Lê Hoàng",
    "Trần Hoa Mai",
    "Trần Hoà Bình",
    "Nguyễn Văn Nguyên",
    "Nguyễn An",
    "Đỗ Đức",
    "Dư Dũng",
    "Đặng Thị Thuý",
    "Đặng Thúy An",
    "Hoàng Lan",
];

#[test]
fn without_marks_every_spelling_is_found_given_names_first_then_beginnings() {
    assert_eq!(
        found(NAMES, "hoa"),
        ["Lê Hoa", "Lê Hòa", "Trần Hoà", "Lê Hoá", "Trần Hoà Bình", "Trần Hoa Mai", "Lê Hoàng", "Hoàng Lan"]
    );
}

#[test]
fn with_marks_those_who_have_them_come_first_and_nobody_is_left_out() {
    let rest = ["Lê Hoa", "Lê Hoá", "Trần Hoa Mai", "Lê Hoàng", "Hoàng Lan"];
    let first = ["Lê Hòa", "Trần Hoà", "Trần Hoà Bình"];
    assert_eq!(found(NAMES, "hoà"), [&first[..], &rest[..]].concat());
    assert_eq!(found(NAMES, "nguyên"), ["Nguyễn Văn Nguyên", "Nguyễn An"]);
    assert_eq!(found(NAMES, "đ"), ["Đặng Thúy An", "Đặng Thị Thuý", "Đỗ Đức", "Dư Dũng"]);
}

#[test]
fn words_may_be_in_any_order_and_cut_short() {
    for query in ["thuy dang", "ĐẶNG thuý", "th đặng", "dang thuy"] {
        let mut both = found(NAMES, query);
        both.sort_unstable();
        assert_eq!(both, ["Đặng Thúy An", "Đặng Thị Thuý"], "{query}");
    }
    assert_eq!(found(NAMES, "thuy dang").first(), Some(&"Đặng Thúy An"), "{:?}", found(NAMES, "thuy dang"));
    assert_eq!(found(NAMES, "oa"), [] as [&str; 0], "a word is found by its beginning");
}

#[test]
fn a_name_has_one_entry_for_each_spelling_of_a_word() {
    let entries = entries("Trần Thị Hoà", Some("Hòa Hoa"));
    let key = "hoa!1!,thi!5!,tra|n!1!,hoa!1!hoa!!";
    let under = |form: &str, stands: u8| format!("{form} {stands} {key}");
    let expected = [("", 0), ("+hoa1", 0), ("+thi5", 1), ("+tra|n1", 1), ("hoa", 0), ("thi", 1), ("tran", 1)];
    assert_eq!(entries, expected.map(|(form, stands)| under(form, stands)));
}

#[test]
fn a_place_is_read_as_it_was_written() {
    let person = PersonId::parse("01890a5d-ac96-774b-bcce-b302099a8057").expect("an id");
    let place = Place { fit: Fit::OtherMarks, word: 2, person, entry: "hoa 0 hoa!1!,,le{!!,x.y".into() };
    assert_eq!(Place::parse(&place.to_string()), Some(place));
    for bad in
        ["", "w", "w.0", "q.0.01890a5d-ac96-774b-bcce-b302099a8057.x", "w.x.01890a5d-ac96-774b-bcce-b302099a8057.x"]
    {
        assert_eq!(Place::parse(bad), None, "{bad}");
    }
}

#[test]
fn agencies_are_ranked_by_how_well_they_answer_and_then_by_name() {
    let of = [
        ("Báo Hoà Bình", None),
        ("Báo Hoa Học Trò", None),
        ("Báo Hoàng Mai", None),
        ("Báo An Giang", Some("Hoà")),
        ("Báo Mai", None),
    ];
    let ranked = |query: &str| {
        let query = Query::parse(query).expect("a query");
        let mut found: Vec<_> =
            of.iter().filter_map(|(name, other)| Some((rank(&query, name, *other)?, *name))).collect();
        found.sort();
        found.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(ranked("hoà"), ["Báo An Giang", "Báo Hoà Bình", "Báo Hoa Học Trò", "Báo Hoàng Mai"]);
    assert_eq!(ranked("mai bao"), ["Báo Hoàng Mai", "Báo Mai"]);
}

#[test]
fn a_query_has_a_letter_or_a_digit() {
    for (raw, code) in [("", "empty"), ("%", "empty"), ("'\"_--", "empty"), ("a\u{202E}b", "control_character")] {
        assert_eq!(Query::parse(raw).map_err(|problem| problem.code), Err(code), "{raw:?}");
    }
    assert_eq!(Query::parse(&"x".repeat(10_000)).map_err(|problem| problem.code), Err("too_long"));
    assert_eq!(Query::parse("%Hoà_hòa'").map(|query| query.words().len()), Ok(1));
}

mod properties {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    /// A syllable of two vowels, with its tone on the first or the second of them.
    fn syllable(second: bool) -> impl Fn((usize, usize, usize)) -> String {
        move |(begin, vowels, tone)| {
            let (one, other) = [("o", "a"), ("o", "e"), ("u", "y")][vowels];
            let tone = ["", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"][tone];
            let begin = ["", "h", "th", "q", "kh", "đ"][begin];
            if second { format!("{begin}{one}{other}{tone}") } else { format!("{begin}{one}{tone}{other}") }
        }
    }

    proptest! {
        #[test]
        fn how_a_query_is_written_never_changes_what_is_found(
            parts in proptest::collection::vec((0..6_usize, 0..3_usize, 0..6_usize), 1..4),
        ) {
            let written = |second: bool| parts.iter().copied().map(syllable(second)).collect::<Vec<_>>().join(" ");
            let (old, new) = (written(false), written(true));
            let names = ["Lê Hòa", "Trần Hoà Đoá", "Đỗ Thúy Quý", "Vũ Khoẻ", "Khỏe Thuỷ Uy", "Phan Hoa Oe"];
            let first = found(&names, &old);
            for other in [new.clone(), old.nfc().collect(), new.nfd().collect(), old.to_uppercase(), new.nfc().collect::<String>().to_uppercase()] {
                prop_assert_eq!(found(&names, &other), first.clone());
            }
        }

        #[test]
        fn whatever_is_typed_is_a_query_or_a_problem(raw in "\\PC{0,220}|[%_'\"\\\\a-zà-ỹ -]{0,220}") {
            if let Ok(query) = Query::parse(&raw) {
                for fit in query.fits() {
                    for word in 0..query.words().len() {
                        let range = query.range(fit, word);
                        prop_assert!(range.start < range.end);
                    }
                }
            }
        }

        #[test]
        fn everybody_finds_themselves(name in "[A-Za-zÀ-ỹ' ]{1,40}", pen in "[a-zà-ỹ ]{0,20}") {
            let Ok(query) = Query::parse(&name) else { return Ok(()) };
            let entries = entries(&name, Some(&pen));
            let range = query.range(Fit::Words, 0);
            let answers = |entry: &&String| query.answer(0, entry) == Some((Fit::Words, (*entry).clone()));
            let mine = entries.iter().filter(|entry| range.contains(*entry)).filter(answers).collect::<Vec<_>>();
            prop_assert_eq!(mine.len(), 1);
            prop_assert!(query.patterns_beside(Fit::Words, 0).all(|pattern| is_like(mine[0], &pattern)));
        }
    }
}
