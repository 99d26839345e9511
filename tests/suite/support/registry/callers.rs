//! Signed-in callers of every role. Their accounts are real; only the sign-in is left out.

use super::TestRegistry;
use press_registry::app::sessions::{SignIn, Tokens};
use press_registry::error::Error;
use press_registry::{
    app::{accounts, passwords::hash_of_nobody},
    domain::{
        accounts::{BodyName, Caller, Email, Role},
        ids::{AgencyId, PersonId, SessionId},
        provinces::ProvinceId,
    },
    policy, store,
};

impl TestRegistry {
    /// Signs in from a place like any other.
    ///
    /// # Errors
    /// As the registry's own.
    pub(crate) fn sign_in(&self, email: &str, password: &str) -> Result<Tokens, Error> {
        let from = self.registry.neighbourhood(b"a place");
        self.registry.sign_in(&SignIn { email, password, device: None, from })
    }

    /// Runs accounts and keys.
    pub(crate) fn admin(&self) -> Caller {
        self.caller(Role::Admin)
    }

    /// The ministry's registrar. Each call makes another one.
    pub(crate) fn registrar(&self) -> Caller {
        self.caller(Role::NationalRegistrar)
    }

    /// The registrar of a province, which is named by its own id: `31-2025` is Hải Phòng.
    pub(crate) fn registrar_of(&self, province: &str) -> Caller {
        self.caller(Role::ProvincialRegistrar(self::province(province)))
    }

    /// A head of an agency.
    pub(crate) fn head_of(&self, agency: AgencyId) -> Caller {
        self.caller(Role::AgencyHead(agency))
    }

    /// A clerk of an agency.
    pub(crate) fn clerk_of(&self, agency: AgencyId) -> Caller {
        self.caller(Role::AgencyClerk(agency))
    }

    /// An official of a commune in Hải Phòng.
    pub(crate) fn official(&self) -> Caller {
        let body = BodyName::parse("Ủy ban nhân dân phường Hồng Bàng").expect("a body's name");
        self.caller(Role::Official { body, province: province("31-2025") })
    }

    /// Reads the log.
    pub(crate) fn auditor(&self) -> Caller {
        self.caller(Role::Auditor)
    }

    /// The journalist.
    pub(crate) fn holder(&self, person: PersonId) -> Caller {
        self.caller(Role::Holder(person))
    }

    fn caller(&self, role: Role) -> Caller {
        let email = format!("{}.{}@test.example", role.name().as_str(), self.shared.next());
        let email = Email::parse(&email).expect("an address");
        self.write(move |tx, _| {
            let permit = policy::the_program_itself();
            let user = accounts::enter(tx, &permit, email.clone(), role.clone())?;
            tx.repeat(&permit, tx.log_size(), |writer| {
                store::accounts::set_password_hash(writer, user.id, &hash_of_nobody())
            })?;
            let session = tx.new_id::<SessionId>();
            let body = accounts::acts_for(tx, &user.role)?;
            Ok(Caller { user: user.id, role: user.role, body, session, must_change_password: false })
        })
        .expect("an account")
    }
}

/// A unit by its own id.
pub(crate) fn province(id: &str) -> ProvinceId {
    ProvinceId::parse(id).expect("a province's id")
}

mod tests {
    use super::TestRegistry;
    use crate::support::on_both_databases;
    use press_registry::{
        app::{credentials, verifications},
        domain::{accounts::RoleName, credentials::ShownState, verdict::Verdict},
    };

    on_both_databases! {
        fn there_are_callers_of_every_role(node: TestRegistry) {
            let agency = node.local_agency("31-2025");
            let person = node.reporter(&agency);
            let callers = [
                node.admin(),
                node.registrar(),
                node.registrar_of("31-2025"),
                node.head_of(agency.id),
                node.clerk_of(agency.id),
                node.official(),
                node.auditor(),
                node.holder(person.id),
            ];
            assert_eq!(callers.map(|caller| caller.role.name()), RoleName::ALL);
        }

        fn a_card_is_issued_by_them_and_checked_by_anybody(node: TestRegistry) {
            let agency = node.local_agency("31-2025");
            let person = node.reporter(&agency);
            let card = node.issue(&agency, "press_card", &[person.id]).expect("a card").remove(0);
            assert_eq!(node.verdict(&card), (Verdict::Valid, None));
            node.happen(&node.registrar_of("31-2025"), &card, "suspend", "inquiry").expect("suspended");
            assert_eq!(node.verdict(&card), (Verdict::NotValid, Some("withdrawn")));
            let told = |caller| {
                let code = credentials::typed_code(&node, &card);
                let checked = verifications::verify(&node, &code, Some(&caller)).expect("a verdict");
                checked.state.map(ShownState::as_str)
            };
            assert_eq!((told(node.official()), told(node.holder(person.id))), (Some("suspended"), None));
        }
    }
}
