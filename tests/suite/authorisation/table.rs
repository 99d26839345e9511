//! Who is let do what, written down a second time and by hand: the policy's own table is held against this one, and so
//! is what the running server does.
//!
//! What asks for two operations of the policy at once, for a list of two kinds of things, names both.
//!
//! `all`: let, wherever it is. `own`: let to its own, 404 to what is another's. `403`: never let, whether it exists or
//! not. `404`: nothing here is ever its own. `401`: to be signed in first. What is missing is 404 to whoever is let.

use press_registry::domain::agencies::AgencyEvent;
use press_registry::domain::applications::ApplicationEvent;
use press_registry::domain::cases::CaseEvent;
use press_registry::domain::credentials::CredentialEvent;
use press_registry::domain::duplicates::DuplicateEvent;
use press_registry::domain::erasure::ErasureEvent;
use press_registry::domain::notices::NoticeEvent;
use press_registry::domain::offices::OfficeEvent;
use press_registry::domain::people::EngagementEvent;
use press_registry::domain::returns::ReturnEvent;
use press_registry::domain::state_cards::StateCardEvent;

const TABLE: &str = "
operation                 event           policy                  admin nat. prov head clrk offi audi hold anon
sign_in                   -               -                         all  all  all  all  all  all  all  all  all
refresh_session           -               -                         all  all  all  all  all  all  all  all  all
sign_out                  -               manage_own_account        all  all  all  all  all  all  all  all  401
get_own_account           -               manage_own_account        all  all  all  all  all  all  all  all  401
choose_password           -               manage_own_account        all  all  all  all  all  all  all  all  401
list_users                -               read_users                all  403  403  403  403  403  403  403  401
get_user                  -               read_users                all  403  403  403  403  403  403  403  401
create_user               -               manage_users              all  403  403  403  403  403  403  403  401
change_user               -               manage_users              all  403  403  403  403  403  403  403  401
reset_user                -               manage_users              all  403  403  403  403  403  403  403  401
invite_person             -               invite_person             all  403  403  403  403  403  403  403  401
list_agencies             -               read_agencies             all  all  all  all  all  all  all  all  401
get_agency                -               read_agencies             all  all  all  all  all  all  all  all  401
list_agency_events        -               read_agencies             all  all  all  all  all  all  all  all  401
create_agency             -               create_agency             403  all  own  403  403  403  403  403  401
change_agency             -               change_agency             403  all  own  403  403  403  403  403  401
decide_on_agency          suspend         decide_on_agency          403  all  403  403  403  403  403  403  401
decide_on_agency          reinstate       decide_on_agency          403  all  403  403  403  403  403  403  401
decide_on_agency          revoke_licence  decide_on_agency          403  all  403  403  403  403  403  403  401
decide_on_agency          close           decide_on_agency          403  all  403  403  403  403  403  403  401
list_agency_offices       -               list_offices              403  all  all  own  own  403  403  403  401
create_office             -               write_office              403  all  all  own  own  403  403  403  401
list_offices              -               read_offices              403  all  own  own  own  403  403  403  401
get_office                -               read_offices              403  all  own  own  own  403  403  403  401
list_office_events        -               read_offices              403  all  own  own  own  403  403  403  401
list_office_documents     -               read_offices              403  all  own  own  own  403  403  403  401
add_office_document       -               notify_office             403  all  own  own  403  403  403  403  401
get_office_document       -               read_offices              403  all  own  own  own  403  403  403  401
remove_office_document    -               notify_office             403  all  own  own  403  403  403  403  401
record_office_event       notify          notify_office             403  all  own  own  403  403  403  403  401
record_office_event       amend           notify_office             403  all  own  own  403  403  403  403  401
record_office_event       withdraw        notify_office             403  all  own  own  403  403  403  403  401
record_office_event       close           notify_office             403  all  own  own  403  403  403  403  401
record_office_event       confirm         decide_on_office          403  all  own  403  403  403  403  403  401
record_office_event       object          decide_on_office          403  all  own  403  403  403  403  403  401
record_office_event       stop            decide_on_office          403  all  own  403  403  403  403  403  401
list_agency_leaders       -               read_agencies             all  all  all  all  all  all  all  all  401
appoint_agency_leader     -               change_agency             403  all  own  403  403  403  403  403  401
end_agency_leader         end             change_agency             403  all  own  403  403  403  403  403  401
list_licences             -               read_agencies             all  all  all  all  all  all  all  all  401
create_licence            -               change_agency             403  all  own  403  403  403  403  403  401
merge_agencies            -               merge_agencies            403  all  403  403  403  403  403  403  401
split_agency              -               merge_agencies            403  all  403  403  403  403  403  403  401
list_agency_successions   -               read_agencies             all  all  all  all  all  all  all  all  401
get_agency_succession     -               read_agencies             all  all  all  all  all  all  all  all  401
list_people               -               read_people               403  all  own  own  own  403  403  404  401
create_person             -               keep_people               403  403  403  own  own  403  403  403  401
import_people             -               keep_people               403  403  403  own  own  403  403  403  401
list_imports              -               keep_people               403  403  403  own  own  403  403  403  401
get_import                -               keep_people               403  403  403  own  own  403  403  403  401
get_rejected_rows         -               keep_people               403  403  403  own  own  403  403  403  401
get_person                -               read_people               403  all  own  own  own  403  403  own  401
change_person             -               keep_people               403  403  403  own  own  403  403  403  401
set_portrait              -               keep_people               403  403  403  own  own  403  403  403  401
begin_engagement          -               keep_people               403  403  403  own  own  403  403  403  401
end_engagement            end             keep_people               403  403  403  own  own  403  403  403  401
end_engagement            correct         keep_people               403  403  403  own  own  403  403  403  401
list_duplicates           -               decide_on_duplicates      403  all  403  403  403  403  403  403  401
get_duplicate             -               decide_on_duplicates      403  all  403  403  403  403  403  403  401
record_duplicate_event    dismiss         decide_on_duplicates      403  all  403  403  403  403  403  403  401
record_duplicate_event    merge           decide_on_duplicates      403  all  403  403  403  403  403  403  401
record_duplicate_event    split           decide_on_duplicates      403  all  403  403  403  403  403  403  401
list_erasures             -               erase_people            403  all  own  403  403  403  403  403  401
record_person_event       correct_national_id decide_on_duplicates 403 all 403  403  403  403  403  403  401
record_person_event       erase           erase_people            403  all  own  403  403  403  403  403  401
record_person_event       keep            erase_people            403  all  own  403  403  403  403  403  401
record_person_event       confirm         erase_people            403  all  own  403  403  403  403  403  401
list_applications         -               read_applications         403  all  own  own  own  403  403  403  401
create_application        -               draft_application         403  403  403  own  own  403  403  403  401
get_application           -               read_applications         403  all  own  own  own  403  403  403  401
list_application_events   -               read_applications         403  all  own  own  own  403  403  403  401
list_application_documents - read_applications     403  all  own  own  own  403  403  403  401
add_application_document  -               draft_application         403  403  403  own  own  403  403  403  401
get_application_document  -               read_applications         403  all  own  own  own  403  403  403  401
remove_application_document - draft_application    403  403  403  own  own  403  403  403  401
record_application_event  submit          submit_application        403  403  403  own  403  403  403  403  401
record_application_event  endorse         endorse_application       403  403  own  403  403  403  403  403  401
record_application_event  return          return_application        403  all  own  403  403  403  403  403  401
record_application_event  approve         decide_application        403  all  403  403  403  403  403  403  401
record_application_event  refuse          decide_application        403  all  403  403  403  403  403  403  401
record_application_event  withdraw        draft_application         403  403  403  own  own  403  403  403  401
list_credentials          -               read_credentials          403  all  own  own  own  403  403  own  401
list_cards_to_return      -     read_credentials+read_state_cards   403  all  own  own  own  403  403  own  401
get_credential            -               read_credentials          403  all  own  own  own  403  403  own  401
list_credential_events    -               read_credentials          403  all  own  own  own  403  403  own  401
get_credential_qr         -               read_credentials          403  all  own  own  own  403  403  own  401
get_credential_card       -               read_credentials          403  all  own  own  own  403  403  own  401
create_print_job          -               print_cards               403  all  own  own  own  403  403  403  401
record_credential_event   suspend         decide_on_credential      403  all  own  403  403  403  403  403  401
record_credential_event   reinstate       decide_on_credential      403  all  own  403  403  403  403  403  401
record_credential_event   revoke          decide_on_credential      403  all  own  403  403  403  403  403  401
record_credential_event   replace         decide_on_credential      403  all  own  403  403  403  403  403  401
record_credential_event   report_lost     report_lost               403  all  own  own  own  403  403  own  401
record_credential_event   return          return_credential         403  403  403  own  own  403  403  403  401
record_card_return_event  request         return_credential         403  403  403  own  own  403  403  403  401
record_card_return_event  set_aside       decide_on_credential      403  all  own  403  403  403  403  403  401
create_letter             -               issue_letter              403  403  403  own  403  403  403  403  401
list_accesses             -               read_oneself              403  403  403  403  403  403  403  own  401
list_person_events        -               read_oneself              403  403  403  403  403  403  403  own  401
export_person             -               read_oneself              403  403  403  403  403  403  403  own  401
get_own_document          -               read_oneself              403  403  403  403  403  403  403  own  401
list_log_entries          -               read_log                  403  403  403  403  403  403  all  403  401
get_log_entry             -               read_log                  403  403  403  403  403  403  all  403  401
export_log                -               read_log                  403  403  403  403  403  403  all  403  401
list_log_findings         -               read_log                  403  403  403  403  403  403  all  403  401
list_cases                -               follow_cases              403  all  own  own  own  own  all  own  401
get_case                  -               follow_cases              403  all  own  own  own  own  all  own  401
list_case_events          -               read_cases                403  all  own  own  own  403  all  own  401
get_case_timeline         -               trace_cases               403  all  own  403  403  403  all  403  401
list_case_notices         -               read_cases                403  all  own  own  own  403  all  own  401
list_case_evidence        -               read_cases                403  all  own  own  own  403  all  own  401
get_case_evidence         -               read_cases                403  all  own  own  own  403  all  own  401
add_case_evidence         -               add_case_evidence         403  all  own  own  403  403  403  own  401
list_case_documents       -               read_case_files           403  all  own  403  403  403  all  403  401
get_case_document         -               read_case_files           403  all  own  403  403  403  all  403  401
list_notices              -               read_notices              own  all  own  own  own  own  all  own  401
get_notice                -               read_notices              own  all  own  own  own  own  all  own  401
record_notice_event       send            deliver_notice            403  all  own  403  403  403  403  403  401
record_notice_event       serve           deliver_notice            403  all  own  403  403  403  403  403  401
list_case_matches         -               match_cases               403  all  own  403  403  403  403  403  401
link_case                 -               match_cases               403  all  own  403  403  403  403  403  401
list_alerts               -               read_alerts               403  all  own  403  403  own  403  403  401
create_case               -               open_case                 403  all  own  403  403  403  403  403  401
record_case_event         dismiss         handle_case               403  all  own  403  403  403  403  403  401
record_case_event         attach          handle_case               403  all  own  403  403  403  403  403  401
record_case_event         notify          handle_case               403  all  own  403  403  403  403  403  401
record_case_event         stay            handle_case               403  all  own  403  403  403  403  403  401
record_case_event         answer          answer_case               403  all  own  own  403  403  403  own  401
record_case_event         decide          decide_case               403  all  own  403  403  403  403  403  401
record_case_event         confirm         decide_case               403  all  own  403  403  403  403  403  401
record_case_event         appeal          appeal_case               403  all  own  own  403  403  403  own  401
record_case_event         uphold          hear_appeal               403  all  own  403  403  403  403  403  401
record_case_event         overturn        hear_appeal               403  all  own  403  403  403  403  403  401
record_case_event         refer           handle_case               403  all  own  403  403  403  403  403  401
record_case_event         close           handle_case               403  all  own  403  403  403  403  403  401
create_verification       -               -                         all  all  all  all  all  all  all  all  all
look_up_card              -               look_up_cards             403  403  403  403  403  all  403  403  401
list_state_cards          -               read_state_cards          403  all  own  own  own  403  403  own  401
get_state_card            -               read_state_cards          403  all  own  own  own  403  403  own  401
list_state_card_events    -               read_state_cards          403  all  own  own  own  403  403  own  401
record_state_card_event   report_lost     report_lost               403  all  own  own  own  403  403  own  401
record_state_card_event   return          return_state_card         403  all  own  own  own  403  403  403  401
record_state_card_event   revoke          decide_on_state_card      403  all  own  403  403  403  403  403  401
record_state_card_event   reinstate       decide_on_state_card      403  all  own  403  403  403  403  403  401
record_state_card_return_event request    return_credential         403  403  403  own  own  403  403  403  401
record_state_card_return_event set_aside  decide_on_state_card      403  all  own  403  403  403  403  403  401
list_misuse_kinds         -               -                         all  all  all  all  all  all  all  all  all
create_misuse_report      -               report_misuse             all  all  all  all  all  all  403  all  all
get_misuse_report         -               -                         all  all  all  all  all  all  all  all  all
add_report_evidence       -               report_misuse             all  all  all  all  all  all  403  all  all
list_misuse_reports       -               read_reports              403  all  own  403  403  own  403  403  401
get_report_evidence       -               read_reports              403  all  own  403  403  own  403  403  401
get_misuse_statistics     -               -                         all  all  all  all  all  all  all  all  all
list_provinces            -               -                         all  all  all  all  all  all  all  all  all
get_liveness              -               -                         all  all  all  all  all  all  all  all  all
get_readiness             -               -                         all  all  all  all  all  all  all  all  all
get_metrics               -               -                         all  all  all  all  all  all  all  all  all
get_issuer                -               -                         all  all  all  all  all  all  all  all  all
get_issuer_signatures     -               -                         all  all  all  all  all  all  all  all  all
get_portrait              -               -                         all  all  all  all  all  all  all  all  all
get_status_list           -               -                         all  all  all  all  all  all  all  all  all
get_honest_set            -               -                         all  all  all  all  all  all  all  all  all
get_checkpoint            -               -                         all  all  all  all  all  all  all  all  all
get_log_entries           -               -                         all  all  all  all  all  all  all  all  all
get_log_tile              -               -                         all  all  all  all  all  all  all  all  all
";

