//! What the log tells of reports and cases, and of what is forgotten.

use super::{Model, list, word};
use press_registry::domain::events::Recorded;

impl Model {
    pub(super) fn report(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        match &*event.kind {
            "report.received" => {
                self.put("reports", id, &["received", &word(facts, "kind"), &word(facts, "province")]);
                self.put("report_details", id, &[]);
            }
            "report.evidence_added" => self.evidence("report_evidence", event, None),
            _ => self.set("reports", id, 0, word(facts, "to")),
        }
    }

    pub(super) fn evidence(&mut self, table: &'static str, event: &Recorded, role: Option<&str>) {
        let (facts, bytes) = (&event.data, event.data["bytes"].to_string());
        let mut row = vec![word(facts, "media_type"), bytes, word(facts, "sha256")];
        row.extend(role.map(str::to_owned));
        self.of(table).insert(format!("{}/{}", event.object_id, facts["number"]), row);
    }

    pub(super) fn case(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        let by = event.actor_id.clone().unwrap_or_default();
        if event.kind == "case.opened" {
            self.put("cases", id, &["", &word(facts, "kind")]);
        }
        if facts["to"].is_string() {
            self.set("cases", id, 0, word(facts, "to"));
        }
        for report in list(facts, "reports") {
            self.put("case_reports", format!("{id}/{report}"), &[]);
        }
        for notice in list(facts, "notices") {
            self.put("notices", notice, &[id]);
        }
        match &*event.kind {
            "case.carried" => self.carried(facts, 7),
            "case.attached" if facts["kind"].is_string() => self.set("cases", id, 1, word(facts, "kind")),
            "case.answered" | "case.appealed" => {
                let said = self.of("case_statements").keys().filter(|key| key.split('/').next() == Some(id)).count();
                let what = if event.kind == "case.appealed" { "appeal" } else { "answer" };
                self.put("case_statements", format!("{id}/{said}"), &[&event.actor_role, what]);
            }
            "case.decided" => {
                let [outcome, kind, measure] = ["outcome", "kind", "measure"].map(|name| word(facts, name));
                self.put("case_decisions", id, &[&outcome, &kind, &measure, &by, "", ""]);
            }
            "case.confirmed" => self.set("case_decisions", id, 4, by),
            "case.overturned" => self.set("case_decisions", id, 5, "overturned"),
            "case.referred" => {
                self.put("case_documents", format!("{id}/{}", word(&facts["document"], "sha256")), &[]);
            }
            "case.evidence_added" => self.evidence("case_evidence", event, Some(&event.actor_role)),
            "case.linked" => {
                let other = word(facts, "case_id");
                let (one, other) = if id < &*other { (id, &*other) } else { (&*other, id) };
                self.put("case_links", format!("{one}/{other}"), &[]);
            }
            _ => {}
        }
    }

    pub(super) fn without_files(&mut self, case: &str) {
        self.drop_below("case_evidence", case);
        self.drop_below("case_documents", case);
    }

    pub(super) fn forgotten(&mut self, report: &str) {
        self.set("reports", report, 0, "closed");
        self.of("report_details").remove(report);
        self.drop_below("report_evidence", report);
    }

    pub(super) fn retention(&mut self, event: &Recorded) {
        self.without_papers(&event.data);
        for report in list(&event.data, "reports") {
            self.forgotten(&report);
        }
        for case in list(&event.data, "cases") {
            self.without_files(&case);
        }
        for application in list(&event.data, "applications") {
            let of_it = |key: &String| key.split('/').next() == Some(&application);
            self.of("application_people").retain(|key, row| !of_it(key) || row[0] != "refused");
            if !self.of("application_people").keys().any(of_it) {
                self.of("applications").remove(&application);
            }
            for notice in list(&event.data, "notices") {
                self.of("notices").remove(&notice);
            }
        }
        for portrait in list(&event.data, "portraits") {
            self.of("portraits").remove(&portrait);
            self.set_all("people", |row| row[1] == portrait, 1, "");
        }
    }
}
