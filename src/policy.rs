//! Who may do what: the only page where roles are compared.
//!
//! A decision has two steps. [`enter`] asks whether this role may do such a thing at all, before anything is looked
//! up: 403 for what exists and for what does not. [`Entry::on`] asks whether it may be done to this one thing: what
//! is another's answers like what is missing, 404. Only both together give a [`Permit`], and only a permit opens the
//! store for writing.

mod anybody;
mod hearing;
mod persons;
mod range;

pub use anybody::{ANONYMOUS, to_report};
pub use hearing::{must_state_purpose, sees_links, sees_only_the_state, sees_what_was_reported, speaks_for_subject};
pub use persons::{another_person, is_oneself, is_own_account, not_oneself, sees_engagement};
pub use range::Range;

use crate::data;
use crate::domain::accounts::{Caller, Role, RoleName};
use crate::domain::cases::Case;
use crate::domain::events::Actor;
use crate::domain::ids::{AgencyId, PersonId, UserId};
use crate::domain::provinces::ProvinceId;
use crate::domain::text;
use crate::error::Error;

/// How far a role reaches with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not at all: 403.
    No,
    /// Only to its own: its agency's, its province's local agencies', its own record. Else 404.
    Own,
    /// Anywhere.
    All,
}

macro_rules! operations {
    ($(#[doc = $meaning:literal] $name:ident = $text:literal : $admin:ident $national:ident $provincial:ident $head:ident $clerk:ident $official:ident $auditor:ident $holder:ident;)+) => {
        /// Everything a signed-in account may ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation { $(#[doc = $meaning] $name,)+ }

        impl Operation {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in the table of permissions.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it is, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning.trim_ascii(),)+ }
            }
        }

        /// The table of permissions.
        pub const fn reach(role: RoleName, operation: Operation) -> Reach {
            match operation {$(
                Operation::$name => match role {
                    RoleName::Admin => Reach::$admin,
                    RoleName::NationalRegistrar => Reach::$national,
                    RoleName::ProvincialRegistrar => Reach::$provincial,
                    RoleName::AgencyHead => Reach::$head,
                    RoleName::AgencyClerk => Reach::$clerk,
                    RoleName::Official => Reach::$official,
                    RoleName::Auditor => Reach::$auditor,
                    RoleName::Holder => Reach::$holder,
                },
            )+}
        }
    };
}

