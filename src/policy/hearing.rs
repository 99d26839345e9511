//! Who speaks for whom in a case, and how much of it somebody is shown.

use crate::domain::accounts::{Caller, Role};

/// Whether what this account says is said by the subject of a case: by the holder or the agency themselves, or by a
/// registrar who writes down what came on paper. An agency's word about one of its people is not theirs.
pub const fn speaks_for_subject(caller: &Caller, subject_is_agency: bool) -> bool {
    match caller.role {
        Role::NationalRegistrar | Role::ProvincialRegistrar(_) | Role::Holder(_) => true,
        Role::AgencyHead(_) => subject_is_agency,
        Role::Admin | Role::AgencyClerk(_) | Role::Official { .. } | Role::Auditor => false,
    }
}

/// Whether this account is shown no more of a case than how it stands.
pub const fn sees_only_the_state(caller: &Caller) -> bool {
    matches!(caller.role, Role::Official { .. })
}

/// Whether this account may know which other cases are thought to be of the same person.
pub const fn sees_links(caller: &Caller) -> bool {
    match caller.role {
        Role::NationalRegistrar | Role::ProvincialRegistrar(_) | Role::Auditor => true,
        Role::Admin | Role::AgencyHead(_) | Role::AgencyClerk(_) | Role::Official { .. } | Role::Holder(_) => false,
    }
}

/// Whether this account is shown the files of the reports that led to a case. They may show who reported; what of them
/// the subject must know to reply, a registrar adds to the case itself.
pub const fn sees_what_was_reported(caller: &Caller) -> bool {
    match caller.role {
        Role::NationalRegistrar | Role::ProvincialRegistrar(_) | Role::Auditor => true,
        Role::Admin | Role::AgencyHead(_) | Role::AgencyClerk(_) | Role::Official { .. } | Role::Holder(_) => false,
    }
}

/// Whether this account has to say why it reads what is personal in a case.
pub const fn must_state_purpose(caller: &Caller) -> bool {
    matches!(caller.role, Role::Auditor)
}
