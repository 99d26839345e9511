//! Press agencies (cơ quan báo chí): who may propose cards, and what may happen to them.

mod kind;
mod leaders;
mod licences;
mod press_types;

pub use kind::AgencyKind;
pub use leaders::{Leader, LeaderEndForm, LeaderEvent, LeaderFields, LeaderForm, LeadingPost};
pub use licences::{
    Licence, LicenceFields, LicenceForm, LicenceState, NewLicence, has_lapsed, is_covered, with_another,
};
pub use press_types::PressType;

use super::ids::AgencyId;
use super::printed::ShortName;
use super::problem::{FieldProblem, Problems};
use super::provinces::ProvinceId;
use super::text;
use super::time::Timestamp;

/// Whose agency it is: a local one belongs to a province, a central one to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// Of a body of the centre.
    Central,
    /// Of a body of this province.
    Local(ProvinceId),
}

/// What a form calls a level, its province apart.
#[derive(Clone, Copy)]
enum LevelName {
    Central,
    Local,
}

impl LevelName {
    fn parse(raw: &str) -> Result<Self, FieldProblem> {
        match raw {
            "central" => Ok(Self::Central),
            "local" => Ok(Self::Local),
            _ => Err(FieldProblem::new("unknown_level", "`central` or `local`")),
        }
    }
}

impl Level {
    fn of(name: LevelName, province: Option<ProvinceId>) -> Result<Self, FieldProblem> {
        match (name, province) {
            (LevelName::Central, None) => Ok(Self::Central),
            (LevelName::Local, Some(province)) => Ok(Self::Local(province)),
            (LevelName::Central, Some(_)) => {
                Err(FieldProblem::new("not_for_central", "a central agency has no province"))
            }
            (LevelName::Local, None) => Err(FieldProblem::new("missing", "a local agency belongs to a province")),
        }
    }

    /// As stored and shown.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Local(_) => "local",
        }
    }

    /// The province of a local agency.
    pub const fn province(&self) -> Option<&ProvinceId> {
        match self {
            Self::Central => None,
            Self::Local(province) => Some(province),
        }
    }
}

/// Where an agency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgencyState {
    /// Licensed and at work.
    Active,
    /// Licence suspended for a time.
    Suspended,
    /// Licence revoked: cards must be returned (L2016 Đ28.5).
    LicenceRevoked,
    /// Closed or merged. Final.
    Closed,
}

/// What may happen to an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgencyEvent {
    /// The licence is suspended.
    Suspend,
    /// The licence is in force again.
    Reinstate,
    /// The licence is taken away.
    RevokeLicence,
    /// The agency ceases to be.
    Close,
}

/// Every permitted change of an agency's state. What is not listed is refused.
pub const TRANSITIONS: &[(AgencyState, AgencyEvent, AgencyState)] = &[
    (AgencyState::Active, AgencyEvent::Suspend, AgencyState::Suspended),
    (AgencyState::Suspended, AgencyEvent::Reinstate, AgencyState::Active),
    (AgencyState::Active, AgencyEvent::RevokeLicence, AgencyState::LicenceRevoked),
    (AgencyState::Suspended, AgencyEvent::RevokeLicence, AgencyState::LicenceRevoked),
    (AgencyState::LicenceRevoked, AgencyEvent::Reinstate, AgencyState::Active),
    (AgencyState::Active, AgencyEvent::Close, AgencyState::Closed),
    (AgencyState::Suspended, AgencyEvent::Close, AgencyState::Closed),
    (AgencyState::LicenceRevoked, AgencyEvent::Close, AgencyState::Closed),
];

impl AgencyState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Suspended, Self::LicenceRevoked, Self::Closed];

    /// The state after `event`, or `None` if it may not happen now.
    pub fn after(self, event: AgencyEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::LicenceRevoked => "licence_revoked",
            Self::Closed => "closed",
        }
    }
}

impl AgencyEvent {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Suspend, Self::Reinstate, Self::RevokeLicence, Self::Close];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
            Self::RevokeLicence => "revoke_licence",
            Self::Close => "close",
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|event| event.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_event", "one of suspend, reinstate, revoke_licence, close"))
    }
}

/// A press agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Its id.
    pub id: AgencyId,
    /// What was entered about it.
    pub fields: AgencyFields,
    /// Where it stands.
    pub state: AgencyState,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was entered.
    pub created_at: Timestamp,
}

/// What is entered about an agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyFields {
    /// Its name, 1–200 characters.
    pub name: String,
    /// The unique short name that its cards carry; needed before the first credential.
    pub short_name: Option<ShortName>,
    /// What body it is, by what it is known for.
    pub kind: AgencyKind,
    /// The types of press that it is licensed for, where they are entered; see [`AgencyFields::press_types`].
    pub press_types: Option<Vec<PressType>>,
    /// Central, or local to a province.
    pub level: Level,
    /// The body that founded and manages it (cơ quan chủ quản), at most 200 characters.
    pub governing_body: Option<String>,
    /// `http://` or `https://` address, at most 200 characters.
    pub website: Option<String>,
    /// Where these facts come from, at most 500 characters.
    pub source: Option<String>,
}

