//! A file of press cards of before the registry, taken in by whoever holds the machine.

use super::super::Registry;
use super::source::Source;
use super::work::{Ended, Listener, Progress};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::AgencyId;
use crate::domain::imports::{CellError, Columns, Counts, Mode, Order, Row, RowError, read_state_card};
use crate::domain::state_cards::{StateCard, StateCardFields, StateCardState};
use crate::domain::text;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy;
use crate::store::agencies::Wanted;
use crate::store::{Read, Tx, agencies, state_cards as rows};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows judged together, and entered in one transaction where each is entered by itself.
const BATCH_ROWS: usize = 500;
/// Agencies read from the record at a time.
const AGENCIES_AT_ONCE: usize = 500;

/// Agencies by their short and their full names, folded: none where several bear one.
type Named = HashMap<String, Option<AgencyId>>;
/// The numbers of good rows before, and the rows they are in.
type Seen = HashMap<String, u32>;

#[derive(Default)]
struct Judged {
    counts: Counts,
    errors: Vec<RowError>,
    new: Vec<(StateCardFields, AgencyId)>,
    seen: Seen,
}

/// Takes in a file of cards; `told` hears how far it is. Blocks.
///
/// # Errors
/// The database's; 409 where somebody else entered some of them meanwhile.
pub fn take_in_state_cards(
    registry: &Registry,
    source: impl Into<Arc<Source>>,
    order: Order,
    told: impl Fn(Progress) + Send + Sync + 'static,
) -> Result<Ended, Error> {
    let told: Listener = Arc::new(told);
    let source: Arc<Source> = source.into();
    let named = Arc::new(registry.store.read_consistently(|db| named(db))?);
    let enters_rows = !order.dry_run && order.mode == Mode::Rows;
    let mut ended = Ended { counts: Counts::default(), errors: Vec::new() };
    let mut seen = Arc::new(Seen::new());
    source.batches(BATCH_ROWS, |batch| {
        let (source, named, before) = (Arc::clone(&source), Arc::clone(&named), Arc::clone(&seen));
        let judged = if enters_rows {
            registry.store.write_blocking(move |tx| {
                let today = tx.now().day();
                let mut judged = judge(tx, &named, source.columns(), &batch, &before, today)?;
                judged.counts.registered = enter(tx, &judged.new)?;
                Ok(judged)
            })?
        } else {
            let today = registry.clock.now().day();
            registry.store.read_consistently(|db| judge(db, &named, source.columns(), &batch, &before, today))?
        };
        ended.counts = ended.counts.plus(judged.counts);
        ended.errors.extend(judged.errors);
        Arc::make_mut(&mut seen).extend(judged.seen);
        told(Progress::Judged(ended.counts.rows()));
        Ok(())
    })?;
    if !order.dry_run && order.mode == Mode::All && ended.counts.rejected == 0 {
        ended.counts = registry.store.write_blocking(move |tx| enter_all(tx, &source, &named, &told))?;
    }
    Ok(ended)
}

fn enter_all(tx: &mut Tx, source: &Source, named: &Named, told: &Listener) -> Result<Counts, Error> {
    let today = tx.now().day();
    let (mut counts, mut seen) = (Counts::default(), Seen::new());
    source.batches(BATCH_ROWS, |batch| {
        let mut judged = judge(tx, named, source.columns(), &batch, &seen, today)?;
        judged.counts.registered = enter(tx, &judged.new)?;
        counts = counts.plus(judged.counts);
        seen.extend(judged.seen);
        told(Progress::Entered(counts.rows()));
        Ok(())
    })?;
    match counts.rejected {
        0 => Ok(counts),
        _ => Err(Error::WrongState { detail: "The record changed meanwhile: run it again.".into() }),
    }
}

fn named(db: &mut impl Read) -> Result<Named, Error> {
    let (mut named, mut after) = (Named::new(), None);
    loop {
        let part = agencies::list(db, &Wanted::default(), after, AGENCIES_AT_ONCE)?;
        after = part.last().map(|agency| agency.id);
        let is_last = part.len() <= AGENCIES_AT_ONCE;
        for agency in part {
            let short = agency.fields.short_name.as_ref().map(|name| name.as_str().to_owned());
            for name in [Some(agency.fields.name), short].into_iter().flatten() {
                let known = named.entry(text::fold(&name)).or_insert(Some(agency.id));
                *known = known.filter(|id| *id == agency.id);
            }
        }
        if is_last {
            return Ok(named);
        }
    }
}

