//! Who may name what. A rule says where it holds, what it forbids there, and why.

/// One sentence about the code.
pub(super) struct Rule {
    /// The sentence.
    pub(super) name: &'static str,
    /// The modules it holds in, with all below them.
    pub(super) within: &'static [&'static str],
    /// The modules it does not hold in, although they are within.
    pub(super) except: &'static [&'static str],
    /// What must not stand there.
    pub(super) forbids: Forbids,
    /// Files, each with a source that breaks it: how the rule itself is tested.
    pub(super) broken_by: &'static [(&'static str, &'static str)],
}

/// What a rule forbids.
pub(super) enum Forbids {
    /// Paths in which these names follow each other.
    Names(&'static [&'static str]),
    /// Modules of this crate other than these.
    OwnModulesBut(&'static [&'static str]),
    /// Deciding by a variant of this enum. Making one is no decision.
    Deciding(&'static str),
    /// Deciding by what a field of this name is tied to: comparing what one of these methods of it gives, or asking
    /// whether it gives anything.
    DecidingBy(&'static str, &'static [&'static str]),
    /// Calling a method without arguments.
    Method(&'static str),
}

/// In every file: the crate itself is the module above all.
const EVERYWHERE: &[&str] = &[""];

/// All rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "the domain knows nothing of the crate but itself",
        within: &["domain"],
        except: &[],
        forbids: Forbids::OwnModulesBut(&["domain"]),
        broken_by: &[
            ("domain/cards.rs", "use crate::store::cards;"),
            ("domain/cards.rs", "use crate::{domain::text, error::Error};"),
            ("domain/cards.rs", "fn f() { super::super::app::cards::issue() }"),
            ("domain/mod.rs", "use super::policy::Permit;"),
        ],
    },
    Rule {
        name: "the domain is pure: no SQL, HTTP, clock, randomness, environment, files or network",
        within: &["domain"],
        except: &[],
        forbids: Forbids::Names(&[
            "diesel",
            "actix_web",
            "SystemTime",
            "Instant::now",
            "Utc::now",
            "fastrand",
            "getrandom",
            "rand",
            "std::env",
            "std::fs",
            "std::net",
            "std::process",
        ]),
        broken_by: &[
            ("domain/cards.rs", "#[derive(diesel::Queryable)] struct Row;"),
            ("domain/cards.rs", "use actix_web::http;"),
            ("domain/cards.rs", "use std::{fmt, time::{Duration, SystemTime}};"),
            ("domain/cards.rs", "fn f() { let t = Instant::now(); }"),
            ("domain/cards.rs", "fn f() { fastrand::u8(..); }"),
            ("domain/cards.rs", "use std::{env, fs};"),
        ],
    },
    Rule {
        name: "the policy knows the domain, the errors, and which province became part of which",
        within: &["policy"],
        except: &[],
        forbids: Forbids::OwnModulesBut(&["data", "domain", "error", "policy"]),
        broken_by: &[("policy.rs", "use crate::{domain::Role, store::Tx};")],
    },
    Rule {
        name: "the store serves app and api, and knows neither",
        within: &["store"],
        except: &[],
        forbids: Forbids::Names(&["crate::api", "crate::app"]),
        broken_by: &[("store/mod.rs", "use crate::app::Context;"), ("store/cards.rs", "use crate::api;")],
    },
    Rule {
        name: "the app does not know who calls it",
        within: &["app"],
        except: &[],
        forbids: Forbids::Names(&["crate::api"]),
        broken_by: &[("app/cards.rs", "use crate::api::Page;")],
    },
    Rule {
        name: "all SQL is in the store",
        within: EVERYWHERE,
        except: &["store"],
        forbids: Forbids::Names(&["diesel", "diesel_migrations", "pq_sys", "libsqlite3_sys"]),
        broken_by: &[
            ("app/cards.rs", "use diesel::prelude::*;"),
            ("error.rs", "impl From<::diesel::result::Error> for Error {}"),
            ("restore.rs", "use diesel_migrations::embed_migrations;"),
        ],
    },
    Rule {
        name: "all HTTP is in the api",
        within: EVERYWHERE,
        except: &["api", "error"],
        forbids: Forbids::Names(&["actix_web", "utoipa_actix_web"]),
        broken_by: &[("app/cards.rs", "use actix_web::web;"), ("main.rs", "#[actix_web::main] async fn main() {}")],
    },
    Rule {
        name: "permissions are decided in the policy",
        within: EVERYWHERE,
        except: &["policy", "domain"],
        forbids: Forbids::Deciding("Role"),
        broken_by: &[
            ("app/cards.rs", "fn f(r: Role) -> bool { r == Role::Admin }"),
            ("app/cards.rs", "fn f(r: Role) -> bool { Role::Admin != r }"),
            (
                "api/cards.rs",
                "fn f(r: Role) { match r { Role::Admin => 1, Role::Registrar { .. } | Role::Auditor => 2 } }",
            ),
            ("app/cards.rs", "fn f(r: &Role) { if let domain::Role::Clerk(agency) = r {} }"),
            ("app/cards.rs", "fn f(r: &Role) -> bool { matches!(r, Role::Admin) }"),
        ],
    },
    Rule {
        name: "permissions are decided in the policy, by the names of roles too",
        within: EVERYWHERE,
        except: &["policy", "domain"],
        forbids: Forbids::Deciding("RoleName"),
        broken_by: &[
            ("app/cards.rs", "fn f(c: &Caller) -> bool { c.role.name() == RoleName::Admin }"),
            ("api/cards.rs", "fn f(r: RoleName) { match r { RoleName::Admin => 1, RoleName::Auditor => 2 } }"),
        ],
    },
    Rule {
        name: "whose something is, the policy decides",
        within: EVERYWHERE,
        except: &["policy", "domain"],
        forbids: Forbids::DecidingBy("role", &["agency", "body", "name", "person", "province"]),
        broken_by: &[
            ("app/people.rs", "fn f() { list.position(|it| it.id == id && Some(it.agency) == caller.role.agency()); }"),
            ("app/people.rs", "fn f(c: &Caller) -> bool { c.role.person() != Some(person) }"),
            ("app/people.rs", "fn f(c: &Caller) -> bool { c.role.province().is_some() }"),
            ("api/people.rs", "fn f(c: &Caller) -> bool { c.role.agency().is_some_and(|its| its == agency) }"),
            ("api/people.rs", "fn f(c: &Caller) -> bool { c.role.name() == wanted }"),
        ],
    },
    Rule {
        name: "the time comes from the clock",
        within: EVERYWHERE,
        except: &["clock"],
        forbids: Forbids::Names(&["SystemTime", "Instant::now", "Utc::now", "Local::now"]),
        broken_by: &[
            ("app/cards.rs", "fn f() { std::time::SystemTime::now(); }"),
            ("store/mod.rs", "use chrono::Utc; fn f() { Utc::now(); }"),
            ("api/mod.rs", "use std::time::Instant; fn f() { Instant::now(); }"),
        ],
    },
    Rule {
        name: "randomness comes from entropy; keys and the demo make their own",
        within: EVERYWHERE,
        except: &["entropy", "demo", "keys"],
        forbids: Forbids::Names(&[
            "fastrand",
            "getrandom",
            "rand",
            "SystemRandom",
            "OsRng",
            "Uuid::new_v4",
            "Uuid::now_v7",
        ]),
        broken_by: &[
            ("app/cards.rs", "use aws_lc_rs::rand::SystemRandom;"),
            ("store/cards.rs", "fn f() { uuid::Uuid::now_v7(); }"),
        ],
    },
    Rule {
        name: "the environment is read once, with the command line",
        within: EVERYWHERE,
        except: &["cli"],
        forbids: Forbids::Names(&["std::env"]),
        broken_by: &[("app/cards.rs", "use std::env;"), ("main.rs", "fn main() { std::env::args(); }")],
    },
    Rule {
        name: "a failure is handled, or said to be impossible with its reason",
        within: EVERYWHERE,
        except: &[],
        forbids: Forbids::Method("unwrap"),
        broken_by: &[
            ("app/cards.rs", "fn f() { g().unwrap(); }"),
            ("app/cards.rs", "fn f() { g()\n    .unwrap ( ); }"),
        ],
    },
];
