//! Finding people by name among 100,000 who work for one agency: the hardest case, for no index of one agency is longer.

use super::TestDatabase;
use super::bare::Engine;
use super::fixtures;
use super::rounds::{Aim, Comparison, Measure, Plan};
use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use press_registry::app::{Registry, agencies};
use press_registry::demo;
use press_registry::domain::agencies::{AgencyFields, AgencyKind, Level};
use press_registry::domain::events::{Event, EventKind, Object};
use press_registry::domain::ids::AgencyId;
use press_registry::domain::people::{Engagement, EngagementKind, NationalId, Person, PersonFields};
use press_registry::domain::search::Query;
use press_registry::domain::spelling::Word;
use press_registry::domain::time::Day;
use press_registry::policy;
use press_registry::store::{Tx, people, search};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// People of one transaction while they are entered.
const AT_ONCE: usize = 2_000;
/// People on a page.
const PAGE: usize = 50;
/// Searches that are timed one by one.
const SEARCHES: usize = 2_000;

#[derive(QueryableByName)]
#[expect(dead_code, reason = "read like the registry's rows, and then dropped")]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    full_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pen_name: Option<String>,
}

/// Compares a search with one page of the bare index, and says what 99 of 100 searches take.
pub(crate) fn compare<E: Engine>(plan: Plan, many: usize, database: &TestDatabase) {
    let (registry, _data_dir) = fixtures::open(database);
    let agency = fill(&registry, many);
    let mut bare = E::open(database.address());
    bare.batch_execute(E::SETTLE).expect("a database at rest");
    let (queries, today) = (queries(), registry.clock.now().day());
    let page = |query: &Query| {
        let found = registry.store.read_consistently(|db| {
            let places = search::find(db, agency, today, query, None, PAGE)?;
            let ids: Vec<_> = places.iter().map(|place| place.person).collect();
            people::find_in_order(db, &registry.secrets.sealing, &ids)
        });
        found.expect("a database").len()
    };
    let took = |query: &Query| {
        let began = Instant::now();
        page(query);
        began.elapsed().as_secs_f64() * 1e3
    };
    let timed = |queries: &[Query]| {
        let mut times: Vec<f64> = (0..SEARCHES).map(|nth| took(&queries[nth % queries.len()])).collect();
        times.sort_by(f64::total_cmp);
        vec![times[SEARCHES / 2], times[SEARCHES * 99 / 100]]
    };
    // The middle of the two is the 99th of a hundred; before it stands the median.
    timed(&queries);
    Measure { what: "search over 100,000: ms at p99 [median..p99]", engine: E::NAME, aim: Aim::AtMost(20.0) }
        .print(timed(&queries));
    Measure { what: "list by name: ms at p99 [median..p99]", engine: E::NAME, aim: Aim::AtMost(20.0) }
        .print(timed(&[Query::default()]));
    let (mut nth, mut other) = (0, 0);
    Comparison { what: "a page of a search : of the bare index", engine: E::NAME, aim: None }.run(
        plan,
        |turn| {
            rate(turn, || {
                nth += 1;
                page(&queries[nth % queries.len()])
            })
        },
        |turn| {
            rate(turn, || {
                other += 1;
                bare_page(&mut bare, agency, &queries[other % queries.len()])
            })
        },
    );
}

fn rate(turn: Duration, mut page: impl FnMut() -> usize) -> f64 {
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < turn {
        std::hint::black_box(page());
        done += 1;
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

/// As many rows by the same index, whoever they are: what no search can be cheaper than.
fn bare_page<E: Engine>(db: &mut E, agency: AgencyId, query: &Query) -> usize {
    let word = query.words().last().map(Word::folded).unwrap_or_default();
    db.rows::<Row>(&format!(
        "SELECT id, full_name, pen_name FROM people_words JOIN people ON id = person_id \
         WHERE agency_id = '{agency}' AND entry >= '{word}' ORDER BY entry LIMIT {PAGE}"
    ))
    .expect("a database")
    .len()
}

/// What clerks type: names in full, family and given name, a given name with and without marks, and the letters of a name
/// one after the other. Some of them thousands have, some nobody.
fn queries() -> Vec<Query> {
    let mut queries = Vec::new();
    for person in demo::names::people(99).take(100) {
        let words: Vec<&str> = person.full_name.split(' ').collect();
        let (first, last) = (words[0], words[words.len() - 1]);
        let plain = |word: &str| Word::all_of(word).iter().map(Word::folded).collect::<Vec<_>>().join(" ");
        queries.extend([person.full_name.clone(), plain(&person.full_name), format!("{last} {first}")]);
        queries.extend([last.to_owned(), plain(last), first.to_owned(), plain(first), format!("{last}x")]);
        queries.extend((1..=2).map(|many| last.chars().take(many).collect()));
        queries.extend((1..=2).map(|many| format!("{} {}", plain(first), last.chars().take(many).collect::<String>())));
        queries.push(words[..words.len() - 1].join(" "));
    }
    queries.iter().map(|raw| Query::parse(raw).expect("a query")).collect()
}

fn fill(registry: &Arc<Registry>, many: usize) -> AgencyId {
    let fields = AgencyFields {
        name: "Báo Mẫu".into(),
        short_name: None,
        kind: AgencyKind::Bao,
        press_types: None,
        level: Level::Central,
        governing_body: None,
        website: None,
        source: None,
    };
    let entered = registry
        .store
        .write_blocking(move |tx| agencies::enter(tx, &policy::the_program_itself(), fields.clone()))
        .expect("an agency");
    let mut invented = demo::names::people(1).take(many);
    let began = Instant::now();
    loop {
        let people: Vec<_> = invented.by_ref().take(AT_ONCE).collect();
        if people.is_empty() {
            break;
        }
        let of = Arc::clone(registry);
        registry.store.write_blocking(move |tx| insert(tx, &of, entered.id, &people)).expect("people");
    }
    println!("# {many} people entered in {:.0} s", began.elapsed().as_secs_f64());
    entered.id
}

/// Many people with one event: the log is not what is measured.
fn insert(
    tx: &mut Tx,
    registry: &Registry,
    agency: AgencyId,
    people: &[demo::names::Person],
) -> Result<(), press_registry::error::Error> {
    let rows: Vec<Person> = people
        .iter()
        .map(|it| Person {
            id: tx.new_id(),
            fields: PersonFields {
                full_name: it.full_name.clone(),
                pen_name: it.pen_name.clone(),
                birth_date: it.birth_date,
                national_id: NationalId::parse(&it.national_id).expect("twelve digits"),
                email: None,
            },
            portrait: None,
            engagements: vec![Engagement {
                id: tx.new_id(),
                agency,
                kind: EngagementKind::Staff,
                post: it.post.to_owned(),
                from: Day::parse("2020-01-02").expect("a day"),
                to: None,
            }],
            version: 1,
            created_at: tx.now(),
        })
        .collect();
    let event = Event::new(EventKind::AgencyChanged, Object::Agency(agency));
    tx.record(&policy::the_program_itself(), event, |writer| people::insert(writer, &registry.secrets.sealing, &rows))
}