fn judge(
    db: &mut impl Read,
    named: &Named,
    columns: &Columns,
    batch: &[Row],
    before: &Seen,
    today: Day,
) -> Result<Judged, Error> {
    let read: Vec<_> = batch.iter().map(|row| (row.number, read(named, columns, row, today))).collect();
    let keys: Vec<String> = read.iter().filter_map(|(_, row)| Some(row.as_ref().ok()?.0.number.key())).collect();
    let known: HashMap<String, StateCard> =
        rows::known_among(db, &keys)?.into_iter().map(|card| (card.fields.number.key(), card)).collect();
    let issued = rows::issued_among(db, &keys)?;
    let mut judged = Judged::default();
    for (number, row) in read {
        let wrong = |code: &str, detail: String| vec![cell_error("number", code, detail)];
        let verdict = row.and_then(|(fields, agency)| {
            let key = fields.number.key();
            let earlier = before.get(&key).or_else(|| judged.seen.get(&key));
            match (earlier, known.get(&key)) {
                (Some(row), _) => Err(wrong("doubled_row", format!("row {row} has the same number"))),
                (None, Some(card)) if (&card.fields, card.agency) == (&fields, agency) => Ok((key, None)),
                (None, Some(_)) => {
                    Err(wrong("already_registered", "this card is on record with other data".to_owned()))
                }
                (None, None) if issued.contains(&key) => {
                    Err(wrong("number_taken", "a card of this registry has this number".to_owned()))
                }
                (None, None) => Ok((key, Some((fields, agency)))),
            }
        });
        match verdict {
            Ok((key, new)) => {
                judged.counts.accepted += 1;
                judged.counts.unchanged += i64::from(new.is_none());
                judged.new.extend(new);
                judged.seen.insert(key, number);
            }
            Err(errors) => {
                judged.counts.rejected += 1;
                judged.errors.extend(errors.into_iter().map(|error| RowError { row: number, error }));
            }
        }
    }
    Ok(judged)
}

fn cell_error(column: &str, code: &str, detail: String) -> CellError {
    CellError { column: column.to_owned(), code: code.to_owned(), detail }
}

/// The card of a row and its agency: every mistake at once.
fn read(
    named: &Named,
    columns: &Columns,
    row: &Row,
    today: Day,
) -> Result<(StateCardFields, AgencyId), Vec<CellError>> {
    let agency = match named.get(&text::fold(columns.cell(&row.cells, "agency"))) {
        Some(Some(id)) => Ok(*id),
        Some(None) => Err(cell_error("agency", "ambiguous_agency", "several agencies bear this name".to_owned())),
        None => Err(cell_error("agency", "unknown_agency", "no agency has this name".to_owned())),
    };
    match (read_state_card(columns, row, today), agency) {
        (Ok(fields), Ok(agency)) => Ok((fields, agency)),
        (fields, agency) => Err(fields.err().into_iter().flatten().chain(agency.err()).collect()),
    }
}

/// Enters cards, each with an event; gives how many.
fn enter(tx: &mut Tx, new: &[(StateCardFields, AgencyId)]) -> Result<i64, Error> {
    if new.is_empty() {
        return Ok(0);
    }
    let entered = |(fields, agency): &(StateCardFields, AgencyId)| StateCard {
        id: tx.new_id(),
        fields: fields.clone(),
        agency: *agency,
        state: StateCardState::Active,
        ground: None,
        version: 1,
        created_at: tx.now(),
    };
    let cards: Vec<StateCard> = new.iter().map(entered).collect();
    let events = cards.iter().map(|card| {
        let StateCardFields { number, name, issued, until } = &card.fields;
        Event::new(EventKind::StateCardEntered, Object::StateCard(card.id))
            .with(json!({
                "agency": card.agency.to_string(),
                "issued": issued.to_string(),
                "valid_until": until.to_string(),
            }))
            .about(card.id, json!({ "number": number.as_str(), "name": name }))
    });
    tx.record_all(&policy::the_program_itself(), events, |writer| rows::insert(writer, &cards))?;
    i64::try_from(cards.len()).map_err(Error::internal)
}
