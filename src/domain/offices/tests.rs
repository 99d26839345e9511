use super::*;
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

#[test]
fn whoever_leaves_was_there_until_that_day_and_whoever_comes_back_is_there() {
    let id = |n: u32| {
        let raw = format!("01890a5d-ac96-774b-bcce-b302099a80{n:02}");
        <PersonId as crate::domain::ids::Id>::parse(&raw).expect("an id")
    };
    let staff =
        |head, reporters: &[u32]| Staff { head: Some(id(head)), reporters: reporters.iter().map(|n| id(*n)).collect() };
    let office = Office {
        id: <OfficeId as crate::domain::ids::Id>::parse("01890a5d-ac96-774b-bcce-b302099a8099").expect("an id"),
        agency: <AgencyId as crate::domain::ids::Id>::parse("01890a5d-ac96-774b-bcce-b302099a8098").expect("an id"),
        province: ProvinceId::parse("01").expect("a unit"),
        fields: fields(OfficeKind::ResidentAgency, "2027-01-01"),
        posts: Vec::new(),
        state: Notified,
        before: None,
        change: None,
        to: None,
        reason: None,
        ground: None,
        drafted_by: <UserId as crate::domain::ids::Id>::parse("01890a5d-ac96-774b-bcce-b302099a8097").expect("an id"),
        notified_by: None,
        notified_on: None,
        confirmed_on: None,
        version: 1,
        created_at: Timestamp::from_micros(0),
    };
    let first = Office { posts: office.manned(&staff(1, &[2]), day("2027-01-01")), ..office };
    let second = Office { posts: first.manned(&staff(2, &[3]), day("2027-02-02")), ..first };
    let gone = Posted { person: id(1), post: Post::Head, to: Some(day("2027-02-02")) };
    assert_eq!(second.posts.iter().find(|posted| posted.person == id(1)), Some(&gone));
    assert_eq!(second.people().map(|it| it.person).collect::<Vec<_>>(), [id(2), id(3)]);
    let third = second.manned(&staff(1, &[]), day("2027-03-03"));
    let ends: Vec<_> = third.iter().map(|it| (it.person, it.to.map(|day| day.to_string()))).collect();
    let march = Some("2027-03-03".to_owned());
    assert_eq!(ends, [(id(1), None), (id(2), march.clone()), (id(3), march)]);
    // Who leaves with a change that is put off leaves later; whoever left before does not.
    let change = |on: &str| Change { told_on: day("2027-02-01"), on: day(on) };
    let put_off = second.put_off(change("2027-02-03"), change("2027-02-13"));
    assert_eq!(put_off.iter().filter_map(|it| it.to).collect::<Vec<_>>(), [day("2027-02-12")]);
    assert_eq!(second.put_off(change("2027-02-04"), change("2027-02-13")), second.posts);
    for before in [Notified, Confirmed, Objected] {
        let suspended = Office { state: Suspended, before: Some(before), ..second.clone() };
        assert_eq!(suspended.after(Resume), Some(before));
    }
}

#[test]
fn another_reporter_alone_begins_anew_and_another_head_does_not() {
    let id = |n: u32| {
        let raw = format!("01890a5d-ac96-774b-bcce-b302099a80{n:02}");
        <PersonId as crate::domain::ids::Id>::parse(&raw).expect("an id")
    };
    let change = Change { told_on: day("2027-02-01"), on: day("2027-02-11") };
    let of = |kind: OfficeKind, post: Post, left: &str| Office {
        id: <OfficeId as crate::domain::ids::Id>::parse("01890a5d-ac96-774b-bcce-b302099a8099").expect("an id"),
        agency: <AgencyId as crate::domain::ids::Id>::parse("01890a5d-ac96-774b-bcce-b302099a8098").expect("an id"),
        province: ProvinceId::parse("01").expect("a unit"),
        fields: fields(kind, "2027-01-01"),
        posts: vec![Posted { person: id(2), post, to: None }, Posted { person: id(1), post, to: Some(day(left)) }],
        state: Notified,
        before: None,
        change: Some(change),
        to: None,
        reason: None,
        ground: None,
        drafted_by: <UserId as crate::domain::ids::Id>::parse("01890a5d-ac96-774b-bcce-b302099a8097").expect("an id"),
        notified_by: None,
        notified_on: None,
        confirmed_on: None,
        version: 1,
        created_at: Timestamp::from_micros(0),
    };
    let alone = of(OfficeKind::ResidentReporter, Post::Reporter, "2027-02-10");
    assert_eq!((alone.beginning_anew(), alone.lead()), (Some(change), Some(id(2))));
    // Whoever was alone there left before: this change is of something else.
    assert_eq!(of(OfficeKind::ResidentReporter, Post::Reporter, "2027-01-10").beginning_anew(), None);
    let office = of(OfficeKind::RepresentativeOffice, Post::Head, "2027-02-10");
    assert_eq!((office.beginning_anew(), office.lead()), (None, Some(id(2))));
}
