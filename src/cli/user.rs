//! `user add`.

use super::Failure;
use super::settings::Options;
use crate::app::accounts::UserForm;
use clap::{Args, Subcommand};
use std::io::{IsTerminal as _, Read as _};

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Make an account; its password is read from standard input, or made and printed once
    Add(AddOptions),
}

#[derive(Args)]
pub(super) struct AddOptions {
    /// The address it signs in with
    #[arg(long)]
    email: String,
    /// admin, registrar, agency_head, agency_clerk, official, auditor or holder
    #[arg(long)]
    role: String,
    /// The agency's id, for its head and clerks
    #[arg(long, value_name = "ID")]
    agency: Option<String>,
    /// The province's code, for officials and registrars of a province
    #[arg(long, value_name = "CODE")]
    province: Option<String>,
    /// The public body's name, for officials
    #[arg(long, value_name = "NAME")]
    body: Option<String>,
    /// The person's id, for holders
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    #[command(flatten)]
    options: Options,
}

pub(super) fn run(command: UserCommand) -> Result<(), Failure> {
    let UserCommand::Add(add) = command;
    let registry = add.options.open_aside()?;
    let form = UserForm {
        email: add.email,
        role: add.role,
        agency_id: add.agency,
        province: add.province,
        body: add.body,
        person_id: add.person,
    };
    let typed = password_from_stdin()?;
    let password = typed.clone().unwrap_or_else(|| registry.entropy.code());
    let user = registry.add_user(form, &password)?;
    println!("{} {} {}", user.id, user.role.name().as_str(), user.email);
    if typed.is_none() {
        println!("password, shown this once: {password}");
    }
    Ok(())
}

/// The first line of standard input; `None` on a terminal and where there is nothing.
fn password_from_stdin() -> Result<Option<String>, Failure> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        return Ok(None);
    }
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    Ok(text.lines().next().map(str::to_owned).filter(|line| !line.is_empty()))
}