operations! {
//                                                          admin nat. prov. head clerk offic. audit. holder
    /// Their own account and session.
    ManageOwnAccount = "manage_own_account":                  All  All  All  All  All  All  All  All;
    /// See accounts.
    ReadUsers = "read_users":                                 All  No   No   No   No   No   No   No;
    /// Make, change, disable and reset accounts.
    ManageUsers = "manage_users":                             All  No   No   No   No   No   No   No;
    /// Give a person the account of a holder.
    InvitePerson = "invite_person":                           All  No   No   No   No   No   No   No;
    /// See agencies and their history.
    ReadAgencies = "read_agencies":                           All  All  All  All  All  All  All  All;
    /// Enter an agency.
    CreateAgency = "create_agency":                           No   All  Own  No   No   No   No   No;
    /// Change what is entered about an agency.
    ChangeAgency = "change_agency":                           No   All  Own  No   No   No   No   No;
    /// Suspend, reinstate, revoke a licence, close.
    DecideOnAgency = "decide_on_agency":                      No   All  No   No   No   No   No   No;
    /// See what an agency has in provinces, as far as it is in one's own.
    ListOffices = "list_offices":                             No   All  All  Own  Own  No   No   No;
    /// See offices, and reporters who reside in a province or follow it.
    ReadOffices = "read_offices":                             No   All  Own  Own  Own  No   No   No;
    /// Write a notice of one, mend or take back its draft; a registrar writes down what came on paper.
    WriteOffice = "write_office":                             No   All  All  Own  Own  No   No   No;
    /// Give notice, mend it, take it back, end an office; a registrar writes down what came on paper.
    NotifyOffice = "notify_office":                           No   All  Own  Own  No   No   No   No;
    /// Confirm, object, order a stop.
    DecideOnOffice = "decide_on_office":                      No   All  Own  No   No   No   No   No;
    /// Merge and split agencies.
    MergeAgencies = "merge_agencies":                         No   All  No   No   No   No   No   No;
    /// See people and their portraits.
    ReadPeople = "read_people":                               No   All  Own  Own  Own  No   No   Own;
    /// Enter a person, change a record, set a portrait, end or correct an engagement.
    KeepPeople = "keep_people":                               No   No   No   Own  Own  No   No   No;
    /// See records that may be of one human being, keep them apart or merge them; correct a national id.
    DecideOnDuplicates = "decide_on_duplicates":              No   All  No   No   No   No   No   No;
    /// See which erasures wait; ask for a person's, take that back, or confirm it.
    ErasePeople = "erase_people":                             No   All  Own  No   No   No   No   No;
    /// See applications.
    ReadApplications = "read_applications":                   No   All  Own  Own  Own  No   No   No;
    /// Write an application, or take it back.
    DraftApplication = "draft_application":                   No   No   No   Own  Own  No   No   No;
    /// Hand an application in.
    SubmitApplication = "submit_application":                 No   No   No   Own  No   No   No   No;
    /// Endorse an application of a local agency.
    EndorseApplication = "endorse_application":               No   No   Own  No   No   No   No   No;
    /// Give an application back.
    ReturnApplication = "return_application":                 No   All  Own  No   No   No   No   No;
    /// Approve, which issues the cards, or refuse.
    DecideApplication = "decide_application":                 No   All  No   No   No   No   No   No;
    /// See credentials, their history and their code.
    ReadCredentials = "read_credentials":                     No   All  Own  Own  Own  No   No   Own;
    /// Have many cards printed at a time.
    PrintCards = "print_cards":                               No   All  Own  Own  Own  No   No   No;
    /// Suspend, reinstate, revoke, replace.
    DecideOnCredential = "decide_on_credential":              No   All  Own  No   No   No   No   No;
    /// Report a credential lost, or a press card of before.
    ReportLost = "report_lost":                               No   All  Own  Own  Own  No   No   Own;
    /// Hand a credential in.
    ReturnCredential = "return_credential":                   No   No   No   Own  Own  No   No   No;
    /// See press cards of before the registry and their history.
    ReadStateCards = "read_state_cards":                      No   All  Own  Own  Own  No   No   Own;
    /// Hand a press card of before in; a registrar writes down what came on paper.
    ReturnStateCard = "return_state_card":                    No   All  Own  Own  Own  No   No   No;
    /// Write down that a press card of before is revoked, or back in force.
    DecideOnStateCard = "decide_on_state_card":               No   All  Own  No   No   No   No   No;
    /// Write a letter of introduction.
    IssueLetter = "issue_letter":                             No   No   No   Own  No   No   No   No;
    /// See who looked at one's record and all that was written down about one, and take it away.
    ReadOneself = "read_oneself":                             No   No   No   No   No   No   No   Own;
    /// Read the log.
    ReadLog = "read_log":                                     No   No   No   No   No   No   All  No;
    /// Begin another log where entries of the old one are lost. Two persons, at the machine itself.
    ContinueLog = "continue_log":                             All  All  No   No   No   No   No   No;
    /// See cases; an official, how those stand that they reported.
    FollowCases = "follow_cases":                             No   All  Own  Own  Own  Own  All  Own;
    /// See what happened in a case, and who was told.
    ReadCases = "read_cases":                                 No   All  Own  Own  Own  No   All  Own;
    /// See each step of a case with before and after, in the log too.
    TraceCases = "trace_cases":                               No   All  Own  No   No   No   All  No;
    /// See notices; whoever only reported, those to themselves.
    ReadNotices = "read_notices":                             Own  All  Own  Own  Own  Own  All  Own;
    /// Write down that a notice was sent, or that it arrived.
    DeliverNotice = "deliver_notice":                         No   All  Own  No   No   No   No   No;
    /// See the case files that went to another authority.
    ReadCaseFiles = "read_case_files":                        No   All  Own  No   No   No   All  No;
    /// See what resembles the claims of a case, and link cases of one person.
    MatchCases = "match_cases":                               No   All  Own  No   No   No   No   No;
    /// See impersonations that were found.
    ReadAlerts = "read_alerts":                               No   All  Own  No   No   Own  No   No;
    /// Open a case of misuse.
    OpenCase = "open_case":                                   No   All  Own  No   No   No   No   No;
    /// Tell those concerned, add reports, refer, close or dismiss a case.
    HandleCase = "handle_case":                               No   All  Own  No   No   No   No   No;
    /// Reply to a notice; a registrar writes down what came on paper.
    AnswerCase = "answer_case":                               No   All  Own  Own  No   No   No   Own;
    /// Add files to a case: who handles it, and who is heard in it.
    AddCaseEvidence = "add_case_evidence":                    No   All  Own  Own  No   No   No   Own;
    /// Decide a case, or confirm a revocation.
    DecideCase = "decide_case":                               No   All  Own  No   No   No   No   No;
    /// Appeal against a decision; a registrar writes down what came on paper.
    AppealCase = "appeal_case":                               No   All  Own  Own  No   No   No   Own;
    /// Decide an appeal.
    HearAppeal = "hear_appeal":                               No   All  Own  No   No   No   No   No;
    /// Be told the state of a card that was checked.
    SeeVerifiedState = "see_verified_state":                  No   All  All  No   No   All  No   No;
    /// Look up whether a card with this number and name is valid.
    LookUpCards = "look_up_cards":                            No   No   No   No   No   All  No   No;
    /// Report misuse in one's own name. Anybody may, without a name.
    ReportMisuse = "report_misuse":                           All  All  All  All  All  All  No   All;
    /// See reports of misuse and their evidence.
    ReadReports = "read_reports":                             No   All  Own  No   No   Own  No   No;
}

