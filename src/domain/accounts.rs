//! Accounts: who may sign in, and in what capacity.

use super::devices::DeviceEpoch;
use super::ids::{AgencyId, PersonId, SessionId, UserId};
use super::problem::FieldProblem;
use super::provinces::ProvinceId;
use super::text;
use super::time::Timestamp;
use std::fmt;

/// The capacity an account acts in, with what it is tied to. What it may do stands in `policy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs accounts and keys; reads no personal record.
    Admin,
    /// The ministry's registrar: decides applications, suspends and revokes.
    NationalRegistrar,
    /// A provincial department's registrar: endorses and watches over the agencies of one province.
    ProvincialRegistrar(ProvinceId),
    /// Head or deputy of an agency (người đứng đầu): answers for its staff.
    AgencyHead(AgencyId),
    /// An agency's clerk: keeps its records.
    AgencyClerk(AgencyId),
    /// An official of a named body, who checks cards and reports misuse.
    Official {
        /// The body, e.g. a district's people's committee.
        body: BodyName,
        /// Where it is.
        province: ProvinceId,
    },
    /// Reads the log and opened cases; changes nothing.
    Auditor,
    /// The journalist: sees their own record.
    Holder(PersonId),
}

/// The capacities without what they are tied to: the columns of the table of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoleName {
    /// See [`Role::Admin`].
    Admin,
    /// See [`Role::NationalRegistrar`].
    NationalRegistrar,
    /// See [`Role::ProvincialRegistrar`].
    ProvincialRegistrar,
    /// See [`Role::AgencyHead`].
    AgencyHead,
    /// See [`Role::AgencyClerk`].
    AgencyClerk,
    /// See [`Role::Official`].
    Official,
    /// See [`Role::Auditor`].
    Auditor,
    /// See [`Role::Holder`].
    Holder,
}

impl RoleName {
    /// Every role, in the order of the contract.
    pub const ALL: [Self; 8] = [
        Self::Admin,
        Self::NationalRegistrar,
        Self::ProvincialRegistrar,
        Self::AgencyHead,
        Self::AgencyClerk,
        Self::Official,
        Self::Auditor,
        Self::Holder,
    ];

    /// The name in the API: both registrars are `registrar`, told apart by their province.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::NationalRegistrar | Self::ProvincialRegistrar => "registrar",
            Self::AgencyHead => "agency_head",
            Self::AgencyClerk => "agency_clerk",
            Self::Official => "official",
            Self::Auditor => "auditor",
            Self::Holder => "holder",
        }
    }

    /// A heading that tells both registrars apart.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NationalRegistrar => "registrar (national)",
            Self::ProvincialRegistrar => "registrar (province)",
            Self::Admin | Self::AgencyHead | Self::AgencyClerk | Self::Official | Self::Auditor | Self::Holder => {
                self.as_str()
            }
        }
    }
}

impl Role {
    /// The capacity alone.
    pub const fn name(&self) -> RoleName {
        match self {
            Self::Admin => RoleName::Admin,
            Self::NationalRegistrar => RoleName::NationalRegistrar,
            Self::ProvincialRegistrar(_) => RoleName::ProvincialRegistrar,
            Self::AgencyHead(_) => RoleName::AgencyHead,
            Self::AgencyClerk(_) => RoleName::AgencyClerk,
            Self::Official { .. } => RoleName::Official,
            Self::Auditor => RoleName::Auditor,
            Self::Holder(_) => RoleName::Holder,
        }
    }

    /// The agency this account acts for.
    pub const fn agency(&self) -> Option<AgencyId> {
        match self {
            Self::AgencyHead(agency) | Self::AgencyClerk(agency) => Some(*agency),
            Self::Admin
            | Self::NationalRegistrar
            | Self::ProvincialRegistrar(_)
            | Self::Official { .. }
            | Self::Auditor
            | Self::Holder(_) => None,
        }
    }

    /// The province this account is bound to.
    pub const fn province(&self) -> Option<&ProvinceId> {
        match self {
            Self::ProvincialRegistrar(province) | Self::Official { province, .. } => Some(province),
            Self::Admin
            | Self::NationalRegistrar
            | Self::AgencyHead(_)
            | Self::AgencyClerk(_)
            | Self::Auditor
            | Self::Holder(_) => None,
        }
    }

