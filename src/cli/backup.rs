//! `backup` and `restore`.

use super::Failure;
use super::settings::Options;
use crate::app::backup::{self, NewLog, Restored, Witness};
use crate::clock::Clock;
use crate::domain::reason::Reason;
use clap::Args;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct BackupOptions {
    /// The file to write; it must not be there yet
    file: PathBuf,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
pub(super) struct RestoreOptions {
    /// The backup; without one, the database that was put back by other means
    #[arg(required_unless_present = "new_log")]
    file: Option<PathBuf>,
    /// Go on with another log, because entries that were signed are lost. Needs two persons
    #[arg(long, value_name = "REASON", requires = "by")]
    new_log: Option<String>,
    /// An administrator or national registrar who says so; twice. Each password is a line of standard input
    #[arg(long, value_name = "EMAIL", requires = "new_log")]
    by: Vec<String>,
    #[command(flatten)]
    options: Options,
}

pub(super) fn back_up(backup: &BackupOptions) -> Result<(), Failure> {
    backup.options.open_existing()?.back_up(&backup.file)?;
    println!("{} holds the database and the files. Keys are not in it: keep them apart.", backup.file.display());
    Ok(())
}

pub(super) fn restore(restore: &RestoreOptions) -> Result<(), Failure> {
    let settings = restore.options.settings()?;
    let new_log = restore.new_log.as_deref().map(|reason| new_log(reason, &restore.by)).transpose()?;
    let restored = match (&restore.file, new_log) {
        (Some(file), new_log) => backup::restore(&settings, file, new_log, Clock::System.now())?,
        (None, Some(new_log)) => backup::go_on_with_another_log(settings, new_log)?,
        (None, None) => return Err("name the backup to restore".into()),
    };
    tell(&restored);
    Ok(())
}

fn new_log(reason: &str, by: &[String]) -> Result<NewLog, Failure> {
    let reason = Reason::parse(reason).map_err(|problem| format!("the reason: {}", problem.detail))?;
    let [one, other] = by else {
        return Err("another log needs the word of two persons: --by EMAIL --by EMAIL".into());
    };
    Ok(NewLog { reason, by: [witness(one)?, witness(other)?] })
}

/// Their password, from a line of standard input.
fn witness(email: &str) -> Result<Witness, Failure> {
    if std::io::stdin().is_terminal() {
        eprint!("password of {email} (it is shown while you type): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(Witness { email: email.to_owned(), password: line.trim_end_matches(['\r', '\n']).to_owned() })
}

fn tell(restored: &Restored) {
    let audit = &restored.audit;
    println!("{}: {} entries, each as it was written.", audit.origin, audit.size);
    for missing in &audit.findings {
        println!("{missing}");
    }
    if restored.took_its_word {
        println!(
            "No checkpoint was kept on this machine: that nothing newer was signed is the backup's own word. Compare \
             with a checkpoint kept elsewhere."
        );
    }
    if let Some(origin) = &restored.origin {
        println!("The log goes on as {origin}. A new key signs cards; only old cards that are on record stay good.");
    }
    if let Some(replaced) = &restored.replaced {
        println!("What was there before is in {}; remove it when it is not needed.", replaced.display());
    }
}
