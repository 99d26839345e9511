//! The documents in the repository that are made from the program: each is what the program says today.
//!
//! `PRESS_REGISTRY_WRITE_DOCS=1 cargo test --test suite documents` writes them anew.

use crate::authorisation::{self, Row, Word};
use crate::eligibility::for_lawyers;
use crate::support::answer::Contract;
use press_registry::api;
use press_registry::domain::accounts::RoleName;
use press_registry::domain::eligibility::{Asked, Ends, Rule, TERMS, conditions};
use press_registry::domain::offices::RULES as OFFICE_RULES;
use press_registry::domain::retention::{Kept, Period};
use press_registry::domain::returns::{TO_BE_REVOKED, TO_HAND_IN, Within};
use press_registry::policy::{Operation, Reach, reach};
use std::fmt::Write as _;
use std::{env, fs, path::Path};

/// Holds a file of `api-docs` against what it is made from.
#[track_caller]
fn assert_kept(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("api-docs").join(name);
    if env::var_os("PRESS_REGISTRY_WRITE_DOCS").is_some_and(|value| value == "1") {
        fs::write(&path, made).expect("a writable file");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made);
    assert!(
        kept == made,
        "api-docs/{name} is old from line {}; write it anew with PRESS_REGISTRY_WRITE_DOCS=1 cargo test --test suite documents",
        differs.unwrap_or(kept.lines().count().min(made.lines().count())) + 1,
    );
}

#[test]
fn the_kept_description_is_the_one_that_is_served() {
    assert_kept("openapi.json", &api::document(api::openapi()));
}

#[test]
fn the_kept_permissions_are_the_policys() {
    assert_kept("permissions.md", &permissions());
}

#[test]
fn the_kept_periods_are_those_that_the_program_goes_by() {
    assert_kept("retention.md", &retention());
}

#[test]
fn the_kept_conditions_are_those_that_the_program_goes_by() {
    assert_kept("eligibility.md", &eligibility());
    assert_kept("eligibility-cases.md", &for_lawyers::page());
}

#[test]
fn the_kept_rules_of_offices_are_those_that_the_program_goes_by() {
    assert_kept("offices.md", &offices());
}

const OFFICES: &str = "\
# What is asked of offices and resident reporters

Each rule of the laws, as the registry holds a notice against it: the law of the day of the notice. A notice that lacks
something is refused, with the article. This page is made from `src/domain/offices/rules.rs`; do not edit it:
`PRESS_REGISTRY_WRITE_DOCS=1 cargo test --test suite documents` writes it anew. What could not be read of the laws, and how it
is taken: [decision 29](decisions/0029-provinces-in-time-and-offices.md).

L2016 is Luật Báo chí 103/2016/QH13, L2025 Luật Báo chí 126/2025/QH15.

";

fn offices() -> String {
    let mut page = OFFICES.to_owned();
    line(&mut page, &["asks", "article", "from", "to", "asked of", "code"]);
    line(&mut page, &["---"; 6]);
    for rule in OFFICE_RULES {
        let to = rule.to.map_or("–".into(), |day| day.to_string());
        let kinds: Vec<String> = rule.kinds.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
        let asks = format!("{}<br>{}", rule.vi, rule.en);
        let code = format!("`{}`", rule.duty.code());
        line(&mut page, &[&asks, &rule.source.short(), &rule.from.to_string(), &to, &kinds.join(", "), &code]);
    }
    page
}

const ELIGIBILITY: &str = "\
# Who may be granted a press card

Each condition of the laws, as the registry holds applications for press cards against it. This page is made from
`src/domain/eligibility/law2016.rs`, `law2025.rs` and `terms.rs`, and of `src/domain/returns.rs`; do not edit it: `PRESS_REGISTRY_WRITE_DOCS=1 cargo test
--test suite documents` writes it anew. Cases for each: `tests/suite/eligibility/cases.csv`,
and in Vietnamese [eligibility-cases.md](eligibility-cases.md).

L2016 is Luật Báo chí 103/2016/QH13, L2025 Luật Báo chí 126/2025/QH15, NĐ237 Nghị định 237/2026/NĐ-CP, TT49 Thông tư
49/2016/TT-BTTTT, TT31 Thông tư 31/2021/TT-BTTTT, QĐ4794 Quyết định 4794/QĐ-BVHTTDL. The law of the day of the decision
holds. Where the registry holds no fact, or the rule is not confirmed, the answer is *unknown*; it stops nobody. Who does
not meet a condition is approved only with reasons, which are recorded
([decision 25](decisions/0025-the-law-is-data-and-decides-nothing.md)).

";

