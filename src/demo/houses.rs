//! The demo's agencies: all that there are, and some that are plainly invented. Whatever may look bad for an agency happens
//! to those alone.

use crate::app::{self, Registry};
use crate::data;
use crate::domain::agencies::{AgencyFields, AgencyForm, Level};
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::provinces::ProvinceId;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy;
use std::sync::Arc;

/// The short name of the central agency with accounts.
pub(super) const CENTRAL: &str = "Báo Lao Động";
/// The short name of the local one.
pub(super) const LOCAL: &str = "Báo Hải Phòng";
/// The invented agency with accounts: all holders and agencies that cases are about are of it.
pub(super) const VI_DU: &str = "TC Ví Dụ";
/// Has offices in provinces, a licence that ends soon, and takes [`MAU_CU`] in.
pub(super) const MAU: &str = "Báo Mẫu";
/// Is suspended.
pub(super) const TAM_DUNG: &str = "TC Tạm Dừng";
/// Local; what it is owed goes on paper. Could become one with [`DIA_PHUONG`].
pub(super) const THI_DU: &str = "Báo Thí Dụ";
/// Local, in the same province; some of its cards are suspended or revoked.
pub(super) const DIA_PHUONG: &str = "TC Thí Dụ";
/// Went over to [`MAU`].
pub(super) const MAU_CU: &str = "TC Mẫu Cũ";

/// Where these facts come from.
const SOURCE: &str = "hư cấu, chỉ có trong bản trình diễn";
/// The province of local agencies that are invented: Hải Phòng.
const PROVINCE: &str = "31";

/// An agency that there is not.
struct Invented {
    name: &'static str,
    short_name: Option<&'static str>,
    kind: &'static str,
    /// Where it is licensed for more than its kind says.
    press_types: Option<&'static [&'static str]>,
    is_local: bool,
}

const fn invented(name: &'static str, short_name: &'static str, kind: &'static str) -> Invented {
    Invented { name, short_name: Some(short_name), kind, press_types: None, is_local: false }
}

const INVENTED: &[Invented] = &[
    invented("Tạp chí Ví Dụ (cơ quan hư cấu)", VI_DU, "tap_chi"),
    Invented {
        press_types: Some(&["print", "electronic"]),
        ..invented("Báo Mẫu (cơ quan hư cấu)", MAU, "chu_luc_da_phuong_tien")
    },
    invented("Tạp chí Tạm Dừng (cơ quan hư cấu)", TAM_DUNG, "tap_chi_dien_tu"),
    Invented {
        is_local: true, ..invented("Báo Thí Dụ Địa Phương (cơ quan hư cấu)", THI_DU, "bao_va_ptth")
    },
    Invented {
        is_local: true, ..invented("Tạp chí Thí Dụ Địa Phương (cơ quan hư cấu)", DIA_PHUONG, "tap_chi")
    },
    invented("Tạp chí Mẫu Cũ (cơ quan hư cấu)", MAU_CU, "tap_chi"),
];

/// A site that only gathers what others published: no press, so that nobody there has a card.
const AGGREGATOR: Invented = Invented {
    name: "Trang thông tin tổng hợp Mẫu (trang hư cấu)",
    short_name: None,
    kind: "trang_ttdt",
    press_types: None,
    is_local: false,
};

/// An agency of the demo.
pub(super) struct DemoHouse {
    pub(super) index: usize,
    pub(super) id: AgencyId,
    pub(super) agency: AgencyFields,
    pub(super) people: DemoPeople,
}

/// Who works for it.
#[derive(Default)]
pub(super) struct DemoPeople {
    pub(super) staff: Vec<PersonId>,
    pub(super) collaborators: Vec<PersonId>,
    /// Staff of [`VI_DU`] whom no case is about: they leave, lose cards, reside in provinces.
    pub(super) reserve: Vec<PersonId>,
}

impl DemoHouse {
    pub(super) fn is(&self, short_name: &str) -> bool {
        self.agency.short_name.as_ref().is_some_and(|short| short.as_str() == short_name)
    }

    /// Whether there is no such agency.
    pub(super) fn is_invented(&self) -> bool {
        self.index >= data::agencies().len()
    }

    /// Whether it is one of those that there are, or of which cases tell.
    pub(super) fn is_among_the_first(&self) -> bool {
        !self.is_invented() || self.is(VI_DU)
    }

    /// Whether something becomes of its cards that no diary tells.
    pub(super) fn has_marked_cards(&self) -> bool {
        self.is_among_the_first() || self.is(DIA_PHUONG)
    }

    /// Whom anything may happen to that is told in the diaries.
    pub(super) fn cast(&self) -> &[PersonId] {
        if self.people.reserve.is_empty() { &self.people.staff } else { &self.people.reserve }
    }
}

/// Enters all of them: those that there are, then the invented ones; and the site.
pub(super) fn enter(registry: &Arc<Registry>, today: Day) -> Result<(Vec<DemoHouse>, AgencyId), Error> {
    let fields = INVENTED.iter().map(|it| it.fields(today)).collect::<Result<Vec<_>, _>>()?;
    let aggregator = AGGREGATOR.fields(today)?;
    registry.store.write_blocking(move |tx| {
        let real = data::agencies().iter().map(|it| AgencyFields { level: of_today(&it.level), ..it.clone() });
        let houses = real.chain(fields.iter().cloned()).enumerate().map(|(index, fields)| {
            let agency = app::agencies::enter(tx, &policy::the_program_itself(), fields)?;
            Ok(DemoHouse { index, id: agency.id, agency: agency.fields, people: DemoPeople::default() })
        });
        let houses = houses.collect::<Result<Vec<_>, Error>>()?;
        let site = app::agencies::enter(tx, &policy::the_program_itself(), aggregator.clone())?;
        Ok((houses, site.id))
    })
}

impl Invented {
    fn fields(&self, today: Day) -> Result<AgencyFields, Error> {
        let words = |types: &[&str]| types.iter().map(|it| (*it).to_owned()).collect();
        let form = AgencyForm {
            name: self.name.to_owned(),
            short_name: self.short_name.map(str::to_owned),
            kind: self.kind.to_owned(),
            press_types: self.press_types.map(words),
            level: if self.is_local { "local" } else { "central" }.to_owned(),
            source: Some(SOURCE.to_owned()),
            ..AgencyForm::default()
        };
        let province = self.is_local.then(|| unit(PROVINCE, today)).transpose()?;
        Ok(form.parse(Ok(province))?)
    }
}

/// The public sources name provinces of before July 2025; a record made today is of today's unit.
fn of_today(level: &Level) -> Level {
    match level {
        Level::Central => Level::Central,
        Level::Local(province) => {
            let unit = data::provinces().iter().find(|unit| unit.id == *province);
            Level::Local(unit.and_then(|unit| unit.successor.clone()).unwrap_or_else(|| province.clone()))
        }
    }
}

/// The unit that has this code.
pub(super) fn unit(code: &str, today: Day) -> Result<ProvinceId, Error> {
    let unit = data::provinces().iter().find(|unit| unit.code == code && unit.in_force(today));
    Ok(unit.ok_or_else(|| Error::internal("a province that there is not"))?.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invented_says_so_and_is_named_like_nobody() {
        for it in INVENTED.iter().chain([&AGGREGATOR]) {
            assert!(it.name.contains("hư cấu"), "{}", it.name);
            let is_real = |real: &AgencyFields| {
                real.name == it.name || real.short_name.as_ref().map(|short| short.as_str()) == it.short_name
            };
            assert!(!data::agencies().iter().any(is_real), "{}", it.name);
        }
    }
}
