//! What an audit can find, in words that name the entry.

use std::fmt;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The leaf in this place is not the one that was signed.
    LeafAltered(i64),
    /// There is no leaf in this place.
    LeafRemoved(i64),
    /// The event in this place, or its personal fields, are not what its leaf commits to.
    EventAltered(i64),
    /// There is no event in this place.
    EventRemoved(i64),
    /// Personal fields of the event in this place are not there, and no later entry says that they were erased.
    FieldsRemoved(i64),
    /// Personal fields of the event in this place are there, although a later entry says that they were erased.
    FieldsKept(i64),
    /// Something stands in a place that the log does not reach.
    Inserted(i64),
    /// This entry is dated before the one before it.
    OutOfOrder(i64),
    /// Personal fields stand where no event has any.
    FieldsInserted,
    /// A tile is not what the entries give.
    TileAltered(i16, i64),
    /// The checkpoint in the database, or the one kept outside, is not signed by the log's key or not readable.
    CheckpointAltered(String),
    /// Entries were signed that are not there.
    Missing {
        /// Signed together.
        signed: u64,
        /// There.
        found: u64,
    },
    /// The entries lead to another root than was signed.
    OtherRoot {
        /// Signed together.
        size: u64,
    },
    /// Two persons have ended this log: another goes on with it.
    AnotherGoesOn,
    /// The entries of a log that ended are not those that its successor says it was found with.
    OtherEnd(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeafAltered(index) => write!(f, "entry {index}: its leaf was altered"),
            Self::LeafRemoved(index) => write!(f, "entry {index}: its leaf was removed"),
            Self::EventAltered(index) => write!(f, "entry {index}: its event was altered"),
            Self::EventRemoved(index) => write!(f, "entry {index}: its event was removed"),
            Self::FieldsRemoved(index) => {
                write!(f, "entry {index}: personal fields were removed, and no entry says that they were erased")
            }
            Self::FieldsKept(index) => {
                write!(f, "entry {index}: personal fields are there that were said to be erased")
            }
            Self::Inserted(index) => write!(f, "entry {index}: it was inserted; the log does not reach it"),
            Self::OutOfOrder(index) => write!(f, "entry {index}: it is dated before the entry before it"),
            Self::FieldsInserted => f.write_str("personal fields were inserted or removed"),
            Self::TileAltered(level, n) => write!(f, "tile {level}/{n}: it was altered; the entries give another"),
            Self::CheckpointAltered(why) => write!(f, "the checkpoint was altered: {why}"),
            Self::Missing { signed, found } => write!(f, "{signed} entries were signed, {found} are there"),
            Self::AnotherGoesOn => f.write_str("this log was ended: another goes on with it"),
            Self::OtherEnd(origin) => {
                write!(f, "the entries of {origin} are not those that were found when it was continued")
            }
            Self::OtherRoot { size } => {
                write!(f, "the first {size} entries are not those that were signed: their root is another")
            }
        }
    }
}