fn eligibility() -> String {
    let mut page = ELIGIBILITY.to_owned();
    line(&mut page, &["condition", "asks", "article", "from", "to", "asked of", "rests on"]);
    line(&mut page, &["---"; 7]);
    for condition in conditions() {
        let to = condition.to.map_or("–".into(), |day| day.to_string());
        let basis = match condition.basis {
            Asked::Always => "all",
            Asked::First => "first cards, and whoever has none on record",
            Asked::Exchange => "exchanges",
        };
        let rests_on = match condition.rule {
            Rule::NotKept(_) => "no fact that is kept: always unknown".into(),
            Rule::Unconfirmed => "unconfirmed: always unknown".into(),
            rule => rule.rests_on().join(", "),
        };
        let asks = format!("{}<br>{}", condition.vi, condition.en);
        let id = format!("`{}`", condition.id);
        let cells = [&id, &asks, &condition.source.short(), &condition.from.to_string(), &to, basis, &rests_on];
        line(&mut page, &cells);
    }
    page.push_str("\n## How long a card is valid\n\n");
    line(&mut page, &["granted from", "granted to", "valid to", "article", ""]);
    line(&mut page, &["---"; 5]);
    for term in TERMS {
        let last = term.last.map_or("–".into(), |day| day.to_string());
        let ends = match term.ends {
            Ends::With(day) => day.to_string(),
            Ends::AfterYears(years) => format!("{years} years from its own grant"),
        };
        let sources: Vec<String> = term.sources.iter().map(|source| source.short()).collect();
        let note = term.note.map(|(vi, en)| format!("{vi}<br>{en}")).unwrap_or_default();
        line(&mut page, &[&term.first.to_string(), &last, &ends, &sources.join("; "), &note]);
    }
    page.push_str("\n## When a card is to be handed in, and what follows\n\n");
    line(&mut page, &["what", "since", "to", "how long", "article"]);
    line(&mut page, &["---"; 5]);
    for (what, rules) in
        [("handed in, from its cause", TO_HAND_IN), ("proposed for revocation, from the request", TO_BE_REVOKED)]
    {
        for rule in rules {
            let last = rule.to.map_or("–".into(), |day| day.to_string());
            let within = match rule.within {
                Within::Days(days) => format!("{days} days"),
                Within::WorkingDays(days) => format!("{days} working days"),
            };
            line(&mut page, &[what, &rule.from.to_string(), &last, &within, &rule.source.short()]);
        }
    }
    page
}

const RETENTION: &str = "\
# How long what is kept

What is over is forgotten by itself, once a day, on whichever node comes first, and each run is an event of the log
(`retention.run`) that says how much it forgot: also when that was nothing, so that a day without one tells that nobody
was at work. A period of days or years ends with a day in Việt Nam. This page is made from `src/domain/retention.rs`; do
not edit it: `PRESS_REGISTRY_WRITE_DOCS=1 cargo test --test suite documents` writes it anew.

";

const FORGOTTEN: &str = "
A report that is forgotten is still counted by its kind, unit and day; its words, its evidence and what the log holds
of them apart are gone. Of a case that is forgotten, what was decided, when and by whom stays; what was said in it, by
anybody, is gone with its files. Of an application, whoever was refused is taken out, and the whole of it where nobody is
left, with what was told of the refusal. Of whom an agency took back, what was stated is gone; that they were proposed
stays.
Whatever else is about a person stays until they are [erased](decisions/0021-what-erasing-a-person-destroys.md).
";

fn retention() -> String {
    let mut page = RETENTION.to_owned();
    line(&mut page, &["what", "how long", "from", "why"]);
    line(&mut page, &["---", "---", "---", "---"]);
    for kept in Kept::ALL {
        let Period { length, from, reason } = kept.period();
        line(&mut page, &[&format!("`{}`", kept.as_str()), &length.to_string(), from, reason]);
    }
    page + FORGOTTEN
}

const HEAD: &str = "\
# Permissions

Who may do what. This page is made from `src/policy.rs`, the only file where roles are compared, and from the table of
`tests/suite/authorisation/table.rs`, which a test holds against the running server for every operation and role. Do not
edit it: `PRESS_REGISTRY_WRITE_DOCS=1 cargo test --test suite documents` writes it anew.

**all**: anywhere. **own**: its own only: an agency's account its agency's, a provincial registrar the local agencies of
the province and of those that became part of it, a holder their own record, a provincial registrar the reports of acts in the province, an official the
reports they made; what is another's answers 404, byte for byte like what does not exist.
**–**: never; 403, whether the thing exists or not. Whoever is not signed in is answered 401 before any other question.

";

const RULES: &str = "
## Beyond the table

