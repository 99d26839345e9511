//! What the policy says beyond its table.

use crate::support::answer::Contract;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use press_registry::app::applications::{self, EventForm};
use press_registry::app::gate::Gate;
use press_registry::domain::accounts::{Caller, Role};
use press_registry::domain::ids::{ApplicationId, Id as _, UserId};
use press_registry::error::Error;
use press_registry::policy;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a session that was opened with a one-time code may do.
const BEFORE_A_PASSWORD: [&str; 3] = ["sign_out", "get_own_account", "choose_password"];

/// The account of a registrar that has to choose a password first.
fn newcomer(app: &TestApp) -> Client {
    let form = json!({ "email": "moi@test.example", "role": "registrar" });
    let made = app.admin().post("/api/v1/users", &form).expect(201);
    let signed_in = app.anonymous().sign_in("moi@test.example", &made.text("/one_time_code")).expect(201);
    app.anonymous().with_tokens(&signed_in)
}

/// Approves in the name of an account, as if it were a national registrar's: no account has two roles, but the rule
/// must not hang on that.
fn approve_as(app: &TestApp, user: UserId, application: &str) -> Result<(), Error> {
    let session = press_registry::domain::ids::SessionId::from_uuid(user.uuid());
    let caller = Caller { user, role: Role::NationalRegistrar, body: None, session, must_change_password: false };
    let id = ApplicationId::parse(application).expect("an id");
    let registry = Arc::clone(&app.registry);
    app.registry.store.write_blocking(move |tx| {
        let form = EventForm { event: "approve".into(), ..EventForm::default() };
        // No version is named: the second person is asked for before that.
        applications::happen(tx, &registry, &caller, id, &Gate::default(), Ok(form)).map(|_| ())
    })
}