/// Whose something is: what makes it a caller's own.
#[derive(Clone, Debug, Default)]
pub struct Ownership {
    agencies: Vec<AgencyId>,
    province: Option<ProvinceId>,
    person: Option<PersonId>,
    reporters: Vec<UserId>,
    /// Whose account it is addressed to.
    addressee: Option<UserId>,
    /// The body that a case is about: its own officials do not follow that case.
    against: Option<String>,
    private_to_agency: bool,
}

impl Ownership {
    /// Something of an agency, whose province watches over it if it is local.
    pub fn of_agency(agency: AgencyId, province: Option<&ProvinceId>) -> Self {
        Self { agencies: vec![agency], province: province.cloned(), ..Self::default() }
    }

    /// Something not yet anybody's, to be entered in a province (`None`: at the centre).
    pub fn in_province(province: Option<&ProvinceId>) -> Self {
        Self { province: province.cloned(), ..Self::default() }
    }

    /// A person's record, open to the agencies they work for.
    pub fn of_person(person: PersonId, agencies: Vec<AgencyId>, province: Option<&ProvinceId>) -> Self {
        Self { agencies, province: province.cloned(), person: Some(person), ..Self::default() }
    }

    /// A report of an act in a province: that of its registrar, and of the official who made it.
    pub fn of_report(province: &ProvinceId, reporter: Option<UserId>) -> Self {
        Self { province: Some(province.clone()), reporters: reporter.into_iter().collect(), ..Self::default() }
    }

    /// A case in a province, and of those who reported it; of the agency and the person whom it is about once they
    /// have been told of it.
    pub fn of_case(case: &Case) -> Self {
        let told = case.was_told();
        Self {
            agencies: case.agency.filter(|_| told).into_iter().collect(),
            province: Some(case.venue.clone()),
            person: case.subject.person().filter(|_| told),
            reporters: case.reporters.clone(),
            against: case.subject.body().map(str::to_owned),
            ..Self::default()
        }
    }

    /// A notice of a case: of those who may see the case. One to whoever reported is theirs to whom it is addressed, and
    /// not of those whom the case is about: it says who reported.
    pub fn of_notice(case: &Case, addressee: Option<UserId>) -> Self {
        let whole = Self { reporters: Vec::new(), addressee, ..Self::of_case(case) };
        match addressee {
            Some(_) => Self { agencies: Vec::new(), person: None, ..whole },
            None => whole,
        }
    }

    /// A person's own, and nobody else's.
    pub fn of_oneself(person: PersonId) -> Self {
        Self { person: Some(person), ..Self::default() }
    }

    /// The same, of these agencies too: those that took over whose it is.
    #[must_use]
    pub fn and_agencies(mut self, agencies: Vec<AgencyId>) -> Self {
        self.agencies.extend(agencies);
        self
    }

    /// The same, with a person who owns it too.
    #[must_use]
    pub fn and_person(mut self, person: PersonId) -> Self {
        self.person = Some(person);
        self
    }

    /// The same, which only its agency may know of: a draft.
    #[must_use]
    pub const fn private_to_agency(mut self, private: bool) -> Self {
        self.private_to_agency = private;
        self
    }

