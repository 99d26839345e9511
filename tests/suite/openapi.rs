//! The description of the API in the repository is that of the routes that run.

use press_registry::api;
use std::{env, fs, path::Path};

#[test]
fn the_kept_description_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("api-docs/openapi.json");
    let collected = api::document(&api::openapi());
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&path, &collected).expect("a writable file");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(collected.lines()).position(|(kept, collected)| kept != collected);
    assert!(
        kept == collected,
        "api-docs/openapi.json is old from line {}; write it anew with UPDATE_OPENAPI=1 cargo test openapi",
        differs.unwrap_or(kept.lines().count()) + 1,
    );
}
