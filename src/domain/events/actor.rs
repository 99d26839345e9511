//! In whose name something happens.

use crate::domain::accounts::RoleName;
use crate::domain::ids::UserId;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The program itself: first start, the command line, the demo.
    Program,
    /// Anybody, not signed in.
    Anybody,
    /// An account.
    Account {
        /// Which.
        user: UserId,
        /// Its capacity.
        role: RoleName,
        /// The agency, public body or province it acted for, as shown to others.
        body: Option<String>,
    },
}

impl Actor {
    /// The account, where one was signed in.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Program | Self::Anybody => None,
            Self::Account { user, .. } => Some(*user),
        }
    }

    /// The capacity as stored and shown.
    pub const fn role_name(&self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Anybody => "anonymous",
            Self::Account { role, .. } => role.as_str(),
        }
    }

    /// What it acted for, as stored and shown.
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::Program | Self::Anybody => None,
            Self::Account { body, .. } => body.as_deref(),
        }
    }
}
