use super::*;
use crate::domain::ids::{Id, PersonId};
use OfficeEvent::{Amend, Cease, Close, Confirm, Notify, Object, Resume, Stop, Suspend, Withdraw};
use OfficeState::{Closed, Confirmed, Draft, Notified, Objected, Stopped, Suspended, Withdrawn};

#[test]
fn nothing_happens_to_an_office_that_is_not_listed() {
    for state in OfficeState::ALL.iter().copied() {
        for event in OfficeEvent::ALL.iter().copied() {
            let lawful: &[OfficeState] = match (state, event) {
                (Draft, Amend) => &[Draft],
                (Draft, Notify) | (Notified | Confirmed | Objected, Amend) => &[Notified],
                (Draft | Notified | Objected, Withdraw) => &[Withdrawn],
                (Notified, Confirm) => &[Confirmed],
                (Notified, Object) => &[Objected],
                (Notified | Confirmed | Objected | Suspended, Stop) => &[Stopped],
                (Notified | Confirmed | Objected | Suspended, Close | Cease) => &[Closed],
                (Notified | Confirmed | Objected, Suspend) => &[Suspended],
                (Suspended, Resume) => &[Notified, Confirmed, Objected],
                _ => &[],
            };
            assert_eq!(state.after(event).collect::<Vec<_>>(), lawful, "{state:?} {event:?}");
        }
        assert_eq!(state.is_final(), matches!(state, Stopped | Closed | Withdrawn), "{state:?}");
        assert_eq!(OfficeState::LIVE.contains(&state), !state.is_final() && state != Draft, "{state:?}");
    }
}

#[test]
fn what_follows_from_elsewhere_is_asked_for_by_nobody() {
    for event in OfficeEvent::ALL {
        let follows = matches!(event, Suspend | Resume | Cease);
        assert_eq!(OfficeEvent::requested(event.as_str()).is_err(), follows, "{event:?}");
    }
}

fn day(raw: &str) -> Day {
    Day::parse(raw).expect("a date")
}

fn fields(kind: OfficeKind, from: &str) -> OfficeFields {
    let address = kind.has_premises().then(|| "Số 1 phố Ví Dụ".to_owned());
    OfficeFields { kind, from: day(from), address, of_centre: false, documents: Document::ALL.to_vec() }
}

fn known(fields: &OfficeFields) -> Known<'_> {
    Known {
        told_on: day("2016-01-01"),
        fields,
        begins: fields.from,
        begins_at: "/from",
        holds_card: true,
        no_discipline: true,
        has_office: false,
        reporters: 0,
    }
}

/// What is lacking on this day, in codes and articles.
fn lacking(on: &str, known: &Known) -> Vec<(String, &'static str, bool)> {
    let told = OfficeRules::of(day(on)).lacking(&Known { told_on: known.told_on.max(day(on)), ..*known });
    told.into_iter().map(|it| (it.pointer, it.code, it.detail.contains("(L2016 Đ22)"))).collect()
}

fn one(pointer: &str, code: &'static str, is_of_2016: bool) -> Vec<(String, &'static str, bool)> {
    vec![(pointer.to_owned(), code, is_of_2016)]
}

#[test]
fn the_law_of_the_day_of_the_notice_says_how_early_it_has_to_be() {
    let cases = [
        ("2026-06-30", "2026-07-15", true),
        ("2026-06-30", "2026-07-14", false),
        ("2026-07-01", "2026-07-11", true),
        ("2026-07-01", "2026-07-10", false),
        ("2017-01-01", "2017-01-15", false),
        // No law is known here that was in force before.
        ("2016-12-31", "2016-12-31", true),
    ];
    for kind in [OfficeKind::ResidentAgency, OfficeKind::RepresentativeOffice, OfficeKind::ResidentReporter] {
        for (notified, from, in_time) in cases {
            let fields = fields(kind, from);
            let expected = if in_time { vec![] } else { one("/from", "too_soon", notified < "2026-07-01") };
            assert_eq!(lacking(notified, &known(&fields)), expected, "{kind:?} {notified} {from}");
        }
    }
    let assigned = fields(OfficeKind::AssignedReporter, "2026-07-01");
    assert_eq!(lacking("2026-07-01", &Known { holds_card: false, ..known(&assigned) }), []);
}