/// What a role is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    All,
    Own,
    Forbidden,
    Hidden,
    Unauthenticated,
}

/// An operation, or one event of it.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its `operationId`.
    pub(crate) operation: &'static str,
    /// The event, or `-`.
    pub(crate) event: &'static str,
    /// The policy's operations, none for what is open to anybody.
    pub(crate) policy: Vec<&'static str>,
    /// By role in the order of `RoleName::ALL`; anybody last.
    pub(crate) words: [Word; 9],
}

impl Row {
    pub(crate) fn anonymous(&self) -> Word {
        self.words[8]
    }
}

/// The table.
pub(crate) fn rows() -> Vec<Row> {
    TABLE.trim().lines().skip(1).map(row).collect()
}

fn row(line: &'static str) -> Row {
    let mut cells = line.split_whitespace();
    let mut text = || cells.next().unwrap_or_else(|| panic!("too few cells: {line}"));
    let (operation, event, policy) = (text(), text(), text());
    let policy = policy.split('+').filter(|operation| *operation != "-").collect();
    let words = std::array::from_fn(|_| match text() {
        "all" => Word::All,
        "own" => Word::Own,
        "403" => Word::Forbidden,
        "404" => Word::Hidden,
        "401" => Word::Unauthenticated,
        other => panic!("{other}: {line}"),
    });
    assert_eq!(cells.next(), None, "too many cells: {line}");
    Row { operation, event, policy, words }
}

