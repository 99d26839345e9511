//! What the province says of an office is told to its agency, and is the province's to deliver.

use super::{OFFICES, because, notified_by, now, of, office, with_card};
use crate::notices::{text, told as owed};
use crate::support::app::{HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use crate::withdrawals::end;
use serde_json::json;

const TO_DELIVER: &str = "/api/v1/notices?to_deliver=true";

on_both_databases! {
    fn the_agency_is_told_what_the_province_said(db) {
        let app = TestApp::start(db);
        // The agency is of Hà Nội, the office in Hải Phòng.
        let agency = app.local_agency_of("01");
        let (head, away, home) = (app.head(&agency), app.provincial(HAI_PHONG), app.provincial(HA_NOI));
        let leader = app.issued_in(&agency, Some(HA_NOI), &app.person(&agency).text("/id")).text("/person_id");
        let told = notified_by(&app, &agency, &leader);
        let objected = away.happen("offices", &told, because("object")).expect(201);
        let amend = json!({ "event": "amend", "documents": ["assignment"] });
        let amended = head.happen("offices", &objected, amend).expect(201);
        let confirmed = away.happen("offices", &amended, json!({ "event": "confirm" })).expect(201);
        // Nobody can be told in an account: it is to be posted.
        app.database.run("UPDATE users SET state = 'disabled' WHERE role = 'agency_head'").expect("a statement");
        away.happen("offices", &confirmed, because("stop")).expect(201);

        let mut all = owed(&app.clerk(&agency));
        all.retain(|it| it["office_id"] == *told.text("/id"));
        let duties: Vec<_> = all.iter().map(|it| (it["duty"].as_str(), it["means"].as_str())).collect();
        assert_eq!(duties, [
            (Some("office_objected"), Some("account")),
            (Some("office_confirmed"), Some("account")),
            (Some("office_stopped"), None),
        ]);
        for (notice, has_reason) in all.iter().zip([true, false, true]) {
            let paper = text(&away, notice);
            for fact in ["Văn phòng đại diện", "Representative office", "Hải Phòng", "Số 1 phố Ví Dụ", "02/12/2026"] {
                assert!(paper.contains(fact), "{fact} is not in {paper}");
            }
            assert_eq!(paper.contains("Thiếu quyết định cử phóng viên"), has_reason, "{paper}");
            let path = format!("/api/v1/notices/{}", notice["id"].as_str().expect("an id"));
            home.get(&path).expect_problem(404, "not-found");
        }
        let waiting = all[2]["id"].as_str().expect("an id");
        let to_deliver = |unit: &str| app.provincial(unit).list(&format!("{TO_DELIVER}&limit=100"), "/id");
        assert_eq!((to_deliver(HAI_PHONG), to_deliver(HA_NOI).contains(&waiting.to_owned())), (vec![waiting.to_owned()], false));
        let seen = away.get(&format!("/api/v1/notices/{waiting}")).expect(200);
        home.happen("notices", &seen, json!({ "event": "send", "means": "post" })).expect_problem(404, "not-found");
        away.happen("notices", &seen, json!({ "event": "send", "means": "post" })).expect(201);
        assert_eq!(to_deliver(HAI_PHONG), [] as [&str; 0]);
    }

    fn reasons_stay_where_nobody_has_a_post(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, province) = (app.head(&agency), app.provincial(HAI_PHONG));
        let leader = with_card(&app, &agency);
        let told = head.post(&of(&agency), &office(&leader, &[])).expect(201);
        end(&app, &agency, &leader, 0, None);
        province.happen("offices", &now(&province, &told), because("object")).expect(201);
        let notice = owed(&head).into_iter().find(|it| it["duty"] == "office_objected").expect("a notice");
        assert!(text(&head, &notice).contains("Thiếu quyết định cử phóng viên"));
        assert_eq!(province.list(OFFICES, "/id"), [told.text("/id")]);
    }
}
