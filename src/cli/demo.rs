//! `demo`: a registry full of invented people, served at once.

use super::Failure;
use super::settings::{LogFormat, public_address, start_log};
use crate::api::server;
use crate::app::reports::limits::Intake;
use crate::app::{Registry, Settings};
use crate::clock::Clock;
use crate::demo::{self, Demo};
use crate::entropy::Entropy;
use crate::pictures::qr::Symbol;
use crate::store::DatabaseUrl;
use clap::Args;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Args)]
pub(super) struct DemoOptions {
    /// Where the demo lives; a second start serves the same data
    #[arg(long, default_value = "./press-registry-demo")]
    dir: PathBuf,
    /// Address and port to serve on
    #[arg(long, env = "PRESS_REGISTRY_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The address that cards carry [default: http://LISTEN]
    #[arg(long, env = "PRESS_REGISTRY_PUBLIC_URL")]
    public_url: Option<String>,
}

/// Written before a demo is loaded and removed after it: what a cut-off load leaves may be loaded again.
const LOADING: &str = "demo.loading";
const DOCUMENT: &str = "demo.json";

pub(super) fn run(options: &DemoOptions) -> Result<(), Failure> {
    start_log(LogFormat::Text);
    let listener = TcpListener::bind(&options.listen).map_err(|error| {
        format!("cannot listen on {}: {error}; choose another with --listen 127.0.0.1:8081", options.listen)
    })?;
    let default_url = format!("http://{}", listener.local_addr()?);
    let public_url = public_address(options.public_url.as_deref().unwrap_or(&default_url))?;
    let dir = &options.dir;
    fs::create_dir_all(dir).map_err(|error| format!("the folder {} cannot be made: {error}", dir.display()))?;
    let settings = Settings {
        database: DatabaseUrl::parse(&format!("sqlite:{}", dir.join("registry.db").display()), false)?,
        data_dir: dir.clone(),
        key_passphrase_file: None,
        public_url: public_url.clone(),
        phone: "1900 0000 (demo)".to_owned(),
        demo: true,
        intake: Intake::default(),
        mail: None,
    };
    let document = dir.join(DOCUMENT);
    let mut demo = match document.exists() {
        true => serde_json::from_slice(&fs::read(&document)?)
            .map_err(|error| format!("{} is damaged ({error}): remove {}", document.display(), dir.display()))?,
        false => load(dir, &settings)?,
    };
    demo.move_to(&public_url);
    write_down(&demo, &document)?;
    let registry = Arc::new(Registry::open(settings, Clock::System, Entropy::System)?);
    registry.erase_again()?;
    registry.publish_lists()?;
    introduce(&demo);
    server::run(registry, listener)?;
    Ok(())
}

fn load(dir: &Path, settings: &Settings) -> Result<Demo, Failure> {
    clear_after_interruption(dir)?;
    let now = Clock::System.now();
    // The demo's past begins years ago: its clock is moved by hand.
    let clock = Clock::manual(now.plus_seconds(-6 * 365 * 24 * 3_600));
    let registry = Arc::new(Registry::open(settings.clone(), clock, Entropy::System)?);
    let demo = demo::load(&registry, now, &|what| eprintln!("  {what} …"))?;
    write_down(&demo, &dir.join(DOCUMENT))?;
    fs::remove_file(dir.join(LOADING))?;
    Ok(demo)
}

/// The document is there as a whole or not at all: it says that a demo was loaded to its end.
fn write_down(demo: &Demo, document: &Path) -> Result<(), Failure> {
    let unfinished = document.with_extension("json.new");
    fs::write(&unfinished, serde_json::to_vec_pretty(demo)?)?;
    Ok(fs::rename(&unfinished, document)?)
}

fn clear_after_interruption(dir: &Path) -> Result<(), Failure> {
    let marker = dir.join(LOADING);
    // A registry may have its database elsewhere: keys alone are somebody's.
    let is_taken = ["registry.db", "keys", "files"].iter().any(|name| dir.join(name).exists());
    if is_taken && !marker.exists() {
        return Err(Failure(format!(
            "{} holds a registry that is no demo; nothing was touched: choose another --dir",
            dir.display()
        )));
    }
    fs::write(&marker, "A demo is being loaded into this folder.\n")?;
    for name in ["registry.db", "registry.db-wal", "registry.db-shm"] {
        if dir.join(name).exists() {
            fs::remove_file(dir.join(name))?;
        }
    }
    for name in ["keys", "files"] {
        if dir.join(name).exists() {
            fs::remove_dir_all(dir.join(name))?;
        }
    }
    Ok(())
}

fn introduce(demo: &Demo) {
    println!("\nThe demo is at {}", demo.base_url);
    println!("Its API can be browsed at {}/docs\n", demo.base_url);
    println!("Accounts, all with the password «{}»:", demo::PASSWORD);
    for account in &demo.accounts {
        println!("  {:<14}{}", account.role, account.email);
    }
    if let Some(card) = demo.cards.first()
        && let Ok(symbol) = Symbol::of(&card.code)
    {
        println!("\nA valid card, number {}, typed code {}:\n", card.number, card.typed_code);
        println!("{}", symbol.terminal());
        println!("{}\n", card.code);
    }
    println!("Everything else is in demo.json. Stop with Ctrl-C; start again to go on with the same data.");
}
