//! `keys list`, `keys rotate`, `keys retire`.

use super::Failure;
use super::settings::Options;
use crate::app::keys::{self, Retirement};
use crate::keys::PairUse;
use clap::builder::PossibleValue;
use clap::{Subcommand, ValueEnum};

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// List every signing key and its state
    List {
        #[command(flatten)]
        options: Options,
    },
    /// Make a new key; the old one goes on beside it until it is retired
    Rotate {
        /// What the key signs
        #[arg(long = "use", value_enum, default_value = "card")]
        pair: PairUse,
        #[command(flatten)]
        options: Options,
    },
    /// Take a key out of use
    Retire {
        /// The key's id: 8 hex digits
        kid: String,
        /// Somebody else may have it: only cards that were really issued stay valid
        #[arg(long)]
        compromised: bool,
        #[command(flatten)]
        options: Options,
    },
}

impl ValueEnum for PairUse {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let signs = match self {
            Self::Card => "Card codes",
            Self::Status => "Status lists and the issuer document",
            Self::Session => "Access tokens",
        };
        Some(PossibleValue::new(self.as_str()).help(signs))
    }
}

pub(super) fn run(command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::List { options } => list(&options),
        KeysCommand::Rotate { pair, options } => {
            let kid = keys::rotate(&options.open_to_mend_keys()?, pair)?;
            println!("{kid} {}", what_now(pair));
            println!("Copy keys/{}-{kid}.p8 to the other nodes.", pair.as_str());
            Ok(())
        }
        KeysCommand::Retire { kid, compromised, options } => {
            let how = if compromised { Retirement::Compromised } else { Retirement::Orderly };
            keys::retire(&options.open_to_mend_keys()?, &kid, how)?;
            println!("{kid} is {}.", if compromised { "declared compromised" } else { "retired" });
            Ok(())
        }
    }
}

/// What the new key does, and the old one.
const fn what_now(pair: PairUse) -> &'static str {
    match pair {
        PairUse::Card => {
            "signs cards from now on. The old key does where the new file is not yet: run `keys retire` on it when \
             every node has the file."
        }
        PairUse::Status => {
            "is in the issuer document from now on. Run `keys retire` on the old key when every verifier has come by, \
             in a month or so: then the new one signs lists."
        }
        PairUse::Session => "signs access tokens from now on, and the old key none.",
    }
}

fn list(options: &Options) -> Result<(), Failure> {
    println!("{:<10}{:<10}{:<13}{:<28}UNTIL", "KID", "USE", "STATE", "FROM");
    for key in keys::list(&options.open_to_mend_keys()?)?.iter().filter(|key| key.public_key.is_some()) {
        let until = key.not_after.map_or_else(String::new, |end| end.to_string());
        println!(
            "{:<10}{:<10}{:<13}{:<28}{until}",
            key.id,
            key.purpose,
            key.state.as_str(),
            key.not_before.to_string()
        );
    }
    Ok(())
}
