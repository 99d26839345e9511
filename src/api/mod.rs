//! All HTTP: what the registry's functions look like from outside.
//!
//! Every operation stands in [`operations`] or [`outside`], every page in `pages!` below. The address of an operation
//! is written once, on its handler, and the documentation is collected from what really runs.

mod address;
mod agencies;
mod answer;
mod applications;
mod body;
mod caller;
mod cards;
mod cases;
mod context;
mod credentials;
mod csv;
mod cursor;
mod docs;
mod documents;
mod duplicates;
mod erasure;
mod findings;
mod gate;
mod happening;
mod headers;
mod health;
mod history;
mod imports;
mod in_hand;
mod json;
mod leaders;
mod licences;
mod log;
mod log_entries;
mod log_export;
mod lookups;
mod misuse_kinds;
mod misuse_reports;
mod negotiate;
mod notices;
mod observe;
mod offices;
mod oneself;
mod pages;
mod people;
mod problem;
mod provinces;
mod published;
mod query;
mod returns;
pub mod server;
mod sessions;
mod state_cards;
mod statistics;
mod status_lists;
mod successions;
mod unrouted;
mod upload;
mod users;
mod verifications;

use crate::app::Registry;
use crate::app::published::Published;
use actix_web::dev::{HttpServiceFactory, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{App, body::BoxBody, guard, web};
use std::io;
use std::sync::{Arc, LazyLock};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt as _, OpenApiFactory, scope};

/// Where the registry's functions are.
const V1: &str = "/api/v1";

/// What operations are registered with: the router of a worker, or the description of the API, which is collected once.
trait Register {
    fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self;
}

impl Register for web::ServiceConfig {
    fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        web::ServiceConfig::service(self, operation)
    }
}

impl Register for ServiceConfig<'_> {
    fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        ServiceConfig::service(self, operation)
    }
}

/// Every operation under `/api/v1`. The router tries them in this order: what is read most stands first.
fn operations(api: &mut impl Register) {
    api.service(agencies::get_agency)
        .service(agencies::list_agencies)
        .service(agencies::create_agency)
        .service(agencies::change_agency)
        .service(agencies::list_agency_events)
        .service(offices::list_agency_offices)
        .service(offices::create_office)
        .service(offices::list_offices)
        .service(offices::get_office)
        .service(offices::list_office_events)
        .service(offices::record_office_event)
        .service(offices::documents::list_office_documents)
        .service(offices::documents::add_office_document)
        .service(offices::documents::get_office_document)
        .service(offices::documents::remove_office_document)
        .service(agencies::decide_on_agency)
        .service(leaders::list_agency_leaders)
        .service(leaders::appoint_agency_leader)
        .service(leaders::end_agency_leader)
        .service(licences::list_licences)
        .service(licences::create_licence)
        .service(successions::merge_agencies)
        .service(successions::split_agency)
        .service(successions::list_agency_successions)
        .service(successions::get_agency_succession)
        .service(verifications::create_verification)
        .service(lookups::look_up_card)
        .service(state_cards::list_state_cards)
        .service(state_cards::get_state_card)
        .service(state_cards::record_state_card_event)
        .service(state_cards::list_state_card_events)
        .service(people::list_people)
        .service(people::create_person)
        .service(imports::import_people)
        .service(imports::listing::list_imports)
        .service(imports::get_import)
        .service(imports::get_rejected_rows)
        .service(people::get_person)
        .service(people::change_person)
        .service(people::set_portrait)
        .service(people::engagements::begin_engagement)
        .service(people::engagements::end_engagement)
        .service(duplicates::list_duplicates)
        .service(duplicates::get_duplicate)
        .service(duplicates::record_duplicate_event)
        .service(erasure::list_erasures)
        .service(erasure::record_person_event)
        .service(oneself::list_accesses)
        .service(oneself::list_person_events)
        .service(oneself::export_person)
        .service(oneself::get_own_document)
        .service(applications::list_applications)
        .service(applications::create_application)
        .service(applications::get_application)
        .service(applications::record_application_event)
        .service(applications::list_application_events)
        .service(applications::documents::list_application_documents)
        .service(applications::documents::add_application_document)
        .service(applications::documents::get_application_document)
        .service(applications::documents::remove_application_document)
        .service(credentials::list_credentials)
        .service(returns::list_cards_to_return)
        .service(returns::record_card_return_event)
        .service(returns::record_state_card_return_event)
        .service(credentials::get_credential)
        .service(credentials::record_credential_event)
        .service(credentials::list_credential_events)
        .service(credentials::get_credential_qr)
        .service(cards::get_credential_card)
        .service(cards::create_print_job)
        .service(credentials::create_letter)
        .service(cases::list_cases)
        .service(cases::create_case)
        .service(cases::get_case)
        .service(cases::record_case_event)
        .service(cases::list_case_events)
        .service(cases::timeline::get_case_timeline)
        .service(cases::documents::list_case_documents)
        .service(cases::documents::get_case_document)
        .service(cases::evidence::list_case_evidence)
        .service(cases::evidence::add_case_evidence)
        .service(cases::evidence::get_case_evidence)
        .service(cases::finding::list_case_matches)
        .service(cases::finding::link_case)
        .service(cases::finding::list_alerts)
        .service(notices::list_case_notices)
        .service(notices::list_notices)
        .service(notices::get_notice)
        .service(notices::record_notice_event)
        .service(sessions::sign_in)
        .service(sessions::refresh_session)
        .service(sessions::sign_out)
        .service(sessions::get_own_account)
        .service(sessions::choose_password)
        .service(users::list_users)
        .service(users::create_user)
        .service(users::get_user)
        .service(users::change_user)
        .service(users::reset_user)
        .service(users::invite_person)
        .service(log_entries::list_log_entries)
        .service(log_entries::get_log_entry)
        .service(log_export::export_log)
        .service(findings::list_log_findings)
        .service(provinces::list_provinces)
        .service(misuse_kinds::list_misuse_kinds)
        .service(misuse_reports::list_misuse_reports)
        .service(misuse_reports::create_misuse_report)
        .service(misuse_reports::get_misuse_report)
        .service(misuse_reports::add_report_evidence)
        .service(misuse_reports::get_report_evidence)
        .service(statistics::get_misuse_statistics);
}

