//! `keys list`, `keys rotate`, `keys retire`.

use super::Failure;
use super::settings::Options;
use crate::app::keys;
use crate::domain::issuer::KeyState;
use clap::Subcommand;

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// List every signing key and its state
    List {
        #[command(flatten)]
        options: Options,
    },
    /// Make a new key for cards and retire the old one; cards of the old key stay valid
    Rotate {
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

pub(super) fn run(command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::List { options } => list(&options),
        KeysCommand::Rotate { options } => {
            let kid = keys::rotate(&options.open()?)?;
            println!("{kid} signs cards from now on; copy its file to the other nodes' `keys` folders.");
            Ok(())
        }
        KeysCommand::Retire { kid, compromised, options } => {
            keys::retire(&options.open()?, &kid, compromised)?;
            println!("{kid} is {}.", if compromised { "declared compromised" } else { "retired" });
            Ok(())
        }
    }
}

fn list(options: &Options) -> Result<(), Failure> {
    println!("{:<10}{:<10}{:<13}{:<28}UNTIL", "KID", "USE", "STATE", "FROM");
    for key in keys::list(&options.open()?)?.iter().filter(|key| key.public_key.is_some()) {
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