/// The events of an operation whose permission hangs on the event, as the domain knows them; else `-`.
pub(super) fn events_of(operation: &str) -> Vec<&'static str> {
    match operation {
        "decide_on_agency" => AgencyEvent::ALL.map(AgencyEvent::as_str).to_vec(),
        "record_application_event" => ApplicationEvent::ALL.map(ApplicationEvent::as_str).to_vec(),
        "record_credential_event" => CredentialEvent::ALL.map(CredentialEvent::as_str).to_vec(),
        "record_state_card_event" => StateCardEvent::ALL.map(StateCardEvent::as_str).to_vec(),
        "record_card_return_event" | "record_state_card_return_event" => {
            ReturnEvent::ALL.map(ReturnEvent::as_str).to_vec()
        }
        "record_case_event" => CaseEvent::ALL.map(CaseEvent::as_str).to_vec(),
        "record_notice_event" => NoticeEvent::ALL.iter().map(|event| event.as_str()).collect(),
        "record_office_event" => OfficeEvent::REQUESTED.iter().map(|event| event.as_str()).collect(),
        "record_person_event" => {
            ErasureEvent::ALL.map(ErasureEvent::as_str).into_iter().chain(["correct_national_id"]).collect()
        }
        "record_duplicate_event" => DuplicateEvent::ALL.map(DuplicateEvent::as_str).to_vec(),
        "end_engagement" => EngagementEvent::ALL.map(EngagementEvent::as_str).to_vec(),
        "end_agency_leader" => vec!["end"],
        _ => vec!["-"],
    }
}
