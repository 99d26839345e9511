//! The command line: what the operator of a registry, and anybody who verifies a card, types.

mod backup;
mod demo;
mod import;
mod keys;
mod log;
mod serve;
mod settings;
mod user;
mod verify;

use clap::{Parser, Subcommand};
use settings::Options;
use std::fmt;
use std::process::ExitCode;

/// Wrong usage, as sysexits(3) has it: 1 to 3 are verdicts of `verify`.
const USAGE: u8 = 64;

/// A registry of press agencies, reporters and credentials that anyone can verify by QR.
#[derive(Parser)]
#[command(name = "press-registry", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what it does: real agencies, invented people, cards in every state, served at once
    Demo(demo::DemoOptions),
    /// Serve a registry, after bringing its database up to this program
    Serve(Options),
    /// Bring the database up to this program and stop
    Migrate(Options),
    /// Keep accounts
    User {
        #[command(subcommand)]
        command: user::UserCommand,
    },
    /// Enter many people or agencies from a file. Exit status 1 when a row was rejected
    Import {
        #[command(subcommand)]
        command: import::ImportCommand,
    },
    /// Keep signing keys
    Keys {
        #[command(subcommand)]
        command: keys::KeysCommand,
    },
    /// Prove that nothing in the log was altered, removed or inserted
    Log {
        #[command(subcommand)]
        command: log::LogCommand,
    },
    /// Write the embedded database and the files into one file, while the registry serves
    Backup(backup::BackupOptions),
    /// Put a backup in place, once its log has proven that nothing was altered and nothing signed is missing
    Restore(backup::RestoreOptions),
    /// Check a card's code or a picture of one. Exit status: 0 valid, 1 not valid, 2 cannot confirm, 3 not ours
    Verify(verify::VerifyOptions),
}

/// Why a command did not do what it should: a sentence that says what to do.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl<E: fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Reads the command line and runs its command.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _unprintable = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let done = match arguments.command {
        Command::Demo(options) => demo::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Migrate(options) => serve::migrate(&options),
        Command::User { command } => user::run(command),
        Command::Import { command } => return import::run(command),
        Command::Keys { command } => keys::run(command),
        Command::Backup(options) => backup::back_up(&options),
        Command::Restore(options) => backup::restore(&options),
        Command::Log { command } => return log::run(command),
        Command::Verify(options) => return verify::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            eprintln!("press-registry: {why}");
            ExitCode::FAILURE
        }
    }
}
