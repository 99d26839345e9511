//! Two provinces, three agencies, and somebody in each role: whose is what.

use crate::agencies::successions;
use crate::lookups;
use crate::support::TestDatabase;
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::{PDF, pdf};
use press_registry::app::keys::{self, Retirement};
use press_registry::domain::accounts::RoleName;
use press_registry::keys::PairUse;
use serde_json::{Value, json};
use std::io::Cursor;

/// One thing of each kind, all of one agency.
#[derive(Clone, Debug)]
pub(super) struct Things {
    pub(super) agency: String,
    pub(super) person: String,
    pub(super) engagement: String,
    /// Handed in, so that registrars may see it.
    pub(super) application: String,
    /// The person's press card.
    pub(super) credential: String,
    /// About the person, who was told of it.
    pub(super) case: String,
    /// That they were told.
    pub(super) notice: String,
    pub(super) user: String,
    pub(super) digest: String,
    /// Of the log, which is everybody's.
    pub(super) entry: String,
    pub(super) tile: String,
    /// Of an act in the agency's province, with a file of evidence.
    pub(super) report: String,
    pub(super) receipt: String,
    /// The first list of cards, and the set of the key that signed the first of them.
    pub(super) list: String,
    pub(super) kid: String,
    /// The case file that went to the inspectorate.
    pub(super) document: String,
    /// A file of people, with a row that was rejected.
    pub(super) import: String,
    /// A person's record, and another of the same national id elsewhere.
    pub(super) duplicate: String,
    /// A reporter in the agency's province, or in Hà Nội.
    pub(super) office: String,
    /// A file that came with its notice.
    pub(super) office_file: String,
    /// A merger into the agency.
    pub(super) succession: String,
    /// A paper of the application.
    pub(super) paper: String,
    /// A paper about the person, of another application.
    pub(super) own_paper: String,
    /// The person, as the agency's head.
    pub(super) leader: String,
    /// The person's press card of before the registry.
    pub(super) state_card: String,
}

impl Things {
    /// The same with each id altered.
    pub(super) fn map(&self, alter: impl Fn(&str) -> String) -> Self {
        Self {
            agency: alter(&self.agency),
            person: alter(&self.person),
            engagement: alter(&self.engagement),
            application: alter(&self.application),
            credential: alter(&self.credential),
            case: alter(&self.case),
            notice: alter(&self.notice),
            user: alter(&self.user),
            digest: alter(&self.digest),
            entry: alter(&self.entry),
            tile: alter(&self.tile),
            report: alter(&self.report),
            receipt: alter(&self.receipt),
            list: alter(&self.list),
            kid: alter(&self.kid),
            document: alter(&self.document),
            import: alter(&self.import),
            duplicate: alter(&self.duplicate),
            office: alter(&self.office),
            office_file: alter(&self.office_file),
            succession: alter(&self.succession),
            paper: alter(&self.paper),
            own_paper: alter(&self.own_paper),
            leader: alter(&self.leader),
            state_card: alter(&self.state_card),
        }
    }
}

/// Somebody in a role, with what is theirs and what is another's.
pub(super) struct Member {
    pub(super) title: &'static str,
    pub(super) client: Client,
    pub(super) own: Things,
    pub(super) others: Vec<Things>,
}

/// A registry with things in it, and somebody in each role of the table, in its order.
pub(super) struct World {
    _app: TestApp,
    pub(super) members: Vec<Member>,
}

impl World {
    pub(super) fn new(db: TestDatabase) -> Self {
        let app = TestApp::start(db);
        let (local, elsewhere, central) = (app.local_agency(), app.local_agency_of("01"), app.central_agency());
        let own = things(&app, &local, Some(HAI_PHONG));
        let colleague = things(&app, &local, Some(HAI_PHONG));
        let foreign = [things(&app, &elsewhere, Some(HA_NOI)), things(&app, &central, None)];
        let member = |role: RoleName| {
            let (client, others) = match role {
                RoleName::Admin => (app.admin(), foreign.to_vec()),
                RoleName::NationalRegistrar => (app.registrar(), foreign.to_vec()),
                RoleName::ProvincialRegistrar => (app.provincial(HAI_PHONG), foreign.to_vec()),
                RoleName::AgencyHead => (app.head(&local), foreign.to_vec()),
                RoleName::AgencyClerk => (app.clerk(&local), foreign.to_vec()),
                RoleName::Official => (app.official(), foreign.to_vec()),
                RoleName::Auditor => (app.auditor(), foreign.to_vec()),
                // A colleague's card is another's too.
                RoleName::Holder => {
                    (app.holder(&own.person), [&foreign[..], std::slice::from_ref(&colleague)].concat())
                }
            };
            let mut own = own.clone();
            if role == RoleName::Official || role == RoleName::Admin {
                // Theirs is what they reported themselves, and how they were told that it ended.
                let (report, receipt) = report(&app, &client, Some(HAI_PHONG));
                let form = json!({ "subject": "body", "body": "Công ty Ví Dụ", "reports": [report] });
                let case = told(&app, &form);
                app.registrar().happen("cases", &case, json!({ "event": "dismiss", "reason": "x" })).expect(201);
                let notices = format!("{}/notices", case.path("cases"));
                own.notice = app.registrar().list(&notices, "/id").pop().expect("one");
                if role == RoleName::Official {
                    (own.report, own.receipt, own.case) = (report, receipt, case.text("/id"));
                }
            }
            Member { title: role.title(), client, own, others }
        };
        let mut members: Vec<Member> = RoleName::ALL.into_iter().map(member).collect();
        members.push(Member { title: "anonymous", client: app.anonymous(), own, others: foreign.to_vec() });
        app.registry.publish_log().expect("a checkpoint");
        keys::rotate(&app.registry, PairUse::Card).expect("rotated");
        keys::retire(&app.registry, &members[0].own.kid, Retirement::Compromised).expect("compromised");
        app.registry.publish_lists().expect("signed lists");
        Self { _app: app, members }
    }
}