    /// The public body an official belongs to.
    pub const fn body(&self) -> Option<&BodyName> {
        match self {
            Self::Official { body, .. } => Some(body),
            Self::Admin
            | Self::NationalRegistrar
            | Self::ProvincialRegistrar(_)
            | Self::AgencyHead(_)
            | Self::AgencyClerk(_)
            | Self::Auditor
            | Self::Holder(_) => None,
        }
    }

    /// The person whose own account this is.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Holder(person) => Some(*person),
            Self::Admin
            | Self::NationalRegistrar
            | Self::ProvincialRegistrar(_)
            | Self::AgencyHead(_)
            | Self::AgencyClerk(_)
            | Self::Official { .. }
            | Self::Auditor => None,
        }
    }

    /// The role of this name tied to these things: exactly what it needs, and nothing it does not.
    ///
    /// # Errors
    /// A problem with its field's name: `missing`, `not_for_this_role` or `unknown_role`.
    pub fn from_parts(role: &str, ties: Ties) -> Result<Self, (&'static str, FieldProblem)> {
        let Ties { agency, province, body, person } = ties;
        let missing = |field| (field, FieldProblem::new("missing", "this role needs it"));
        let surplus = |present: bool, field| match present {
            true => Err((field, FieldProblem::new("not_for_this_role", "this role has none"))),
            false => Ok(()),
        };
        let official = role == "official";
        let of_agency = matches!(role, "agency_head" | "agency_clerk");
        surplus(agency.is_some() && !of_agency, "agency_id")?;
        surplus(province.is_some() && !official && role != "registrar", "province")?;
        surplus(body.is_some() && !official, "body")?;
        surplus(person.is_some() && role != "holder", "person_id")?;
        match role {
            "admin" => Ok(Self::Admin),
            "registrar" => Ok(province.map_or(Self::NationalRegistrar, Self::ProvincialRegistrar)),
            "agency_head" => agency.map(Self::AgencyHead).ok_or_else(|| missing("agency_id")),
            "agency_clerk" => agency.map(Self::AgencyClerk).ok_or_else(|| missing("agency_id")),
            "official" => Ok(Self::Official {
                body: body.ok_or_else(|| missing("body"))?,
                province: province.ok_or_else(|| missing("province"))?,
            }),
            "auditor" => Ok(Self::Auditor),
            "holder" => person.map(Self::Holder).ok_or_else(|| missing("person_id")),
            _ => Err(("role", FieldProblem::new("unknown_role", "not one of the registry's roles"))),
        }
    }
}

/// What a role may be tied to, as read from a form or a row.
#[derive(Clone, Debug, Default)]
pub struct Ties {
    /// For heads and clerks.
    pub agency: Option<AgencyId>,
    /// For officials, and for registrars of one province.
    pub province: Option<ProvinceId>,
    /// For officials.
    pub body: Option<BodyName>,
    /// For holders.
    pub person: Option<PersonId>,
}

/// The name of a public body: 1–200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyName(String);