    fn belongs_to(&self, Caller { user, role, .. }: &Caller) -> bool {
        let addressed = self.addressee == Some(*user);
        match role {
            Role::AgencyHead(agency) | Role::AgencyClerk(agency) => addressed || self.agencies.contains(agency),
            // What a former unit recorded is in the hands of the one that it became part of.
            Role::ProvincialRegistrar(province) => {
                addressed || self.province.as_ref().is_some_and(|its| data::territory(province).holds(its))
            }
            Role::Holder(person) => addressed || self.person == Some(*person),
            Role::Official { body, .. } => {
                let own = self.against.as_deref().is_some_and(|it| text::fold(it) == text::fold(body.as_str()));
                (addressed || self.reporters.contains(user)) && !own
            }
            Role::Admin | Role::NationalRegistrar | Role::Auditor => addressed,
        }
    }
}

/// A role that may do such a thing to something; not yet to what.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    caller: &'a Caller,
    reach: Reach,
}

/// May this caller do such a thing at all?
///
/// # Errors
/// 403 `forbidden`, or `password-change-required` after a sign-in with a one-time code.
pub fn enter(caller: &Caller, operation: Operation) -> Result<Entry<'_>, Error> {
    if caller.must_change_password && operation != Operation::ManageOwnAccount {
        return Err(Error::PasswordChangeRequired);
    }
    match reach(caller.role.name(), operation) {
        Reach::No => Err(Error::Forbidden),
        reach @ (Reach::Own | Reach::All) => Ok(Entry { caller, reach }),
    }
}

impl Entry<'_> {
    /// May it be done to this one?
    ///
    /// # Errors
    /// 404 when it is another's: the caller may not know that it exists.
    pub fn on(&self, whose: &Ownership) -> Result<Permit, Error> {
        let agency_only = whose.private_to_agency && self.caller.role.agency().is_none();
        let allowed = match self.reach {
            Reach::No => false,
            Reach::Own => whose.belongs_to(self.caller),
            Reach::All => true,
        };
        if agency_only || !allowed { Err(Error::NotFound) } else { Ok(self.permit(whose.province.clone())) }
    }

    /// May it be done where nothing is owned: to accounts, to oneself.
    ///
    /// # Errors
    /// 404 when this role reaches only to its own.
    pub fn anywhere(&self) -> Result<Permit, Error> {
        match self.reach {
            Reach::All => Ok(self.permit(None)),
            Reach::No | Reach::Own => Err(Error::NotFound),
        }
    }

    /// What a list may hold for this caller.
    pub fn range(&self) -> Range {
        match (self.reach, &self.caller.role) {
            (Reach::All, _) => Range::Everything,
            (Reach::Own, Role::AgencyHead(agency) | Role::AgencyClerk(agency)) => Range::Agency(*agency),
            (Reach::Own, Role::ProvincialRegistrar(province)) => Range::Province(data::territory(province)),
            (Reach::Own, Role::Holder(person)) => Range::Person(*person),
            (Reach::Own, Role::Official { .. }) => Range::Reporter(self.caller.user),
            (Reach::Own, Role::Admin | Role::NationalRegistrar | Role::Auditor) | (Reach::No, _) => Range::Nothing,
        }
    }

    /// What a list may hold that is a whole province's, also for those who else follow only what they reported.
    pub fn range_of_province(&self) -> Range {
        match (self.reach, self.caller.role.province()) {
            (Reach::All, _) => Range::Everything,
            (Reach::Own, Some(province)) => Range::Province(data::territory(province)),
            (Reach::Own, None) | (Reach::No, _) => Range::Nothing,
        }
    }

    fn permit(&self, province: Option<ProvinceId>) -> Permit {
        let Caller { user, role, body, .. } = self.caller;
        let actor = Actor::Account { user: *user, role: role.name(), body: body.clone() };
        Permit { actor, province }
    }
}

/// Leave to change something, in whose name, and in which province. It cannot be made outside this page.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: Actor,
    province: Option<ProvinceId>,
}

impl Permit {
    /// In whose name.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// In which province what is changed is at home: what its events are found by.
    pub const fn province(&self) -> Option<&ProvinceId> {
        self.province.as_ref()
    }

    /// The same, for something that is at home there. It lets nobody do more.
    #[must_use]
    pub fn in_province(self, province: Option<&ProvinceId>) -> Self {
        Self { province: province.cloned(), ..self }
    }
}

/// Leave for the program itself: the first start, the command line and the demo, which are run by whoever holds the
/// machine and the keys; and for what happens by itself when its time has come.
pub const fn the_program_itself() -> Permit {
    Permit { actor: Actor::Program, province: None }
}
