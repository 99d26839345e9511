//! The demo's accounts: one of every role, and three agencies among them. They exist in demos only.

use super::document::DemoAccount;
use super::houses::{CENTRAL, DemoHouse, LOCAL, VI_DU};
use super::past;
use crate::app::Registry;
use crate::app::accounts::UserForm;
use crate::domain::accounts::{Caller, User};
use crate::domain::credentials::Credential;
use crate::error::Error;
use std::collections::HashMap;
use std::sync::Arc;

/// The password of every demo account.
pub const PASSWORD: &str = "cay da ben nuoc san dinh";

/// A demo account before it is made.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// The address.
    pub email: &'static str,
    /// The role's name in the API.
    pub role: &'static str,
    /// For heads and clerks: the agency's short name.
    pub agency: Option<&'static str>,
    /// Province code, for officials and the provincial registrar.
    pub province: Option<&'static str>,
    /// For officials.
    pub body: Option<&'static str>,
}

const fn account(email: &'static str, role: &'static str) -> Account {
    Account { email, role, agency: None, province: None, body: None }
}

/// All accounts but the holder's, which is made once somebody holds a card.
pub const ACCOUNTS: &[Account] = &[
    account(ADMIN, "admin"),
    account("registrar@demo.example", "registrar"),
    account("registrar2@demo.example", "registrar"),
    Account { province: Some("31"), ..account("registrar.haiphong@demo.example", "registrar") },
    // A central agency, whose applications go straight to the ministry.
    Account { agency: Some(CENTRAL), ..account("head.central@demo.example", "agency_head") },
    Account { agency: Some(CENTRAL), ..account("clerk.central@demo.example", "agency_clerk") },
    // A local agency of Hải Phòng, whose applications its province endorses.
    Account { agency: Some(LOCAL), ..account("head.haiphong@demo.example", "agency_head") },
    Account { agency: Some(LOCAL), ..account("clerk.haiphong@demo.example", "agency_clerk") },
    Account {
        province: Some("31"), body: Some("Ủy ban nhân dân phường Hồng Bàng"), ..account(OFFICIAL, "official")
    },
    account("auditor@demo.example", "auditor"),
    // The invented agency of all cases: only there is something objected to, overdue or to be answered.
    Account { agency: Some(VI_DU), ..account("head.vidu@demo.example", "agency_head") },
    Account { agency: Some(VI_DU), ..account("clerk.vidu@demo.example", "agency_clerk") },
];

/// The administrator's address.
pub(super) const ADMIN: &str = "admin@demo.example";
/// The official's address.
pub(super) const OFFICIAL: &str = "official@demo.example";
/// The holder's address.
const HOLDER: &str = "holder@demo.example";

/// Makes all accounts but the holder's; gives who acts by each.
pub(super) fn let_in(registry: &Arc<Registry>, houses: &[DemoHouse]) -> Result<HashMap<String, Caller>, Error> {
    let made = ACCOUNTS.iter().map(|account| {
        let house = account.agency.and_then(|name| houses.iter().find(|house| house.is(name)));
        let form = UserForm {
            email: account.email.to_owned(),
            role: account.role.to_owned(),
            agency_id: house.map(|house| house.id.to_string()),
            province: account.province.map(str::to_owned),
            body: account.body.map(str::to_owned),
            person_id: None,
        };
        let User { id, role, .. } = registry.add_user(form, PASSWORD)?;
        let caller = registry.store.write_blocking(move |tx| past::caller(tx, id, role.clone()))?;
        Ok((account.email.to_owned(), caller))
    });
    made.collect()
}

/// Makes the holder's account.
pub(super) fn let_holder_in(registry: &Registry, card: &Credential) -> Result<(), Error> {
    let form = UserForm {
        email: HOLDER.to_owned(),
        role: "holder".to_owned(),
        person_id: Some(card.person.to_string()),
        ..UserForm::default()
    };
    registry.add_user(form, PASSWORD).map(drop)
}

/// What `demo.json` tells of them.
pub(super) fn told() -> Vec<DemoAccount> {
    let all = ACCOUNTS.iter().map(|account| (account.role, account.email)).chain([("holder", HOLDER)]);
    all.map(|(role, email)| DemoAccount {
        role: role.to_owned(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
    })
    .collect()
}
