//! `import people`, `import agencies` and `import cards`: a file taken in at the machine itself, with a bar and every error told.

use super::Failure;
use super::settings::Options;
use crate::app::imports::{Ended, Progress, Source, Task, rejected_rows, take_in_agencies, take_in_state_cards};
use crate::domain::ids::{AgencyId, Id as _};
use crate::domain::imports::{AGENCIES, Column, FileFormat, Mode, Order, PEOPLE, RowError, STATE_CARDS, vietnamese};
use crate::domain::problem::FieldError;
use crate::error::Error;
use crate::store::agencies;
use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// As over HTTP.
const MOST_BYTES: u64 = 20 * 1024 * 1024;

#[derive(Subcommand)]
pub(super) enum ImportCommand {
    /// Enter the people of an agency. Run again, it goes on where it was cut off
    People {
        /// The agency's id
        #[arg(long, value_name = "ID")]
        agency: String,
        #[command(flatten)]
        file: FileOptions,
    },
    /// Enter agencies
    Agencies {
        #[command(flatten)]
        file: FileOptions,
    },
    /// Enter press cards of before the registry: number, name, agency, issued, `valid_until`. No card is issued
    Cards {
        #[command(flatten)]
        file: FileOptions,
    },
}

#[derive(Args)]
pub(super) struct FileOptions {
    /// CSV or XLSX, at most 20 MB
    file: PathBuf,
    /// Judge every row as it would be, and enter nothing
    #[arg(long)]
    dry_run: bool,
    /// What rows with errors mean for the others
    #[arg(long, value_enum, default_value = "all")]
    mode: Mode,
    /// Write the rejected rows with their errors beside them into a new file: XLSX where its name ends so, else CSV
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

impl ValueEnum for Mode {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let means = match self {
            Self::All => "Nothing is entered unless everything is",
            Self::Rows => "Each good row is entered",
        };
        Some(PossibleValue::new(self.as_str()).help(means))
    }
}

pub(super) fn run(command: ImportCommand) -> ExitCode {
    let done = match command {
        ImportCommand::People { agency, file } => people(&agency, &file),
        ImportCommand::Agencies { file } => agencies(&file),
        ImportCommand::Cards { file } => cards(&file),
    };
    match done {
        Ok(ended) if ended.counts.rejected == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(Failure(why)) => {
            eprintln!("press-registry: {why}");
            ExitCode::FAILURE
        }
    }
}

impl FileOptions {
    const fn order(&self) -> Order {
        Order { dry_run: self.dry_run, mode: self.mode }
    }

    fn source(&self, known: &'static [Column]) -> Result<Arc<Source>, Failure> {
        // Before anything is entered; and a file of rows that is mended and sent again is not lost.
        if let Some(rejected) = self.rejected.as_ref().filter(|file| file.exists()) {
            return Err(Failure(format!("{} is there already: name a new file", rejected.display())));
        }
        let unreadable = |error| Failure(format!("{}: {error}", self.file.display()));
        if fs::metadata(&self.file).map_err(unreadable)?.len() > MOST_BYTES {
            return Err(Failure(format!("{} has more than 20 MB: send it in parts", self.file.display())));
        }
        let source = Source::open(fs::read(&self.file).map_err(unreadable)?, known);
        source.map(Arc::new).map_err(|errors| {
            let told: Vec<String> = errors.iter().map(refusal).collect();
            Failure(format!("{} is not taken: {}", self.file.display(), told.join("; ")))
        })
    }

    /// Drawn on a terminal alone. Where all rows are entered together, each is counted twice: judged, and then entered.
    fn bar(&self, source: &Source) -> ProgressBar {
        let rows = u64::try_from(source.rows()).unwrap_or_default();
        let is_twice = !self.dry_run && self.mode == Mode::All;
        let bar = ProgressBar::new(if is_twice { rows.saturating_mul(2) } else { rows });
        let style = ProgressStyle::with_template("{msg:8} {bar:40} {percent}% {eta}");
        style.map_or(bar.clone(), |style| bar.with_style(style))
    }