#[test]
fn changes_are_told_of_five_days_before_by_the_law_of_2016_alone() {
    let in_time = |on, last| OfficeRules::of(day(on)).in_time(OfficeKind::RepresentativeOffice, day(last)).is_ok();
    assert!(in_time("2026-06-01", "2026-06-06") && !in_time("2026-06-01", "2026-06-05"));
    assert!(in_time("2026-07-01", "2026-07-01"));
    assert!(OfficeRules::of(day("2026-06-01")).in_time(OfficeKind::AssignedReporter, day("2026-06-01")).is_ok());
}

#[test]
fn three_reporters_without_an_office_are_enough_in_a_province() {
    let fields_of = |of_centre| OfficeFields { of_centre, ..fields(OfficeKind::ResidentReporter, "2027-01-01") };
    let (other, centre) = (fields_of(false), fields_of(true));
    let with = |reporters, has_office, fields| Known { reporters, has_office, ..known(fields) };
    assert_eq!(lacking("2026-12-01", &with(2, false, &other)), []);
    assert_eq!(lacking("2026-12-01", &with(3, false, &other)), one("/reporters", "too_many_reporters", false));
    assert_eq!(lacking("2026-12-01", &with(3, true, &other)), [], "with an office the rule does not apply");
    assert_eq!(lacking("2026-12-01", &with(3, false, &centre)), [], "nor to the Party Centre and the Government");
    assert_eq!(lacking("2026-06-01", &with(3, false, &other)), [], "nor was it law before");
}

#[test]
fn who_leads_or_is_alone_holds_a_card_and_by_the_law_of_2016_no_discipline() {
    for (kind, who) in [(OfficeKind::ResidentAgency, "/head"), (OfficeKind::ResidentReporter, "/reporters/0")] {
        let fields = fields(kind, "2027-01-01");
        let without = |holds_card, no_discipline| Known { holds_card, no_discipline, ..known(&fields) };
        assert_eq!(lacking("2026-12-01", &without(false, false)), one(who, "no_press_card", false));
        assert_eq!(lacking("2026-06-01", &without(false, true)), one(who, "no_press_card", true));
        let undeclared = one("/no_discipline_past_year", "not_declared", true);
        assert_eq!(lacking("2026-06-01", &without(true, false)), undeclared);
    }
}

#[test]
fn the_law_of_2016_names_the_papers_of_an_office() {
    let without = |paper| {
        let all = Document::ALL.iter().copied().filter(|it| *it != paper).collect();
        OfficeFields { documents: all, ..fields(OfficeKind::ResidentAgency, "2027-01-01") }
    };
    for paper in Document::ALL.iter().copied() {
        let fields = without(paper);
        let expected = if paper == Document::Assignment { vec![] } else { one("/documents", "missing_document", true) };
        assert_eq!(lacking("2026-06-01", &known(&fields)), expected, "{paper:?}");
        assert_eq!(lacking("2026-12-01", &known(&fields)), [], "{paper:?}");
    }
}

