//! `demo.json`: what a demo holds, for people and programs that try it.

use crate::domain::card_code::moved;
use serde::{Deserialize, Serialize};

/// The document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demo {
    /// Where it is served.
    pub base_url: String,
    /// Who may sign in.
    pub accounts: Vec<DemoAccount>,
    /// Cards in every state, the first of them valid.
    pub cards: Vec<DemoCard>,
    /// Letters of introduction.
    pub letters: Vec<DemoCard>,
    /// Codes that must not verify.
    pub forged: Vec<String>,
    /// Cases of misuse in every state.
    #[serde(default)]
    pub cases: Vec<DemoCase>,
    /// Cards without a QR of the registry, for an official to look up.
    #[serde(default)]
    pub lookups: Vec<DemoLookup>,
}

/// An account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoAccount {
    /// Its role.
    pub role: String,
    /// Its address.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// A card or letter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoCard {
    /// `valid`, `expired`, `suspended`, `revoked`, `lost`, `returned` or `replaced`.
    pub state: String,
    /// As printed.
    pub number: String,
    /// The text of its QR.
    pub code: String,
    /// The code printed beside the QR.
    pub typed_code: String,
}

/// A case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoCase {
    /// Its id.
    pub id: String,
    /// Where it stands, as the API says it.
    pub state: String,
}

/// What an official may look up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoLookup {
    /// The number on the card.
    pub number: String,
    /// The name on it.
    pub name: String,
    /// What is answered: `valid`, `not_valid` or `no_match`.
    pub verdict: String,
}

impl Demo {
    /// The same demo served at another address: the signed bytes stay as they are.
    pub fn move_to(&mut self, base_url: &str) {
        for card in self.cards.iter_mut().chain(&mut self.letters) {
            card.code = moved(&card.code, base_url);
        }
        for code in &mut self.forged {
            *code = moved(code, base_url);
        }
        base_url.clone_into(&mut self.base_url);
    }
}