/// Every operation outside.
fn outside(api: &mut impl Register) {
    api.service(health::get_issuer)
        .service(status_lists::get_status_list)
        .service(health::get_issuer_signatures)
        .service(health::get_portrait)
        .service(health::get_liveness)
        .service(health::get_readiness)
        .service(health::get_metrics)
        .service(status_lists::get_honest_set)
        .service(log::get_checkpoint)
        .service(log::get_log_entries)
        .service(log::get_log_tile);
}

/// Makes the table of pages: what the router is told, and what it allows.
macro_rules! pages {
    ($($method:ident $path:literal => $handler:path;)+) => {
        const PAGES: &[(&str, &[&str])] = &[$(($path, &[stringify!($method)]),)+];

        fn pages(pages: &mut web::ServiceConfig) {
            pages$(.service(web::resource($path).guard(guard::Method(Method::$method)).to($handler)))+;
        }
    };
}

// What people look at; it is no part of the documented API.
pages! {
    GET "/" => pages::home;
    GET "/v" => pages::verifier;
    GET "/V" => pages::verifier;
    POST "/v" => pages::check;
    GET "/report" => pages::report;
    POST "/report" => pages::send_report;
    GET "/report/follow" => pages::report;
    POST "/report/follow" => pages::follow_report;
    GET "/v/style.css" => pages::style;
    GET "/v/worker.js" => pages::worker;
    GET "/problems/{slug}" => pages::problem_kind;
    GET "/openapi.json" => docs::openapi;
    GET "/docs" => docs::to_index;
    GET "/docs/{file:.*}" => docs::file;
}

/// All of it, in the order of the router.
fn everything(api: &mut web::ServiceConfig) {
    let v1 =
        web::scope(V1).configure(operations).wrap(from_fn(caller::admit)).default_service(web::to(unrouted::not_here));
    api.service(v1).configure(outside).configure(pages);
}