#[test]
fn an_office_has_premises_and_a_head_and_a_reporter_neither() {
    let person = "01890a5d-ac96-774b-bcce-b302099a8057";
    let other = "01890a5d-ac96-774b-bcce-b302099a8058";
    let told = |form: OfficeForm| {
        let errors = form.parse().err().unwrap_or_default();
        errors.into_iter().map(|it| (it.pointer, it.code)).collect::<Vec<_>>()
    };
    let office = OfficeForm {
        kind: "resident_agency".into(),
        from: "2027-01-01".into(),
        address: Some("Số 1 phố Ví Dụ".into()),
        head: Some(person.into()),
        ..OfficeForm::default()
    };
    let alone = OfficeForm {
        kind: "resident_reporter".into(),
        from: "2027-01-01".into(),
        reporters: vec![person.into()],
        ..OfficeForm::default()
    };
    let wrong =
        |errors: &[(&str, &'static str)]| errors.iter().map(|(at, code)| ((*at).to_owned(), *code)).collect::<Vec<_>>();
    assert_eq!((told(office.clone()), told(alone.clone())), (vec![], vec![]));
    let bare = OfficeForm { address: None, head: None, ..office.clone() };
    assert_eq!(told(bare), wrong(&[("/address", "missing"), ("/head", "missing")]));
    let housed = OfficeForm { address: office.address.clone(), head: Some(other.into()), ..alone.clone() };
    assert_eq!(told(housed), wrong(&[("/address", "not_for_this_kind"), ("/head", "not_for_this_kind")]));
    let two = OfficeForm { reporters: vec![person.into(), other.into()], ..alone.clone() };
    assert_eq!(told(two), wrong(&[("/reporters", "not_one")]));
    let many = OfficeForm { reporters: vec![other.into(); 101], ..office.clone() };
    assert!(told(many).contains(&("/reporters".to_owned(), "too_many")));
    let twice = OfficeForm { reporters: vec![other.into(), other.into(), person.into()], ..office.clone() };
    assert_eq!(told(twice), wrong(&[("/reporters/1", "twice"), ("/reporters/2", "twice")]));
    let papers = OfficeForm { documents: vec!["notice".into(), "notice".into(), "song".into()], ..office };
    assert_eq!(told(papers), wrong(&[("/documents/1", "twice"), ("/documents/2", "unknown_document")]));
    let nothing = OfficeForm { reporters: vec!["x".into()], ..OfficeForm::default() };
    assert_eq!(
        told(nothing),
        wrong(&[("/kind", "unknown_kind"), ("/from", "not_a_date"), ("/reporters/0", "not_an_id")])
    );
}

fn id(n: u32) -> PersonId {
    <PersonId as Id>::parse(&format!("01890a5d-ac96-774b-bcce-b302099a80{n:02}")).expect("an id")
}

fn staff(head: Option<u32>, reporters: &[u32]) -> Staff {
    Staff { head: head.map(id), reporters: reporters.iter().map(|n| id(*n)).collect() }
}

/// With nobody there yet.
fn empty(kind: OfficeKind) -> Office {
    Office {
        id: <OfficeId as Id>::parse("01890a5d-ac96-774b-bcce-b302099a8099").expect("an id"),
        agency: <AgencyId as Id>::parse("01890a5d-ac96-774b-bcce-b302099a8098").expect("an id"),
        province: ProvinceId::parse("01").expect("a unit"),
        fields: fields(kind, "2027-01-01"),
        posts: Vec::new(),
        state: Notified,
        before: None,
        change: None,
        to: None,
        reason: None,
        ground: None,
        drafted_by: <UserId as Id>::parse("01890a5d-ac96-774b-bcce-b302099a8097").expect("an id"),
        notified_by: None,
        notified_on: None,
        confirmed_on: None,
        version: 1,
        created_at: Timestamp::from_micros(0),
    }
}

fn change(on: &str) -> Change {
    Change { told_on: day("2027-02-01"), on: day(on) }
}

/// The office once a change says that these people are there.
fn changed(it: &Office, staff: &Staff, change: Change) -> Office {
    let posts = it.manned(staff, Some(change.on), change.last_day_before());
    Office { posts, change: Some(change), ..it.clone() }
}

/// Everybody, with first and last day.
fn days(posts: &[Posted]) -> Vec<(PersonId, Option<String>, Option<String>)> {
    let text = |day: Option<Day>| day.map(|day| day.to_string());
    posts.iter().map(|it| (it.person, text(it.from), text(it.to))).collect()
}

fn some(raw: &str) -> Option<String> {
    Some(raw.to_owned())
}

#[test]
fn whoever_leaves_was_there_until_that_day_and_whoever_comes_back_is_there() {
    let office = empty(OfficeKind::ResidentAgency);
    let first = Office { posts: office.manned(&staff(Some(1), &[2]), None, day("2027-01-01")), ..office };
    let second = changed(&first, &staff(Some(2), &[3]), change("2027-02-03"));
    let told = [(id(1), None, some("2027-02-02")), (id(2), None, None), (id(3), some("2027-02-03"), None)];
    assert_eq!(days(&second.posts), told);
    assert_eq!(second.people().map(|it| it.person).collect::<Vec<_>>(), [id(2), id(3)]);
    let third = changed(&second, &staff(Some(1), &[]), change("2027-03-04"));
    let march = some("2027-03-03");
    let told = [(id(1), some("2027-03-04"), None), (id(2), None, march.clone()), (id(3), some("2027-02-03"), march)];
    assert_eq!(days(&third.posts), told);
    for before in [Notified, Confirmed, Objected] {
        let suspended =
            Office { state: Suspended, before: Some(Before { state: before, reason: None }), ..second.clone() };
        assert_eq!(suspended.after(Resume), Some(before));
    }
}

#[test]
fn who_comes_and_leaves_with_a_change_does_so_when_it_is_put_off() {
    let office = empty(OfficeKind::ResidentAgency);
    let first = Office { posts: office.manned(&staff(Some(1), &[2]), None, day("2027-01-01")), ..office };
    let second = changed(&first, &staff(Some(2), &[3]), change("2027-02-03"));
    let put_off = second.put_off(change("2027-02-03"), change("2027-02-13"));
    let told = [(id(1), None, some("2027-02-12")), (id(2), None, None), (id(3), some("2027-02-13"), None)];
    assert_eq!(days(&put_off), told);
    // Whoever came or left with another change did so then.
    assert_eq!(second.put_off(change("2027-02-04"), change("2027-02-13")), second.posts);
}

#[test]
fn a_post_that_never_began_was_never_held() {
    let office = empty(OfficeKind::ResidentAgency);
    // Before the first day of the office nobody was there.
    let first = Office { posts: office.manned(&staff(Some(1), &[2]), None, day("2026-12-01")), ..office };
    assert_eq!(days(&first.manned(&staff(Some(3), &[]), None, day("2026-12-31"))), [(id(3), None, None)]);
    let left = first.manned(&staff(Some(3), &[]), None, day("2027-01-01"));
    assert_eq!(left.iter().filter(|it| it.to.is_some()).count(), 2);
    // Nor whoever was to come with a change that is mended before its day; whoever was to leave with it does.
    let pending = change("2027-02-03");
    let second = changed(&first, &staff(Some(1), &[3]), pending);
    let mended = changed(&second, &staff(Some(1), &[4]), pending);
    let told = [(id(1), None, None), (id(2), None, some("2027-02-02")), (id(4), some("2027-02-03"), None)];
    assert_eq!(days(&mended.posts), told);
    // It is taken back: they stay.
    let back = changed(&second, &staff(Some(1), &[2]), pending);
    assert_eq!(days(&back.posts), [(id(1), None, None), (id(2), None, None)]);
    // All of it ends before the change.
    let ended = [(id(1), None, None), (id(2), None, some("2027-01-15"))];
    assert_eq!(days(&second.ended(day("2027-01-15"))), ended);
    assert_eq!(second.ended(day("2027-02-03")), second.posts);
}

#[test]
fn whoever_leaves_the_agency_leaves_the_post_that_day() {
    let office = empty(OfficeKind::ResidentAgency);
    let first = Office { posts: office.manned(&staff(Some(1), &[2]), None, day("2027-01-01")), ..office };
    let second = changed(&first, &staff(Some(1), &[3]), change("2027-02-03"));
    let end = |person: u32, last: &str| {
        let posts = second.without(id(person), day(last));
        posts.into_iter().find(|it| it.person == id(person)).map(|it| it.to.map(|day| day.to_string()))
    };
    assert_eq!(end(1, "2027-01-10"), Some(some("2027-01-10")));
    assert_eq!(end(2, "2027-01-10"), Some(some("2027-01-10")), "before the day that was named");
    assert_eq!(end(2, "2027-03-03"), Some(some("2027-02-02")), "the post had ended");
    assert_eq!(end(3, "2027-02-02"), None, "it never began");
    assert_eq!(end(3, "2027-02-03"), Some(some("2027-02-03")));
    assert_eq!(end(1, "2026-12-31"), None, "nor did the office");
}

#[test]
fn another_reporter_alone_begins_anew_and_another_head_does_not() {
    let (first, on) = (day("2027-01-01"), change("2027-02-11"));
    let alone = empty(OfficeKind::ResidentReporter);
    let alone = Office { posts: alone.manned(&staff(None, &[1]), None, first), ..alone };
    let another = changed(&alone, &staff(None, &[2]), on);
    assert_eq!((another.beginning_anew(), another.lead()), (Some(on), Some(id(2))));
    assert!(!another.begins_as(&alone));
    // Also where whoever was alone there leaves the agency before.
    let left = Office { posts: another.without(id(1), day("2027-02-01")), ..another.clone() };
    assert_eq!(left.beginning_anew(), Some(on));
    // A change of something else.
    assert_eq!(changed(&alone, &staff(None, &[1]), on).beginning_anew(), None);
    let later = changed(&another, &staff(None, &[2]), change("2027-03-01"));
    assert_eq!(later.beginning_anew(), None);
    let office = empty(OfficeKind::RepresentativeOffice);
    let office = Office { posts: office.manned(&staff(Some(1), &[]), None, first), ..office };
    let another = changed(&office, &staff(Some(2), &[]), on);
    assert_eq!((another.beginning_anew(), another.lead()), (None, Some(id(2))));
    assert!(another.begins_as(&office));
    let from = |raw: &str| Office { fields: fields(OfficeKind::RepresentativeOffice, raw), ..office.clone() };
    assert!(from("2027-01-01").begins_as(&office) && !from("2027-01-02").begins_as(&office));
}

#[test]
fn papers_say_nothing_of_who_is_there_or_where() {
    let office = empty(OfficeKind::RepresentativeOffice);
    let office = Office { posts: office.manned(&staff(Some(1), &[2, 3]), None, day("2027-01-01")), ..office };
    let same = OfficeFields { documents: Vec::new(), of_centre: true, ..office.fields.clone() };
    let elsewhere = OfficeFields { address: Some("Số 2 phố Ví Dụ".into()), ..office.fields.clone() };
    assert!(office.says(&same, &staff(Some(1), &[3, 2])));
    assert!(!office.says(&elsewhere, &staff(Some(1), &[2, 3])));
    for other in [staff(Some(1), &[2]), staff(Some(2), &[1, 3]), staff(Some(1), &[2, 3, 4])] {
        assert!(!office.says(&same, &other), "{other:?}");
    }
}

#[test]
fn files_come_and_go_while_the_notice_is_open() {
    let taking: Vec<_> = OfficeState::ALL.iter().copied().filter(|state| state.takes_files()).collect();
    assert_eq!(taking, [Draft, Notified, Objected]);
    let at = |raw: &str| Timestamp::parse(raw).expect("a time");
    let office = Office { confirmed_on: Some(day("2027-01-01")), ..empty(OfficeKind::ResidentAgency) };
    // Midnight in Việt Nam.
    assert!(office.was_confirmed_with(at("2027-01-01T16:59:59Z")));
    assert!(!office.was_confirmed_with(at("2027-01-01T17:00:00Z")));
    assert!(!empty(OfficeKind::ResidentAgency).was_confirmed_with(at("2027-01-01T16:59:59Z")));
}

#[test]
fn an_office_is_over_after_its_last_day() {
    let until = |to: Option<&str>, state| Office { to: to.map(day), state, ..empty(OfficeKind::ResidentAgency) };
    for (to, state, is_over) in [
        (None, Confirmed, false),
        (Some("2027-02-01"), Confirmed, false),
        (Some("2027-01-31"), Confirmed, true),
        (Some("2027-01-31"), Suspended, true),
        (Some("2027-01-31"), Stopped, false),
    ] {
        assert_eq!(until(to, state).is_over(day("2027-02-01")), is_over, "{to:?} {state:?}");
    }
}