/// An agency as a form or a row of a file has it: words not yet trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyForm {
    /// See [`AgencyFields`]; likewise the others.
    pub name: String,
    /// Short name.
    pub short_name: Option<String>,
    /// Kind, as [`AgencyKind::as_str`].
    pub kind: String,
    /// Types of press, as [`PressType::as_str`].
    pub press_types: Option<Vec<String>>,
    /// `central` or `local`.
    pub level: String,
    /// Governing body.
    pub governing_body: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// Source.
    pub source: Option<String>,
}

impl AgencyForm {
    /// The agency this form tells of. `province` is the unit already found for the form's code.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(
        &self,
        province: Result<Option<ProvinceId>, FieldProblem>,
    ) -> Result<AgencyFields, Vec<super::problem::FieldError>> {
        let mut problems = Problems::new();
        let name = problems.take("/name", text::line(&self.name, 200));
        let short_name = problems.take_optional("/short_name", self.short_name.as_deref(), ShortName::parse);
        let kind = problems.take("/kind", AgencyKind::parse(&self.kind));
        let press_types = self.press_types.as_deref().map(|raw| press_types::parse(raw, kind, &mut problems));
        let level = problems.take("/level", LevelName::parse(&self.level));
        let province = problems.take("/province", province);
        let level =
            level.zip(province).and_then(|(level, province)| problems.take("/province", Level::of(level, province)));
        let governing_body =
            problems.take_optional("/governing_body", self.governing_body.as_deref(), |raw| text::line(raw, 200));
        let website = problems.take_optional("/website", self.website.as_deref(), web_address);
        let source = problems.take_optional("/source", self.source.as_deref(), |raw| text::line(raw, 500));
        problems.finish(|| {
            Some(AgencyFields {
                name: name?,
                short_name,
                kind: kind?,
                press_types,
                level: level?,
                governing_body,
                website,
                source,
            })
        })
    }
}

impl AgencyFields {
    /// The types of press that it is licensed for (L2025 Đ2: one agency may have several): those that are entered, else
    /// what its kind says.
    pub fn press_types(&self) -> &[PressType] {
        self.press_types.as_deref().unwrap_or_else(|| self.kind.usual_press_types())
    }
}

fn web_address(raw: &str) -> Result<String, FieldProblem> {
    let problem = || FieldProblem::new("not_an_address", "a web address that begins with https:// or http://");
    let line = text::line(raw, 200).map_err(|_| problem())?;
    let rest = line.strip_prefix("https://").or_else(|| line.strip_prefix("http://")).ok_or_else(problem)?;
    let plain = !rest.is_empty() && !rest.starts_with('/') && !rest.contains([' ', '"', '<', '>', '@']);
    plain.then_some(line.clone()).ok_or_else(problem)
}

impl Agency {
    /// The words a search looks through, folded.
    pub fn search_words(fields: &AgencyFields) -> String {
        let short = fields.short_name.as_ref().map_or("", ShortName::as_str);
        text::fold(&format!("{} {}", fields.name, short))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AgencyEvent::{Close, Reinstate, RevokeLicence, Suspend};
    use AgencyState::{Active, Closed, LicenceRevoked, Suspended};

    #[test]
    fn nothing_happens_to_an_agency_that_is_not_listed() {
        for state in AgencyState::ALL {
            for event in AgencyEvent::ALL {
                let lawful = match (state, event) {
                    (Active, Suspend) => Some(Suspended),
                    (Suspended | LicenceRevoked, Reinstate) => Some(Active),
                    (Active | Suspended, RevokeLicence) => Some(LicenceRevoked),
                    (Active | Suspended | LicenceRevoked, Close) => Some(Closed),
                    _ => None,
                };
                assert_eq!(state.after(event), lawful, "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn a_form_tells_every_mistake_at_once() {
        let form = AgencyForm {
            kind: "blog".into(),
            level: "local".into(),
            website: Some("ftp://x".into()),
            ..AgencyForm::default()
        };
        let errors = form.parse(Ok(None)).expect_err("four mistakes");
        let told: Vec<_> = errors.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(
            told,
            [("/name", "empty"), ("/kind", "unknown_kind"), ("/province", "missing"), ("/website", "not_an_address")]
        );
        let form = AgencyForm { name: "Báo Ví Dụ".into(), kind: "bao".into(), level: "x".into(), ..form };
        let errors =
            form.parse(Err(FieldProblem::new("unknown_province", "no such code"))).expect_err("three mistakes");
        let told: Vec<_> = errors.iter().map(|e| e.code).collect();
        assert_eq!(told, ["unknown_level", "unknown_province", "not_an_address"]);
    }
}
