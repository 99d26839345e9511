//! axe-core, which looks for what shuts people out. It is a package for tests only: `PRESS_REGISTRY_AXE` says where its
//! `axe.min.js` is. Without it nothing is checked, with a message; `PRESS_REGISTRY_REQUIRE_AXE=1` makes that a failure.

use super::driver::Browser;
use serde_json::{Value, json};
use std::sync::OnceLock;

fn source() -> Option<&'static str> {
    static SOURCE: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let path = std::env::var_os("PRESS_REGISTRY_AXE");
        if path.is_none() {
            let missing = "axe-core is not looked for: PRESS_REGISTRY_AXE is not set";
            assert!(std::env::var_os("PRESS_REGISTRY_REQUIRE_AXE").is_none(), "{missing}");
            eprintln!("skipped: {missing}");
        }
        path.map(|path| std::fs::read_to_string(path).expect("PRESS_REGISTRY_AXE names axe.min.js"))
    };
    SOURCE.get_or_init(read).as_deref()
}

/// Fails where axe finds anything in the page that is open.
pub(super) fn check(browser: &Browser, name: &str) {
    let Some(source) = source() else { return };
    // Which rules are kept is asked for, and not where: that would name each element of the page.
    // The page's own policy forbids to add a script to it: the driver evaluates it beside the page.
    browser.devtools("Runtime.evaluate", json!({ "expression": source }));
    let found = browser.run(
        "const { violations, passes } = await axe.run({ resultTypes: ['violations'] });
         return { passes: passes.length, violations: violations.map((it) => [it.id, it.help, it.nodes.map((node) => node.html)]) };",
        &[],
    );
    assert_eq!(found["violations"], Value::Array(Vec::new()), "{name}: {found:#}");
    assert!(found["passes"].as_u64() > Some(5), "{name}: it looked at something");
}
