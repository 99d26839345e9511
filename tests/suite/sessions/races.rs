//! What happens to an account while somebody signs in or chooses a password: the hashing takes its time.

use super::PASSWORD;
use crate::store::batches::{busy, submit};
use crate::support::on_both_databases;
use crate::support::registry::TestRegistry;
use press_registry::app::accounts::{self, Opened, UserForm, UserPatch};
use press_registry::app::gate::{Etag, Gate};
use press_registry::domain::accounts::{Caller, User};
use press_registry::error::Error;
use std::sync::{Arc, mpsc};
use std::time::Duration;

const EMAIL: &str = "auditor@test.example";
const OTHER: &str = "bếp lửa đầu hồi chiều đông";

fn account(node: &TestRegistry) -> User {
    let form = UserForm { email: EMAIL.into(), role: "auditor".into(), ..UserForm::default() };
    node.add_user(form, PASSWORD).expect("an account")
}

fn signed_in(node: &TestRegistry) -> Arc<Caller> {
    let tokens = node.sign_in(EMAIL, PASSWORD).expect("a session");
    node.authenticate(&tokens.access).expect("a caller").caller
}

fn reset(node: &TestRegistry, user: &User) -> Opened {
    let (admin, id) = (node.admin(), user.id);
    node.write(move |tx, _| accounts::reset(tx, &admin, id, &Gate::default())).expect("reset")
}

fn another_address(node: &TestRegistry, user: &User) {
    let (admin, id) = (node.admin(), user.id);
    let gate = Gate::new(Some(Etag::of_version(user.version).quoted()));
    let patch = UserPatch { email: Some("other@test.example".into()), ..UserPatch::default() };
    node.write(move |tx, _| accounts::change(tx, &admin, id, &gate, || Ok(patch.clone()))).expect("changed");
}

on_both_databases! {
    fn a_reset_is_not_undone_by_a_password_in_flight(node: TestRegistry) {
        let user = account(&node);
        let caller = signed_in(&node);
        let chosen = node.prepare_password(&caller, Some(PASSWORD), OTHER).expect("a good password");
        let code = reset(&node, &user).one_time_code;
        assert!(matches!(node.keep_password(chosen), Err(Error::Unauthenticated)));
        assert!(matches!(node.sign_in(EMAIL, OTHER), Err(Error::WrongCredentials)));
        node.sign_in(EMAIL, &code).expect("the code opens it");
    }

    fn a_reset_is_not_undone_by_whoever_signed_in_with_a_code(node: TestRegistry) {
        let user = account(&node);
        let code = reset(&node, &user).one_time_code;
        let tokens = node.sign_in(EMAIL, &code).expect("a session");
        let caller = node.authenticate(&tokens.access).expect("a caller").caller;
        let chosen = node.prepare_password(&caller, None, OTHER).expect("a good password");
        let newer = reset(&node, &user).one_time_code;
        assert!(matches!(node.keep_password(chosen), Err(Error::Unauthenticated)));
        node.sign_in(EMAIL, &newer).expect("the newer code opens it");
    }

    fn a_password_is_chosen_in_an_open_session_and_for_the_account_as_it_was_seen(node: TestRegistry) {
        let user = account(&node);
        let caller = signed_in(&node);
        let chosen = node.prepare_password(&caller, Some(PASSWORD), OTHER).expect("a good password");
        node.sign_out(&caller).expect("signed out");
        assert!(matches!(node.keep_password(chosen), Err(Error::Unauthenticated)));

        let caller = signed_in(&node);
        let chosen = node.prepare_password(&caller, Some(PASSWORD), OTHER).expect("a good password");
        another_address(&node, &user);
        assert!(matches!(node.keep_password(chosen), Err(Error::WrongState { .. })));
        node.sign_in("other@test.example", PASSWORD).expect("the password is as it was");
    }

    fn a_session_is_not_opened_with_what_was_reset_meanwhile(node: TestRegistry) {
        let user = account(&node);
        let by_password = node.prove(EMAIL, PASSWORD).expect("proven");
        let first = reset(&node, &user).one_time_code;
        assert!(matches!(node.open_session(by_password), Err(Error::WrongCredentials)));

        let by_code = node.prove(EMAIL, &first).expect("proven");
        let second = reset(&node, &user).one_time_code;
        assert!(matches!(node.open_session(by_code), Err(Error::WrongCredentials)));
        node.sign_in(EMAIL, &second).expect("the newer code was not used up");
    }

    fn a_code_proven_twice_opens_one_session(node: TestRegistry) {
        let user = account(&node);
        let code = reset(&node, &user).one_time_code;
        let [one, other] = [node.prove(EMAIL, &code), node.prove(EMAIL, &code)].map(|it| it.expect("proven"));
        node.open_session(one).expect("a session");
        assert!(matches!(node.open_session(other), Err(Error::WrongCredentials)));
    }

    fn whoever_is_disabled_does_nothing_more_in_the_same_batch(node: TestRegistry) {
        let user = account(&node);
        let tokens = node.sign_in(EMAIL, PASSWORD).expect("a session");
        let admitted = node.authenticate(&tokens.access).expect("a caller");
        let admin = node.admin();
        let (writer, release) = busy(&node.store);
        let mut disable = Box::pin(node.change_accounts(move |tx| {
            let gate = Gate::new(Some(Etag::of_version(user.version).quoted()));
            let patch = UserPatch { state: Some("disabled".into()), ..UserPatch::default() };
            accounts::change(tx, &admin, user.id, &gate, || Ok(patch.clone()))
        }));
        submit(disable.as_mut());
        let registry = Arc::clone(&node.registry);
        let mut then = Box::pin(node.store.write(move |tx| registry.still_admitted(tx, &admitted).map(|_| ())));
        submit(then.as_mut());
        release.send(()).expect("the writer waits");
        writer.join().expect("no panic");
        let (disabled, then) = actix_web::rt::System::new().block_on(async { (disable.await, then.await) });
        disabled.expect("disabled");
        assert!(matches!(then, Err(Error::Unauthenticated)));
    }

    fn a_guessed_refresh_token_waits_for_no_write(node: TestRegistry) {
        let (busy, is_busy) = mpsc::channel();
        let (finish, finished) = mpsc::channel::<()>();
        let registry = Arc::clone(&node.registry);
        let writer = std::thread::spawn(move || {
            registry.store.write_blocking(move |_| {
                busy.send(()).expect("a test");
                // Ends as well when the test has failed.
                let _over = finished.recv();
                Ok(())
            })
        });
        is_busy.recv().expect("a writer at work");
        let (answer, answered) = mpsc::channel();
        let registry = Arc::clone(&node.registry);
        std::thread::spawn(move || answer.send(registry.refresh_session("guessed").map(|_| ())));
        let refused = answered.recv_timeout(Duration::from_secs(20)).expect("an answer while the writer is at work");
        assert!(matches!(refused, Err(Error::Unauthenticated)));
        drop(finish);
        writer.join().expect("no panic").expect("written");
    }
}