impl BodyName {
    /// # Errors
    /// `empty`, `too_long` or `control_character`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        text::line(raw, 200).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The longest address (RFC 5321 §4.5.3.1).
const MAX_EMAIL_CHARACTERS: usize = 254;

/// An e-mail address to sign in with: lower case, NFC, one `@`, at most 254 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// # Errors
    /// `not_an_email`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let problem = || FieldProblem::new("not_an_email", "an e-mail address, like name@agency.example");
        // Measured in lower case: some capitals become two characters, and what is stored must be read again.
        let line = text::line(&raw.to_lowercase(), MAX_EMAIL_CHARACTERS).map_err(|_| problem())?;
        let (local, domain) = line.split_once('@').ok_or_else(problem)?;
        let plain = |part: &str| !part.is_empty() && !part.contains(['@', ' ', ',', ';', '<', '>', '"']);
        (plain(local) && plain(domain) && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.'))
            .then(|| Self(line.clone()))
            .ok_or_else(problem)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It may.
    Active,
    /// It may not, and its sessions are over.
    Disabled,
}

impl AccountState {
    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    /// # Errors
    /// `unknown_state`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        match raw {
            "active" => Ok(Self::Active),
            "disabled" => Ok(Self::Disabled),
            _ => Err(FieldProblem::new("unknown_state", "`active` or `disabled`")),
        }
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What it signs in with.
    pub email: Email,
    /// What it acts as.
    pub role: Role,
    /// Whether it may sign in.
    pub state: AccountState,
    /// Which of its devices are known.
    pub devices: DeviceEpoch,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl User {
    /// Whether it may sign in and stay in.
    pub const fn is_active(&self) -> bool {
        match self.state {
            AccountState::Active => true,
            AccountState::Disabled => false,
        }
    }
}

/// Who is calling: a signed-in account, in one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user: UserId,
    /// The capacity it acts in.
    pub role: Role,
    /// What it acts for, as told in histories: its agency, public body or province by name.
    pub body: Option<String>,
    /// The session.
    pub session: SessionId,
    /// Signed in with a one-time code: may only choose a password.
    pub must_change_password: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::is_nfc;

    /// Words of all kinds of letters, with marks, and capitals that grow or change in lower case.
    fn word(most: usize) -> impl Strategy<Value = String> {
        let letter = prop_oneof![
            4 => proptest::char::range('a', 'z'),
            2 => proptest::sample::select("İΣÅẞǅỮ\u{212A}\u{2126}\u{300}\u{307}\u{345}\u{1F80}\u{1FBC}".chars().collect::<Vec<_>>()),
            1 => any::<char>(),
        ];
        proptest::collection::vec(letter, 1..=most).prop_map(|letters| letters.into_iter().collect())
    }

    proptest! {
        #[test]
        fn an_address_that_was_accepted_is_read_again_as_it_is(
            (local, domain, top) in (prop_oneof![word(8), word(260)], word(4), word(3)),
        ) {
            if let Ok(email) = Email::parse(&format!("{local}@{domain}.{top}")) {
                prop_assert!(is_nfc(email.as_str()) && email.as_str().chars().count() <= MAX_EMAIL_CHARACTERS);
                let again = Email::parse(email.as_str());
                prop_assert_eq!(again, Ok(email));
            }
        }
    }

    #[test]
    fn an_address_is_measured_as_it_is_kept() {
        let address = |letters: usize| format!("{}@bao.example", "İ".repeat(letters));
        assert_eq!(Email::parse(&address(121)).map(|it| it.as_str().chars().count()), Ok(254));
        assert_eq!(Email::parse(&address(122)).map_err(|p| p.code), Err("not_an_email"));
    }

    #[test]
    fn a_role_takes_exactly_what_it_needs() {
        let agency = || crate::domain::ids::Id::from_uuid(uuid::Uuid::from_u128(1));
        let with_agency = || Ties { agency: Some(agency()), ..Ties::default() };
        assert_eq!(Role::from_parts("agency_head", with_agency()), Ok(Role::AgencyHead(agency())));
        assert_eq!(
            Role::from_parts("agency_head", Ties::default()).map_err(|(f, p)| (f, p.code)),
            Err(("agency_id", "missing"))
        );
        assert_eq!(
            Role::from_parts("admin", with_agency()).map_err(|(f, p)| (f, p.code)),
            Err(("agency_id", "not_for_this_role"))
        );
        assert_eq!(
            Role::from_parts("king", Ties::default()).map_err(|(f, p)| (f, p.code)),
            Err(("role", "unknown_role"))
        );
        assert_eq!(Role::from_parts("registrar", Ties::default()), Ok(Role::NationalRegistrar));
    }

    #[test]
    fn addresses_are_compared_in_one_form() {
        assert_eq!(Email::parse(" Lan@Bao.Example ").expect("an address").as_str(), "lan@bao.example");
        for bad in ["", "lan", "lan@", "@bao.example", "a@b@c.example", "lan@bao", "a b@c.example", "lan@.example"] {
            assert_eq!(Email::parse(bad).map_err(|p| p.code), Err("not_an_email"), "{bad}");
        }
    }
}