/// The ids of the first hundred things of a list.
fn listed(client: &Client, list: &str) -> BTreeSet<String> {
    let items = client.get(&format!("/api/v1/{list}")).expect(200).json()["items"].as_array().cloned();
    let items = items.expect("items");
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

on_both_databases! {
    fn whoever_drafted_submitted_or_endorsed_never_approves(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let (clerk, head, provincial) = (app.clerk(&agency), app.head(&agency), app.provincial(HAI_PHONG));
        let people = [app.person(&agency).text("/id")];
        let form = json!({ "kind": "press_card", "basis": "first", "people": people });
        let draft = clerk.post("/api/v1/applications", &form).expect(201);
        let path = draft.path("applications");
        let submitted = head.event(&path, &draft.etag(), json!({ "event": "submit" })).expect(201);
        let endorsed = provincial.event(&path, &submitted.etag(), json!({ "event": "endorse" })).expect(201);
        for earlier in [&clerk, &head, &provincial] {
            let refused = approve_as(&app, earlier.user.expect("an account"), &draft.text("/id"));
            assert!(matches!(refused, Err(Error::SecondPersonRequired)), "{refused:?}");
        }
        let registrar = app.registrar();
        let asked = approve_as(&app, registrar.user.expect("an account"), &draft.text("/id"));
        assert!(matches!(asked, Err(Error::PreconditionRequired)), "{asked:?}");
        registrar.event(&path, &endorsed.etag(), json!({ "event": "approve" })).expect(201);
    }

    fn no_registrar_revokes_for_misuse_without_a_case(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        let revoke = |ground: &str| json!({ "event": "revoke", "reason": "Quyết định 12", "ground": ground });
        for registrar in [app.registrar(), app.provincial(HAI_PHONG)] {
            registrar.event(&card.path("credentials"), &card.etag(), revoke("misuse")).expect_problem(409, "wrong-state");
            assert_eq!(registrar.get(&card.path("credentials")).expect(200).text("/state"), "active");
        }
        app.registrar().event(&card.path("credentials"), &card.etag(), revoke("discipline")).expect(201);
    }

    fn a_session_opened_with_a_code_may_only_choose_a_password_or_leave(db) {
        let app = TestApp::start(db);
        let newcomer = newcomer(&app);
        let missing = "01890a5d-ac96-774b-bcce-b302099a8057";
        let operations = Contract::of_the_api().operations();
        let closed = operations.iter().filter(|(method, path, name)| {
            let open = |(other, it): &(&str, &str)| method == other && *path == format!("/api/v1{it}");
            path.starts_with("/api/v1/")
                && !policy::ANONYMOUS.iter().any(open)
                && !BEFORE_A_PASSWORD.contains(&name.as_str())
        });
        let mut refused = 0;
        for (method, path, _) in closed {
            let path = path.replace("{id}", missing).replace("{eid}", missing);
            let body: Option<&[u8]> = if method == "GET" { None } else { Some(b"{}") };
            let answer = newcomer.send(method, &path, &[("content-type", "application/json")], body);
            answer.expect_problem(403, "password-change-required");
            refused += 1;
        }
        assert!(refused > 25, "only {refused} operations were tried");
        newcomer.get("/api/v1/me").expect(200);
        newcomer.post("/api/v1/me/password", &json!({})).expect(422);
        newcomer.delete("/api/v1/sessions/current").expect(204);
        newcomer.get("/api/v1/me").expect_problem(401, "unauthenticated");
    }

    fn a_draft_is_its_agencys_own_until_it_is_handed_in(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        let (path, id) = (draft.path("applications"), draft.text("/id"));
        let registrars = [app.registrar(), app.provincial(HAI_PHONG)];
        let is_hidden = || {
            for registrar in &registrars {
                registrar.get(&path).expect_problem(404, "not-found");
                registrar.get(&format!("{path}/events")).expect_problem(404, "not-found");
                let give_back = json!({ "event": "return", "reason": "Thiếu hồ sơ" });
                registrar.event(&path, &draft.etag(), give_back).expect_problem(404, "not-found");
                for list in ["applications", "applications?state=draft", "applications?state=withdrawn"] {
                    assert!(!listed(registrar, list).contains(&id), "{list}");
                }
            }
        };
        is_hidden();
        for own in [app.clerk(&agency), app.head(&agency)] {
            own.get(&path).expect(200);
            assert!(listed(&own, "applications?state=draft").contains(&id));
        }
        let other = app.submitted(&agency, &[&app.person(&agency).text("/id")]);
        for registrar in &registrars {
            registrar.get(&other.path("applications")).expect(200);
            assert!(listed(registrar, "applications").contains(&other.text("/id")));
        }
        // What was taken back before it was handed in was never a registrar's to see.
        app.clerk(&agency).event(&path, &draft.etag(), json!({ "event": "withdraw" })).expect(201);
        is_hidden();
    }

    fn officials_and_registrars_are_told_the_state_behind_withdrawn_and_nobody_else(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let check = |client: &Client, code: &str| {
            client.post("/api/v1/verifications", &json!({ "code": card.text(code) })).expect(200).json()
        };
        let told = [app.official(), app.registrar(), app.provincial(HA_NOI)];
        let untold = [
            app.anonymous(),
            app.admin(),
            app.head(&agency),
            app.clerk(&agency),
            app.auditor(),
            app.holder(&card.text("/person_id")),
            newcomer(&app),
        ];
        assert_eq!(check(&told[0], "/code").get("state"), None, "a valid card has nothing behind it");
        let suspend = json!({ "event": "suspend", "reason": "Đang xác minh", "ground": "inquiry" });
        app.registrar().event(&card.path("credentials"), &card.etag(), suspend).expect(201);
        for code in ["/code", "/typed_code"] {
            let public = check(&untold[0], code);
            assert_eq!(public["reason"], "withdrawn");
            for client in &untold {
                assert_eq!(check(client, code), public);
            }
            for client in &told {
                let mut answer = check(client, code);
                let state = answer.as_object_mut().and_then(|answer| answer.remove("state"));
                assert_eq!(state, Some(json!("suspended")));
                assert_eq!(answer, public, "and nothing else differs");
            }
        }
    }

    fn a_list_holds_what_may_be_read_and_nothing_else(db) {
        let app = TestApp::start(db);
        let (local, elsewhere, central) = (app.local_agency(), app.local_agency_of("01"), app.central_agency());
        let things = [(&local, Some(HAI_PHONG)), (&local, Some(HAI_PHONG)), (&elsewhere, Some(HA_NOI)), (&central, None)]
            .map(|(agency, unit)| app.issued_in(agency, unit, &app.person(agency).text("/id")));
        let (clerk, head) = (app.clerk(&local), app.head(&elsewhere));
        let (provincial, holder) = (app.provincial(HAI_PHONG), app.holder(&things[0].text("/person_id")));
        let everything = app.registrar();
        for (client, credentials, applications) in [
            (&everything, 4, Some(4)),
            (&provincial, 2, Some(2)),
            (&clerk, 2, Some(2)),
            (&head, 1, Some(1)),
            (&holder, 1, None),
        ] {
            for (list, count) in [("credentials", Some(credentials)), ("applications", applications)] {
                let Some(count) = count else { continue };
                let all = listed(&everything, list);
                let readable = all.into_iter().filter(|id| client.get(&format!("/api/v1/{list}/{id}")).status == 200);
                let readable: BTreeSet<_> = readable.collect();
                assert_eq!(listed(client, list), readable);
                assert_eq!(readable.len(), count, "{list}");
            }
        }
        let foreign = format!("credentials?agency_id={}", central.id);
        assert!(listed(&clerk, &foreign).is_empty(), "a filter shows nobody more");
        assert_eq!(listed(&everything, &foreign).len(), 1);
    }

    fn an_engagement_is_ended_by_the_agency_it_is_with(db) {
        let app = TestApp::start(db);
        let (own, other) = (app.central_agency(), app.central_agency());
        let (person, stranger) = (app.person(&own), app.person(&other));
        let clerk = app.clerk(&own);
        let end = |engagement: &str| {
            let path = format!("{}/engagements/{engagement}", person.path("people"));
            clerk.event(&path, &person.etag(), json!({ "event": "end", "reason": "Hết hạn" }))
        };
        end(&stranger.text("/engagements/0/id")).expect_problem(404, "not-found");
        end("01890a5d-ac96-774b-bcce-b302099a8057").expect_problem(404, "not-found");
        end(&person.text("/engagements/0/id")).expect(201);
    }

    fn a_province_enters_its_own_agencies_and_no_others(db) {
        let app = TestApp::start(db);
        let provincial = app.provincial(HAI_PHONG);
        let enter = |more: (&str, Option<&str>)| {
            let name = format!("Báo Tỉnh {}", app.serial());
            let form = json!({ "name": name, "short_name": name, "kind": "bao", "level": more.0, "province": more.1 });
            provincial.post("/api/v1/agencies", &form)
        };
        let own = enter(("local", Some("31"))).expect(201);
        enter(("local", Some("01"))).expect_problem(404, "not-found");
        enter(("central", None)).expect_problem(404, "not-found");
        let away = json!({ "province": "01" });
        provincial.patch(&own.path("agencies"), &own.etag(), &away).expect_problem(404, "not-found");
        assert_eq!(provincial.get(&own.path("agencies")).text("/province"), "31");
    }
}
