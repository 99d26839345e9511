//! `verify`: checks a card's code or a picture of one, with issuer document and lists at hand or by asking a registry.

use super::{Failure, USAGE};
use crate::app::verifications;
use crate::clock::Clock;
use crate::domain::held::Held;
use crate::domain::issuer::{KnownIssuer, Words};
use crate::domain::signed_list::Unbelieved;
use crate::domain::text;
use crate::domain::typed_code::TypedCode;
use crate::domain::verdict::{Known as _, Verdict, judge};
use crate::domain::wording;
use crate::pictures::qr;
use clap::Args;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

#[derive(Args)]
pub(super) struct VerifyOptions {
    /// The text of a QR, the code printed beside it, or a picture (PNG or JPEG) of a QR
    code_or_image: String,
    /// An issuer document: checks the signature with no network
    #[arg(long, value_name = "FILE")]
    issuer: Option<PathBuf>,
    /// A status list or an honest set that goes with the issuer document: tells the card's state with no network
    #[arg(long, value_name = "FILE", requires = "issuer")]
    status: Vec<PathBuf>,
    /// The registry to ask where no issuer document is given; never the address in the code
    #[arg(long, env = "PRESS_REGISTRY_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
}

/// What is told of a code.
struct Told {
    verdict: Verdict,
    lines: Vec<String>,
}

pub(super) fn run(options: &VerifyOptions) -> ExitCode {
    let told = read_code(&options.code_or_image).and_then(|code| match &options.issuer {
        Some(file) => offline(&code, file, &options.status),
        None => {
            // Before it is sent, not after.
            println!("{} ({})", both(&wording::reaches_the_registry()), options.url);
            Ok(ask(&code, &options.url))
        }
    });
    match told {
        Ok(told) => {
            told.lines.iter().for_each(|line| println!("{line}"));
            ExitCode::from(status(told.verdict))
        }
        Err(Failure(why)) => {
            eprintln!("press-registry: {why}");
            ExitCode::from(USAGE)
        }
    }
}

const fn status(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Valid => 0,
        Verdict::NotValid => 1,
        Verdict::CannotConfirm => 2,
        Verdict::NotOurs => 3,
    }
}

/// The text itself, or what is in the picture of that name; of a length that a registry takes, whether one is asked or not.
fn read_code(code_or_image: &str) -> Result<String, Failure> {
    // A code is longer than a file's name may be, and no file is called like one.
    let code = if Path::new(code_or_image).is_file() {
        let picture =
            std::fs::read(code_or_image).map_err(|error| format!("{code_or_image} cannot be read: {error}"))?;
        qr::read(&picture).map_err(|error| format!("{code_or_image}: {error}"))?
    } else {
        text::pasted(code_or_image).to_owned()
    };
    verifications::check_length(&code)?;
    Ok(code)
}

fn both(words: &Words) -> String {
    format!("{} / {}", words.vi, words.en)
}

/// What is said below every verdict: how old the list is, and what a card does not decide.
fn below(list_age_seconds: Option<i64>) -> [String; 2] {
    [both(&wording::list_age(list_age_seconds)), both(&wording::about_the_card())]
}

/// What is at hand: the document, and of the lists those that are believed. One that is not is as good as none, which
/// is said; a file that is no list at all was meant to be another.
fn held(document: &Path, lists: &[PathBuf]) -> Result<Held, Failure> {
    let read = |file: &Path| {
        std::fs::read(file).map_err(|error| Failure(format!("{} cannot be read: {error}", file.display())))
    };
    let issuer = KnownIssuer::from_json(&read(document)?)
        .map_err(|problem| format!("{} is not an issuer document: {problem:?}", document.display()))?;
    let mut held = Held::new(issuer);
    for file in lists {
        match held.add(&read(file)?) {
            Ok(()) => {}
            Err(why @ Unbelieved::NotAList) => return Err(format!("{}: {why}", file.display()).into()),
            Err(why @ (Unbelieved::UnknownKey | Unbelieved::BadSignature)) => {
                eprintln!("press-registry: {} is left out: {why}", file.display());
            }
        }
    }
    Ok(held)
}

fn offline(code: &str, document: &Path, lists: &[PathBuf]) -> Result<Told, Failure> {
    let held = held(document, lists)?;
    if TypedCode::parse(code).is_some() {
        return Ok(only_the_registry());
    }
    let judgement = judge(code, Clock::System.now(), &held);
    let (headline, next) = (wording::headline(&judgement), wording::next_step(&judgement, held.issuer().phone()));
    let mut lines = vec![both(&headline), both(&next)];
    if let Some(card) = judgement.card() {
        let claims = &card.claims;
        lines.push(format!("{} · {} · {}", claims.number.as_str(), claims.name.as_str(), claims.agency.as_str()));
    }
    lines.push(reason(judgement.verdict().as_str(), judgement.reason(), judgement.warning()));
    lines.extend(below(judgement.list_age_seconds));
    Ok(Told { verdict: judgement.verdict(), lines })
}

/// Typed codes are checked with a secret of the registry: offline they are neither ours nor not.
fn only_the_registry() -> Told {
    let verdict = Verdict::CannotConfirm;
    let mut lines = vec![both(&wording::cannot_confirm_yet()), both(&wording::only_the_registry())];
    lines.push(verdict.as_str().to_owned());
    lines.extend(below(None));
    Told { verdict, lines }
}

fn reason(verdict: &str, reason: Option<&str>, warning: Option<&str>) -> String {
    [Some(verdict), reason, warning].into_iter().flatten().collect::<Vec<_>>().join(" / ")
}

/// The registry's answer, as far as it is shown here.
#[derive(Deserialize)]
struct Answer {
    verdict: String,
    reason: Option<String>,
    warning: Option<String>,
    card: Option<AnswerCard>,
    text: AnswerText,
    list_age_seconds: Option<i64>,
}

#[derive(Deserialize)]
struct AnswerCard {
    number: String,
    name: String,
    agency: String,
}

#[derive(Deserialize)]
struct AnswerText {
    vi: String,
    en: String,
}

/// Nobody there, or nobody who makes sense, is no verdict about a card.
fn ask(code: &str, url: &str) -> Told {
    answer_of(code, url).unwrap_or_else(|Failure(why)| Told {
        verdict: Verdict::CannotConfirm,
        lines: vec![format!("cannot_confirm: {url} cannot be asked: {why}")],
    })
}

fn answer_of(code: &str, url: &str) -> Result<Told, Failure> {
    let address = format!("{}/api/v1/verifications", url.trim_end_matches('/'));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ureq::tls::TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
    let agent = ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(Duration::from_secs(10)))
        .http_status_as_error(false)
        .build()
        .new_agent();
    let mut answer = agent.post(&address).send_json(serde_json::json!({ "code": code }))?;
    if answer.status() != 200 {
        return Err(format!("it answered {}", answer.status()).into());
    }
    let answer: Answer = answer.body_mut().read_json().map_err(|error| format!("it gave no verdict: {error}"))?;
    let verdict = [Verdict::Valid, Verdict::NotValid, Verdict::CannotConfirm, Verdict::NotOurs]
        .into_iter()
        .find(|verdict| verdict.as_str() == answer.verdict)
        .ok_or("it gave a verdict that this version does not know")?;
    let mut lines = vec![answer.text.vi, answer.text.en];
    lines.extend(answer.card.map(|card| format!("{} · {} · {}", card.number, card.name, card.agency)));
    lines.push(reason(&answer.verdict, answer.reason.as_deref(), answer.warning.as_deref()));
    lines.extend(below(answer.list_age_seconds));
    Ok(Told { verdict, lines })
}
