//! The pure rules of the registry: ids, parsed words, states and what may follow what.
//!
//! Nothing here touches SQL, HTTP, a clock or randomness: the same input gives the same answer for ever.

pub mod accesses;
pub mod accounts;
pub mod agencies;
pub mod applications;
pub mod card_code;
pub mod cases;
mod cbor;
pub mod credentials;
pub mod eligibility;
pub mod erasure;
pub mod events;
pub mod findings;
pub mod held;
pub mod honest_set;
pub mod ids;
pub mod imports;
pub mod issuer;
pub mod log;
pub mod misuse;
pub mod notices;
pub mod patience;
pub mod people;
pub mod printed;
pub mod problem;
pub mod provinces;
pub mod reason;
pub mod reports;
pub mod resemblance;
pub mod retention;
pub mod search;
pub mod signed_list;
pub mod slots;
pub mod spelling;
pub mod statistics;
pub mod status_list;
pub mod successions;
pub mod text;
pub mod time;
pub mod timeline;
pub mod typed_code;
pub mod verdict;
pub mod wording;
pub mod working_days;