fn things(app: &TestApp, agency: &TestAgency, unit: Option<&str>) -> Things {
    let person = app.person(agency);
    let person = app.clerk(agency).put(
        &format!("{}/portrait", person.path("people")),
        &person.etag(),
        "image/png",
        &portrait(app.serial()),
    );
    let person = person.expect(200);
    let card = app.issued_in(agency, unit, &person.text("/id"));
    let digest = card.text("/photo_digest");
    let user = app.clerk(agency).user.expect("an account").to_string();
    let (report, receipt) = report(app, &app.anonymous(), unit);
    let case = told_case(app, unit, &card).text("/id");
    let notice = first_notice(app, &case);
    let document = app.registrar().list(&format!("/api/v1/cases/{case}/documents"), "/sha256").remove(0);
    let (application, paper) = waiting(app, agency);
    let (office, office_file) = office(app, agency, unit, &person.text("/id"));
    Things {
        agency: agency.id.to_string(),
        person: person.text("/id"),
        engagement: person.text("/engagements/0/id"),
        application: application.text("/id"),
        paper,
        own_paper: own_paper(app, agency, &person.text("/id")),
        credential: card.text("/id"),
        case,
        notice,
        user,
        digest,
        entry: "0".into(),
        tile: "000.p/99".into(),
        report,
        receipt,
        list: "0".into(),
        kid: app.database.texts("SELECT kid AS value FROM credentials ORDER BY log_index").remove(0),
        document,
        import: rejected_import(app, agency),
        duplicate: duplicate(app, agency),
        office,
        office_file,
        succession: merger(app, agency),
        leader: leader(app, agency, &person.text("/id")),
        state_card: state_card(app, agency, &person.text("/full_name")),
    }
}

/// The person's press card of before.
fn state_card(app: &TestApp, agency: &TestAgency, name: &str) -> String {
    let number = format!("IBT{:05}", app.serial());
    lookups::state_cards(app, agency, &[(&number, name, "2026-01-02", "")]);
    app.database.texts(&format!("SELECT id AS value FROM state_cards WHERE number = '{number}'")).remove(0)
}

/// Somebody whom two agencies entered.
fn duplicate(app: &TestApp, agency: &TestAgency) -> String {
    let (form, other) = (app.person_form(), app.central_agency());
    for agency in [agency, &other] {
        app.entered(agency, &form);
    }
    app.database.texts("SELECT id AS value FROM duplicates ORDER BY id").pop().expect("a pair")
}

/// A reporter who follows the agency's province, or Hà Nội, and a file of the notice.
fn office(app: &TestApp, agency: &TestAgency, unit: Option<&str>, person: &str) -> (String, String) {
    let form = json!({
        "kind": "assigned_reporter", "province": unit.unwrap_or(HA_NOI).get(..2), "from": "2026-12-10",
        "reporters": [person], "documents": ["assignment"],
    });
    let head = app.head(agency);
    let told = head.post(&format!("/api/v1/agencies/{}/offices", agency.id), &form).expect(201);
    let files = format!("{}/documents?kind=assignment", told.path("offices"));
    let added = head.send("POST", &files, &[PDF], Some(&pdf(&app.serial().to_string()))).expect(201);
    (told.text("/id"), added.text("/sha256"))
}

fn rejected_import(app: &TestApp, agency: &TestAgency) -> String {
    let path = format!("/api/v1/agencies/{}/people/import?dry_run=true", agency.id);
    let file = "full_name,birth_date,national_id,kind,post,from\nTrần Bưởi,1990-05-06,1,staff,Phóng viên,2020-01-02\n";
    app.clerk(agency)
        .send("POST", &path, &[("content-type", "text/csv")], Some(file.as_bytes()))
        .expect(200)
        .text("/id")
}

