//! The demo's accounts: one of every role, two agencies among them. They exist in demos only.

/// The password of every demo account.
pub const PASSWORD: &str = "cay da ben nuoc san dinh";

/// Which agency an account is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum House {
    /// A central agency, whose applications go straight to the ministry.
    Central,
    /// A local agency of Hải Phòng, whose applications its province endorses.
    Local,
}

/// A demo account before it is made.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// The address.
    pub email: &'static str,
    /// The role's name in the API.
    pub role: &'static str,
    /// For heads and clerks.
    pub house: Option<House>,
    /// Province code, for officials and the provincial registrar.
    pub province: Option<&'static str>,
    /// For officials.
    pub body: Option<&'static str>,
}

/// The short name of the central agency with accounts.
pub(super) const CENTRAL: &str = "Báo Lao Động";
/// The short name of the local one.
pub(super) const LOCAL: &str = "Báo Hải Phòng";

const fn account(email: &'static str, role: &'static str) -> Account {
    Account { email, role, house: None, province: None, body: None }
}

/// All accounts but the holder's, which is made once somebody holds a card.
pub const ACCOUNTS: &[Account] = &[
    account("admin@demo.example", "admin"),
    account("registrar@demo.example", "registrar"),
    account("registrar2@demo.example", "registrar"),
    Account { province: Some("31"), ..account("registrar.haiphong@demo.example", "registrar") },
    Account { house: Some(House::Central), ..account("head.central@demo.example", "agency_head") },
    Account { house: Some(House::Central), ..account("clerk.central@demo.example", "agency_clerk") },
    Account { house: Some(House::Local), ..account("head.haiphong@demo.example", "agency_head") },
    Account { house: Some(House::Local), ..account("clerk.haiphong@demo.example", "agency_clerk") },
    Account {
        province: Some("31"),
        body: Some("Ủy ban nhân dân phường Hồng Bàng"),
        ..account("official@demo.example", "official")
    },
    account("auditor@demo.example", "auditor"),
];

/// The holder's address.
pub(super) const HOLDER: &str = "holder@demo.example";