    /// Takes the rows in under a bar, says what became of them, and gives the rejected ones back where that was asked for.
    fn taken_in(
        &self,
        source: Arc<Source>,
        work: impl FnOnce(Arc<Source>, &ProgressBar) -> Result<Ended, Error>,
    ) -> Result<Ended, Failure> {
        let bar = self.bar(&source);
        let ended = work(Arc::clone(&source), &bar)?;
        bar.finish_and_clear();
        tell(&ended);
        let Some(file) = self.rejected.as_ref().filter(|_| ended.counts.rejected > 0) else { return Ok(ended) };
        let is_book = file.extension().is_some_and(|end| end.eq_ignore_ascii_case(FileFormat::Xlsx.as_str()));
        let format = if is_book { FileFormat::Xlsx } else { FileFormat::Csv };
        let rows = rejected_rows(&source, &ended)?.in_format(format)?;
        write_new(file, &rows).map_err(|error| format!("{}: {error}", file.display()))?;
        println!("The rejected rows are in {}.", file.display());
        Ok(ended)
    }
}

/// Whose data it is are others: the file is its owner's alone.
fn write_new(file: &Path, content: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(content)
}

fn refusal(FieldError { pointer, code, detail, detail_vi }: &FieldError) -> String {
    let vi = detail_vi.as_deref().unwrap_or(detail);
    match pointer.strip_prefix("column:") {
        Some(column) => format!("column «{column}»: {code}: {vi} / {detail}"),
        None => format!("{code}: {vi} / {detail}"),
    }
}

fn people(agency: &str, file: &FileOptions) -> Result<Ended, Failure> {
    let agency = AgencyId::parse(agency).map_err(|problem| format!("the agency's id: {}", problem.detail))?;
    let source = file.source(PEOPLE)?;
    let registry = Arc::new(file.options.open_existing()?);
    if registry.store.read(|db| agencies::find(db, agency))?.is_none() {
        return Err(Failure(format!("there is no agency {agency}")));
    }
    file.taken_in(source, |source, bar| Task::of_command(registry, source, agency, file.order()).run(following(bar)))
}

fn agencies(file: &FileOptions) -> Result<Ended, Failure> {
    let source = file.source(AGENCIES)?;
    let registry = file.options.open_existing()?;
    file.taken_in(source, |source, bar| take_in_agencies(&registry, source, file.order(), following(bar)))
}

fn cards(file: &FileOptions) -> Result<Ended, Failure> {
    let source = file.source(STATE_CARDS)?;
    let registry = file.options.open_existing()?;
    file.taken_in(source, |source, bar| take_in_state_cards(&registry, source, file.order(), following(bar)))
}

/// Moves a bar on with the work.
fn following(bar: &ProgressBar) -> impl Fn(Progress) + Send + Sync + 'static {
    let bar = bar.clone();
    move |progress| {
        let (doing, rows, before) = match progress {
            Progress::Judged(rows) => ("judging", rows, 0),
            Progress::Entered(rows) => ("entering", rows, bar.length().unwrap_or_default() / 2),
        };
        bar.set_message(doing);
        bar.set_position(before.saturating_add(u64::try_from(rows).unwrap_or_default()));
    }
}

/// Says what became of the rows.
fn tell(Ended { counts, errors }: &Ended) {
    for RowError { row, error } in errors {
        let column = if error.column.is_empty() { "-" } else { &error.column };
        let vi = vietnamese(&error.code, &error.detail);
        println!("row {row}, {column}: {}: {vi} / {}", error.code, error.detail);
    }
    let rows = counts.rows();
    let s = if rows == 1 { "" } else { "s" };
    println!(
        "{rows} row{s}: {} accepted, of these {} unchanged; {} rejected; {} entered.",
        counts.accepted, counts.unchanged, counts.rejected, counts.registered
    );
}