fn leader(app: &TestApp, agency: &TestAgency, person: &str) -> String {
    let form = json!({ "person_id": person, "post": "deputy", "from": "2026-01-01" });
    app.registrar().post(&format!("/api/v1/agencies/{}/leaders", agency.id), &form).expect(201).text("/id")
}

/// Another agency is taken in.
fn merger(app: &TestApp, agency: &TestAgency) -> String {
    successions::carried_out(app, "mergers", &successions::merger(&[&app.central_agency()], agency)).text("/id")
}

/// A case about the holder of a card, in the province of its agency, or in Hà Nội.
fn told_case(app: &TestApp, unit: Option<&str>, card: &Answer) -> Answer {
    let form = json!({
        "subject": "holder",
        "person_id": card.text("/person_id"),
        "credential_id": card.text("/id"),
        "province": unit.unwrap_or(HA_NOI).get(..2),
        "summary": "Thẻ được cho người khác mượn",
    });
    let case = told(app, &form);
    let evidence = format!("{}/evidence", case.path("cases"));
    app.registrar().send("POST", &evidence, &[("content-type", "application/pdf")], Some(b"%PDF-1.7\n")).expect(201);
    let case = app.registrar().get(&case.path("cases")).expect(200);
    let refer = json!({ "event": "refer", "to": "inspectorate", "reason": "Theo thẩm quyền" });
    app.registrar().happen("cases", &case, refer).expect(201)
}

fn first_notice(app: &TestApp, case: &str) -> String {
    app.registrar().list(&format!("/api/v1/cases/{case}/notices"), "/id").remove(0)
}

/// A case that its subject was told of.
fn told(app: &TestApp, form: &Value) -> Answer {
    let registrar = app.registrar();
    let opened = registrar.post("/api/v1/cases", form).expect(201);
    registrar.happen("cases", &opened, json!({ "event": "notify", "means": "in_person" })).expect(201)
}

/// A report with a file of evidence: its id and its receipt.
fn report(app: &TestApp, reporter: &Client, unit: Option<&str>) -> (String, String) {
    let form = json!({
        "province": if unit == Some(HAI_PHONG) { "31" } else { "01" },
        "place": "Bến xe",
        "occurred_at": "2026-11-21T01:00:00Z",
        "narrative": "Đưa thẻ giả.",
    });
    let receipt = reporter.post("/api/v1/misuse-reports", &form).expect(201).text("/receipt");
    let evidence = format!("/api/v1/misuse-reports/{receipt}/evidence");
    reporter.send("POST", &evidence, &[("content-type", "application/pdf")], Some(b"%PDF-1.7\n")).expect(201);
    (app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0), receipt)
}

/// An application that nobody has decided, and a paper of it.
fn waiting(app: &TestApp, agency: &TestAgency) -> (Answer, String) {
    let draft = app.draft(agency, &[&app.person(agency).text("/id")]);
    let papers = format!("{}/documents?kind=decision", draft.path("applications"));
    let paper = format!("%PDF-1.7\n{}\n%%EOF", app.serial());
    let headers = [("content-type", "application/pdf")];
    let added = app.clerk(agency).send("POST", &papers, &headers, Some(paper.as_bytes())).expect(201);
    let head = app.head(agency);
    let draft = head.get(&draft.path("applications")).expect(200);
    (head.happen("applications", &draft, json!({ "event": "submit" })).expect(201), added.text("/sha256"))
}

/// A paper about a person in an application for a new card.
fn own_paper(app: &TestApp, agency: &TestAgency, person: &str) -> String {
    let clerk = app.clerk(agency);
    let form = json!({ "kind": "press_card", "basis": "renewal", "people": [person] });
    let draft = clerk.post("/api/v1/applications", &form).expect(201);
    let papers = format!("{}/documents?kind=degree&person={person}", draft.path("applications"));
    let paper = format!("%PDF-1.7\n{}\n%%EOF", app.serial());
    clerk
        .send("POST", &papers, &[("content-type", "application/pdf")], Some(paper.as_bytes()))
        .expect(201)
        .text("/sha256")
}

/// A picture that no other call of this test made.
fn portrait(serial: u32) -> Vec<u8> {
    let [_, red, green, blue] = serial.wrapping_mul(0x9e37_79b1).to_be_bytes();
    let mut png = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(240, 240, image::Rgb([red, green, blue]));
    picture.write_to(&mut png, image::ImageFormat::Png).expect("a picture in memory");
    png.into_inner()
}

/// What is sent where only the right to send anything is in question.
pub(super) fn no_form(event: &str) -> Vec<u8> {
    let form = if event == "-" { json!({}) } else { json!({ "event": event }) };
    form.to_string().into_bytes()
}