* Whoever drafted, submitted or endorsed an application never approves it: 403 `second-person-required`.
* Whoever does not meet a condition of the law ([eligibility.md](eligibility.md)) is approved only with reasons: 422
  `reasons_required`; and only against conditions that were shown to whoever approves: 422 `not_shown`.
* A holder's own record does not open the list of the agency's people: 404.
* A draft is its agency's own until it is submitted; to registrars it does not exist.
* No registrar revokes a credential on the ground `misuse`: only the decision of a case does. What such a decision
  suspended or revoked no registrar reinstates: only an appeal that succeeds does. 409 `wrong-state`.
* Whom a case is about, and its agency, know of the case once they were told, and not before: 404. A case belongs to the
  province of the act; its registrar is shown there the credential that it names.
* Whoever opened or reported a case never decides it or its appeal; whoever decided never confirms; whoever decided or
  confirmed never hears the appeal; nobody handles a case against a person of their own e-mail address: 403
  `second-person-required`.
* An official sees how a case stands that they reported, unless it is about their own body: 404. An auditor says with
  `?purpose=` what a case is read for: else 422; it is kept with the look, and shown to whom the case is about. An
  agency's word about one of its people is no reply of theirs.
* Whoever asked for a person's erasure never confirms it: 403 `second-person-required`. Only registrars see in a record
  that an erasure waits. Whoever was erased is 404 to all.
* What a clerk writes of an office is a draft, its agency's own. A provincial registrar's are the offices in the province,
  whosever they are, and `GET /agencies/{id}/offices` shows no others. Only a registrar says on which day a notice came on
  paper: 403. Whoever gave notice, or wrote it down, never confirms it: 403 `second-person-required`.
* A session opened with a one-time code may see its own account, choose a password and sign out, and besides that only
  what is open to anybody: 403 `password-change-required`.
* Nobody disables the account they are signed in with.
* Anybody reports misuse without a name; whoever is signed in does so in their own. An auditor, who changes nothing, signs
  out first. Whoever has a report's receipt is told its state and adds evidence; with its id, `GET
  /api/v1/misuse-reports/{receipt}` shows the whole report to those with `read_reports`, and is 404 to all others.
* `see_verified_state` is the field `state` in the answer of `POST /api/v1/verifications`, which anybody may ask.
* A request is asked in this order: 401, then 403 or 404, then whether it is a repetition, 428, 412, 422. Only a body that
  is too large is refused (413) before 403, because it is not read to its end.
";

fn permissions() -> String {
    let mut page = HEAD.to_owned();
    let titles: Vec<&str> = RoleName::ALL.into_iter().map(RoleName::title).collect();
    line(&mut page, &[&["operation"], &titles[..], &["what"]].concat());
    line(&mut page, &[&["---"], &[":-:"; RoleName::ALL.len()][..], &["---"]].concat());
    for operation in Operation::ALL {
        let name = format!("`{}`", operation.as_str());
        let reaches = RoleName::ALL.map(|role| match reach(role, *operation) {
            Reach::All => "all",
            Reach::Own => "own",
            Reach::No => "–",
        });
        line(&mut page, &[&[name.as_str()], &reaches[..], &[operation.meaning()]].concat());
    }
    page.push_str("\n## What asks for it\n\n");
    line(&mut page, &["operation", "requests"]);
    line(&mut page, &["---", "---"]);
    for operation in Operation::ALL {
        let asking = requests(|row| row.policy.contains(&operation.as_str()));
        if !asking.is_empty() {
            line(&mut page, &[&format!("`{}`", operation.as_str()), &asking.join("<br>")]);
        }
    }
    page.push_str("\n## Open to anybody\n\n");
    for request in requests(|row| row.anonymous() == Word::All) {
        let _infallible = writeln!(page, "* {request}");
    }
    page + RULES
}

fn line(page: &mut String, cells: &[&str]) {
    let _infallible = writeln!(page, "| {} |", cells.join(" | "));
}

/// The requests of these rows, each with its events.
fn requests(which: impl Fn(&Row) -> bool) -> Vec<String> {
    let rows = authorisation::rows();
    let mut requests: Vec<String> = Vec::new();
    for (method, path, operation) in Contract::of_the_api().operations() {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.operation == operation && which(row)).collect();
        let events: Vec<String> =
            rows.iter().filter(|row| row.event != "-").map(|row| format!("`{}`", row.event)).collect();
        match (rows.is_empty(), events.is_empty()) {
            (true, _) => {}
            (false, true) => requests.push(format!("`{method} {path}`")),
            (false, false) => requests.push(format!("`{method} {path}`: {}", events.join(", "))),
        }
    }
    requests
}
