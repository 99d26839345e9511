//! Agencies, and invented people who work for them.

use super::{TestRegistry, callers::province};
use press_registry::{
    app::{people, people::NewPersonForm, portraits},
    demo,
    domain::{
        agencies::{Agency, AgencyFields, AgencyKind, AgencyState, Level},
        events::{Event, EventKind, Object},
        ids::PersonId,
        people::{EngagementForm, Person, PersonForm},
        printed::ShortName,
    },
    pictures::portrait::Portrait,
    policy,
    store::{agencies, people as rows},
};

impl TestRegistry {
    /// An agency of the centre, whose applications go straight to the ministry.
    pub(crate) fn central_agency(&self) -> Agency {
        self.agency(Level::Central)
    }

    /// An agency of a province, which endorses its applications.
    pub(crate) fn local_agency(&self, province_id: &str) -> Agency {
        self.agency(Level::Local(province(province_id)))
    }

    fn agency(&self, level: Level) -> Agency {
        let nth = self.shared.next();
        let fields = AgencyFields {
            name: format!("Báo Thử nghiệm số {nth}"),
            short_name: Some(ShortName::parse(&format!("Báo Thử nghiệm {nth}")).expect("a short name")),
            kind: AgencyKind::Bao,
            press_types: None,
            level,
            governing_body: None,
            website: None,
            source: None,
        };
        self.write(move |tx, _| {
            let agency = Agency {
                id: tx.new_id(),
                fields: fields.clone(),
                state: AgencyState::Active,
                version: 1,
                created_at: tx.now(),
            };
            let event = Event::new(EventKind::AgencyCreated, Object::Agency(agency.id));
            tx.record(&policy::the_program_itself(), event, |writer| agencies::insert(writer, &agency))?;
            Ok(agency)
        })
        .expect("an agency")
    }

    /// A reporter on the agency's staff.
    pub(crate) fn reporter(&self, agency: &Agency) -> Person {
        self.register(agency, "staff")
    }

    /// A collaborator of the agency.
    pub(crate) fn collaborator(&self, agency: &Agency) -> Person {
        self.register(agency, "collaborator")
    }

    fn register(&self, agency: &Agency, kind: &str) -> Person {
        let nth = self.shared.next();
        let form = NewPersonForm {
            person: PersonForm {
                full_name: "Trần Thị Bưởi".to_owned(),
                birth_date: "1990-05-06".to_owned(),
                national_id: format!("999090{nth:06}"),
                ..PersonForm::default()
            },
            engagement: EngagementForm {
                kind: kind.to_owned(),
                post: "phóng viên".to_owned(),
                from: "2020-01-02".to_owned(),
            },
        };
        let (agency, state) = (agency.id, agency.state);
        self.write(move |tx, registry| people::enter(tx, registry, &policy::the_program_itself(), agency, state, &form))
            .expect("a person")
    }

    /// Draws a person's portrait and puts it on record; gives the picture.
    pub(crate) fn portrait_of(&self, person: PersonId) -> Portrait {
        let picture = Portrait::read(&demo::portraits::draw(self.shared.next())).expect("a drawn picture");
        let (id, digest) = self.keep_picture(&picture).expect("written files");
        self.write(move |tx, registry| {
            let person = rows::find(tx, &registry.secrets.sealing, person)?.expect("on record");
            portraits::take(tx, registry, &policy::the_program_itself(), person, id, digest)
        })
        .expect("a portrait");
        picture
    }
}
