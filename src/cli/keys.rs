//! `keys list`, `keys rotate`, `keys retire`.

use super::Failure;
use super::settings::Options;
use crate::app::keys::{self, Retirement};
use crate::domain::issuer::KeyState;
use crate::keys::PairUse;
use clap::{Subcommand, ValueEnum};

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// List every signing key and its state
    List {
        #[command(flatten)]
        options: Options,
    },
    /// Make a new key and retire the old one; what the old key signed stays good
    Rotate {
        /// What the key signs
        #[arg(long = "use", value_enum, default_value = "card")]
        key_use: KeyUse,
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

/// What a key signs.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum KeyUse {
    /// Card codes
    Card,
    /// Status lists and the issuer document
    Status,
    /// Access tokens
    Session,
}

impl KeyUse {
    const fn pair(self) -> PairUse {
        match self {
            Self::Card => PairUse::Card,
            Self::Status => PairUse::Status,
            Self::Session => PairUse::Session,
        }
    }
}

pub(super) fn run(command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::List { options } => list(&options),
        KeysCommand::Rotate { key_use, options } => {
            let pair = key_use.pair();
            let kid = keys::rotate(&options.open_to_mend_keys()?, pair)?;
            println!("{kid} signs from now on; copy keys/{}-{kid}.p8 to the other nodes.", pair.as_str());
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

fn list(options: &Options) -> Result<(), Failure> {
    println!("{:<10}{:<10}{:<13}{:<28}UNTIL", "KID", "USE", "STATE", "FROM");
    for key in keys::list(&options.open_to_mend_keys()?)?.iter().filter(|key| key.public_key.is_some()) {
        let state = match key.state {
            KeyState::Active => "active",
            KeyState::Retired => "retired",
            KeyState::Compromised => "compromised",
        };
        let until = key.not_after.map_or_else(String::new, |end| end.to_string());
        println!("{:<10}{:<10}{:<13}{:<28}{until}", key.id, key.purpose, state, key.not_before.to_string());
    }
    Ok(())
}
