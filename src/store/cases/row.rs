//! Between rows of cases and the domain's types.

use crate::domain::cases::{
    Appeal, Case, CaseState, Claimed, Decision, Finding, Interim, Measure, MeasureKind, NoticeGiven, Outcome, Stay,
    Subject, SubjectKind,
};
use crate::domain::ids::{ReportId, UserId};
use crate::domain::misuse::MisuseKind;
use crate::domain::provinces::ProvinceId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::schema::{case_decisions, cases};
use diesel::prelude::*;

/// The reports of a case, and who made them.
#[derive(Default)]
pub(super) struct Reports {
    pub(super) ids: Vec<ReportId>,
    pub(super) reporters: Vec<UserId>,
}

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = cases, treat_none_as_null = true)]
pub(super) struct Row {
    pub(super) id: String,
    state: String,
    kind: Option<String>,
    subject: String,
    person_id: Option<String>,
    agency_id: Option<String>,
    body: Option<String>,
    credential_id: Option<String>,
    province_id: String,
    venue_id: String,
    place: Option<String>,
    occurred_at: Option<i64>,
    summary: Option<String>,
    claimed_name: Option<String>,
    claimed_agency: Option<String>,
    claimed_phone: Option<String>,
    claimed_number: Option<String>,
    opened_by: String,
    notice: Option<String>,
    reply_by: Option<i64>,
    stay_until: Option<i64>,
    stay_ended: bool,
    interim_credential_id: Option<String>,
    interim_until: Option<i64>,
    interim_index: Option<i64>,
    interim_ended: bool,
    replied: bool,
    version: i64,
    opened_at: i64,
}

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = case_decisions, treat_none_as_null = true)]
pub(super) struct DecisionRow {
    pub(super) case_id: String,
    outcome: String,
    kind: String,
    measure: String,
    credential_id: Option<String>,
    names_subject: bool,
    reasons: String,
    decided_by: String,
    decided_at: i64,
    confirmed_by: Option<String>,
    effect_index: Option<i64>,
    appeal_until: Option<i64>,
    appealed_at: Option<i64>,
    heard_by: Option<String>,
    heard_at: Option<i64>,
    overturned: bool,
    appeal_reasons: Option<String>,
}

impl From<&Case> for Row {
    fn from(it: &Case) -> Self {
        let (notice, reply_by) = match it.notice {
            None => (None, None),
            Some(NoticeGiven::Impossible) => (Some("impossible"), None),
            Some(NoticeGiven::Sent) => (Some("sent"), None),
            Some(NoticeGiven::Served { reply_by }) => (Some("served"), Some(reply_by.micros())),
        };
        Self {
            id: it.id.to_string(),
            state: it.state.as_str().to_owned(),
            kind: it.kind.map(|kind| kind.as_str().to_owned()),
            subject: it.subject.kind().as_str().to_owned(),
            person_id: it.subject.person().map(|id| id.to_string()),
            agency_id: it.agency.map(|id| id.to_string()),
            body: it.subject.body().map(str::to_owned),
            credential_id: it.credential.map(|id| id.to_string()),
            province_id: it.province.as_str().to_owned(),
            venue_id: it.venue.as_str().to_owned(),
            place: it.place.clone(),
            occurred_at: it.occurred_at.map(Timestamp::micros),
            summary: it.summary.clone(),
            claimed_name: it.claimed.name.clone(),
            claimed_agency: it.claimed.agency.clone(),
            claimed_phone: it.claimed.phone.clone(),
            claimed_number: it.claimed.number.clone(),
            opened_by: it.opened_by.to_string(),
            notice: notice.map(str::to_owned),
            reply_by,
            stay_until: it.stay.map(|stay| stay.until.micros()),
            stay_ended: it.stay.is_some_and(|stay| stay.ended),
            interim_credential_id: it.interim.map(|interim| interim.credential.to_string()),
            interim_until: it.interim.map(|interim| interim.until.micros()),
            interim_index: it.interim.map(|interim| interim.log_index),
            interim_ended: it.interim.is_some_and(|interim| interim.ended),
            replied: it.replied,
            version: it.version,
            opened_at: it.opened_at.micros(),
        }
    }
}

impl Row {
    fn subject(&self) -> Result<Subject, Error> {
        let missing = || Error::internal("a case without what its subject is known by");
        Ok(match columns::word(&self.subject, &SubjectKind::ALL, SubjectKind::as_str)? {
            SubjectKind::Holder => Subject::Holder(columns::id(self.person_id.as_deref().ok_or_else(missing)?)?),
            SubjectKind::Agency => Subject::Agency(columns::id(self.agency_id.as_deref().ok_or_else(missing)?)?),
            SubjectKind::Body => Subject::Body(self.body.clone().ok_or_else(missing)?),
            SubjectKind::Claimed => Subject::Claimed,
            SubjectKind::Unknown => Subject::Unknown,
        })
    }

