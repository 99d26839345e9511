//! What is kept no longer is forgotten: one day before it is there, on the day it is gone; once, and written down.

mod cases;
mod days;
mod runs;

use crate::support::app::TestApp;
use serde_json::Value;

/// What the last run told.
pub(crate) fn last_run(app: &TestApp) -> Value {
    let told = "SELECT data AS value FROM events WHERE type = 'retention.run' ORDER BY idx DESC LIMIT 1";
    serde_json::from_str(&app.database.texts(told)[0]).expect("JSON")
}

/// Runs what runs by itself at this moment; gives how many things of a kind were forgotten, by that run or by the server's
/// own, which may come first.
fn forgotten(app: &TestApp, at: &str, kind: &str) -> i64 {
    app.set_time(at);
    app.registry.forget().expect("a run");
    let now = app.registry.clock.now().micros();
    let told = format!("SELECT data AS value FROM events WHERE type = 'retention.run' AND at = {now}");
    let runs = app.database.texts(&told);
    let count = |run: &String| serde_json::from_str::<Value>(run).expect("JSON")["forgotten"][kind].as_i64();
    runs.iter().map(|run| count(run).expect("a count")).sum()
}