/// What the web server holds.
struct State {
    registry: Arc<Registry>,
    metrics: observe::Metrics,
    places: in_hand::Places,
    addresses: unrouted::Addresses,
    openapi: Published,
    verifier: pages::Verifier,
    /// Whether people reach the registry over TLS, which a proxy may end.
    is_https: bool,
}

impl State {
    fn new(registry: Arc<Registry>) -> io::Result<Self> {
        Ok(Self {
            metrics: observe::Metrics::new(),
            places: in_hand::Places::new(),
            addresses: unrouted::Addresses::new(&openapi().paths, PAGES),
            openapi: DOCUMENT.clone(),
            verifier: pages::Verifier::new(&registry.settings)?,
            is_https: registry.settings.public_url.starts_with("https://"),
            registry,
        })
    }
}

/// The whole web application, for one worker.
fn app(
    state: web::Data<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(state)
        .configure(everything)
        .default_service(web::to(unrouted::not_here))
        .wrap(from_fn(in_hand::limit))
        .wrap(from_fn(observe::observe))
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Press-accreditation registry",
        description = "Press agencies, their journalists, and credentials that anyone can verify.\n\nSign in with \
            `POST /api/v1/sessions` and send the access token as `Authorization: Bearer …`. Errors are problem \
            documents (RFC 9457): match `type` and `code`, never words. Changes need `If-Match` with the ETag that was \
            read; what creates something may carry an `Idempotency-Key`, so that a repeated request is done once. \
            Times are RFC 3339 in UTC, ids UUIDv7, names in Unicode NFC.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(problem::Problem)),
    security(("bearer" = []))
)]
struct Base;

/// The description of every operation (OpenAPI 3.1), collected from what runs.
pub fn openapi() -> &'static OpenApi {
    &OPENAPI
}

static OPENAPI: LazyLock<OpenApi> = LazyLock::new(describe);
static DOCUMENT: LazyLock<Published> = LazyLock::new(|| Published::new(document(&OPENAPI).into_bytes()));

fn describe() -> OpenApi {
    let mut base = <Base as utoipa::OpenApi>::openapi();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token of `POST /api/v1/sessions`; it lives ten minutes."));
    let components = base.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    let v1 = scope(V1).configure(|api| operations(api));
    App::new().into_utoipa_app().openapi(base).service(v1).configure(|api| outside(api)).split_for_parts().1
}

/// The description as it is served and kept in `api-docs/openapi.json`.
pub fn document(openapi: &OpenApi) -> String {
    let mut text = openapi.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_says_what_it_is() {
        let mut names = BTreeSet::new();
        for (path, item) in openapi().paths.paths.clone() {
            for operation in [item.get, item.post, item.put, item.patch, item.delete].into_iter().flatten() {
                let name = operation.operation_id.unwrap_or_default();
                assert!(name.contains('_'), "{path}: {name} is to be verb_noun");
                assert!(operation.summary.is_some(), "{name} has no summary");
                assert!(operation.tags.is_some_and(|tags| tags.len() == 1), "{name} has one tag");
                assert!(names.insert(name.clone()), "{name} is there twice");
            }
        }
    }

    #[test]
    fn whoever_is_not_signed_in_is_told_so_by_the_documentation() {
        let openapi = serde_json::to_value(openapi()).expect("JSON");
        assert_eq!(openapi["openapi"], "3.1.0");
        assert_eq!(openapi["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
        let paths = openapi["paths"].as_object().expect("paths").iter();
        let paths = paths.filter_map(|(path, item)| Some((path.strip_prefix(V1)?, item.as_object()?)));
        let open: BTreeSet<(String, &str)> = paths
            .flat_map(|(path, item)| item.iter().map(move |(method, operation)| (method, path, operation)))
            .filter(|(.., operation)| {
                let ways = operation["security"].as_array();
                ways.is_some_and(|ways| ways.contains(&serde_json::json!({})))
            })
            .map(|(method, path, _)| (method.to_uppercase(), path))
            .collect();
        let anonymous = crate::policy::ANONYMOUS.iter().map(|(method, path)| ((*method).to_owned(), *path)).collect();
        assert_eq!(open, anonymous);
    }
}