    fn notice(&self) -> Result<Option<NoticeGiven>, Error> {
        Ok(match (self.notice.as_deref(), self.reply_by) {
            (None, _) => None,
            (Some("impossible"), _) => Some(NoticeGiven::Impossible),
            (Some("sent"), _) => Some(NoticeGiven::Sent),
            (Some("served"), Some(reply_by)) => Some(NoticeGiven::Served { reply_by: columns::instant(reply_by) }),
            (Some(other), _) => return Err(Error::internal(format!("a stored notice is `{other}`"))),
        })
    }

    fn interim(&self) -> Result<Option<Interim>, Error> {
        match (&self.interim_credential_id, self.interim_until, self.interim_index) {
            (Some(credential), Some(until), Some(log_index)) => {
                let (credential, until) = (columns::id(credential)?, columns::instant(until));
                Ok(Some(Interim { credential, until, log_index, ended: self.interim_ended }))
            }
            (_, _, _) => Ok(None),
        }
    }

    pub(super) fn into_domain(self, decision: Option<DecisionRow>, reports: Reports) -> Result<Case, Error> {
        let province = |raw: &str| columns::stored(ProvinceId::parse(raw));
        let (subject, notice, interim) = (self.subject()?, self.notice()?, self.interim()?);
        let (decision, appeal) = decision.map(DecisionRow::into_domain).transpose()?.unzip();
        Ok(Case {
            id: columns::id(&self.id)?,
            state: columns::word(&self.state, &CaseState::ALL, CaseState::as_str)?,
            kind: self.kind.as_deref().map(|raw| columns::stored(MisuseKind::parse(raw))).transpose()?,
            subject,
            agency: columns::optional_id(self.agency_id.as_deref())?,
            credential: columns::optional_id(self.credential_id.as_deref())?,
            province: province(&self.province_id)?,
            venue: province(&self.venue_id)?,
            place: self.place,
            occurred_at: self.occurred_at.map(columns::instant),
            summary: self.summary,
            claimed: Claimed {
                name: self.claimed_name,
                agency: self.claimed_agency,
                phone: self.claimed_phone,
                number: self.claimed_number,
            },
            reports: reports.ids,
            reporters: reports.reporters,
            opened_by: columns::id(&self.opened_by)?,
            notice,
            stay: self.stay_until.map(|until| Stay { until: columns::instant(until), ended: self.stay_ended }),
            interim,
            replied: self.replied,
            decision,
            appeal: appeal.flatten(),
            version: self.version,
            opened_at: columns::instant(self.opened_at),
        })
    }
}

impl DecisionRow {
    pub(super) fn of(it: &Case) -> Option<Self> {
        let decision = it.decision.as_ref()?;
        let Finding { outcome, kind, measure } = decision.finding;
        let appeal = it.appeal.as_ref();
        Some(Self {
            case_id: it.id.to_string(),
            outcome: outcome.as_str().to_owned(),
            kind: kind.as_str().to_owned(),
            measure: measure.kind().as_str().to_owned(),
            credential_id: measure.credential().map(|id| id.to_string()),
            names_subject: decision.names_subject,
            reasons: decision.reasons.clone(),
            decided_by: decision.decided_by.to_string(),
            decided_at: decision.decided_at.micros(),
            confirmed_by: decision.confirmed_by.map(|id| id.to_string()),
            effect_index: decision.effect,
            appeal_until: decision.appeal_until.map(Timestamp::micros),
            appealed_at: appeal.map(|appeal| appeal.at.micros()),
            heard_by: appeal.and_then(|appeal| appeal.heard_by).map(|id| id.to_string()),
            heard_at: appeal.and_then(|appeal| appeal.heard_at).map(Timestamp::micros),
            overturned: appeal.is_some_and(|appeal| appeal.overturned),
            appeal_reasons: appeal.and_then(|appeal| appeal.reasons.clone()),
        })
    }

    fn into_domain(self) -> Result<(Decision, Option<Appeal>), Error> {
        let measure = columns::word(&self.measure, &MeasureKind::ALL, MeasureKind::as_str)?;
        let measure = Measure::of(measure, columns::optional_id(self.credential_id.as_deref())?);
        let finding = Finding {
            outcome: columns::stored(Outcome::parse(&self.outcome))?,
            kind: columns::stored(MisuseKind::parse(&self.kind))?,
            measure: measure.ok_or_else(|| Error::internal("a measure without its credential"))?,
        };
        let decision = Decision {
            finding,
            names_subject: self.names_subject,
            reasons: self.reasons,
            decided_by: columns::id(&self.decided_by)?,
            decided_at: columns::instant(self.decided_at),
            confirmed_by: columns::optional_id(self.confirmed_by.as_deref())?,
            effect: self.effect_index,
            appeal_until: self.appeal_until.map(columns::instant),
        };
        let heard_by = columns::optional_id(self.heard_by.as_deref())?;
        let appeal = self.appealed_at.map(|at| Appeal {
            at: columns::instant(at),
            heard_by,
            heard_at: self.heard_at.map(columns::instant),
            overturned: self.overturned,
            reasons: self.appeal_reasons,
        });
        Ok((decision, appeal))
    }
}
