//! `keys list`, `keys rotate`, `keys retire`, `keys reseal`.

use super::Failure;
use super::settings::Options;
use crate::app::Registry;
use crate::app::keys::{self, Retirement};
use crate::keys::{PairUse, Secret, later_sealing_file};
use clap::builder::PossibleValue;
use clap::{Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// List every signing key and its state
    List {
        #[command(flatten)]
        options: Options,
    },
    /// Make a new key; the old one goes on beside it until it is retired
    Rotate {
        /// What the key signs, or that it seals
        #[arg(long = "use", value_enum, default_value = "card")]
        for_use: KeyUse,
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
    /// Seal everything with the newest key that seals, whose file every node must have first, and take the old one out of
    /// use. Run again, it goes on where it was cut off
    Reseal {
        #[command(flatten)]
        options: Options,
    },
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyUse {
    /// It signs.
    Pair(PairUse),
    /// It seals national ids, files and kept answers.
    Sealing,
}

impl ValueEnum for KeyUse {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Pair(PairUse::Card), Self::Pair(PairUse::Status), Self::Pair(PairUse::Session), Self::Sealing]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, what) = match self {
            Self::Pair(PairUse::Card) => (PairUse::Card.as_str(), "Card codes"),
            Self::Pair(PairUse::Status) => (PairUse::Status.as_str(), "Status lists and the issuer document"),
            Self::Pair(PairUse::Session) => (PairUse::Session.as_str(), "Access tokens"),
            Self::Sealing => (Secret::Sealing.as_str(), "National ids, files and kept answers at rest"),
        };
        Some(PossibleValue::new(name).help(what))
    }
}

/// Longer than nodes take to learn of a key: they look twice a second.
const NODES_LEARN: Duration = Duration::from_secs(2);

pub(super) fn run(command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::List { options } => list(&options),
        KeysCommand::Rotate { for_use: KeyUse::Sealing, options } => {
            let id = keys::rotate_sealing(&options.open_to_mend_keys()?)?;
            println!("{id} opens from now on, and the old key goes on sealing.");
            let file = later_sealing_file(&id);
            println!("Copy keys/{file} to every other node first: none opens without it what is sealed anew.");
            println!("When each has it, run `keys reseal`.");
            Ok(())
        }
        KeysCommand::Reseal { options } => reseal(&options.open_to_mend_keys()?),
        KeysCommand::Rotate { for_use: KeyUse::Pair(pair), options } => {
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

/// Twice: what nodes sealed with the old key until they learnt that it is out of use is found the second time.
fn reseal(registry: &Registry) -> Result<(), Failure> {
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    let mut told = |looked_at: usize| bar.set_position(u64::try_from(looked_at).unwrap_or_default());
    let first = keys::reseal(registry, &mut told)?;
    std::thread::sleep(NODES_LEARN);
    let rest = keys::reseal(registry, &mut told)?;
    bar.finish_and_clear();
    println!("{} values and {} files were sealed anew.", first.values + rest.values, first.files + rest.files);
    // What a node seals while it has not yet learnt of this is found by another run only.
    if rest.nobodys > 0 {
        println!("{} files of older keys are no row's: they are removed within a day, or get theirs.", rest.nobodys);
    }
    if (first.values, first.files, rest.values, rest.files, rest.nobodys) == (0, 0, 0, 0, 0) {
        println!("Every one is sealed with the newest key: the files of older ones in keys/ may be removed.");
    } else {
        println!("Keep the files of older keys: run `keys reseal` again until it finds nothing to seal anew.");
    }
    Ok(())
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
