//! Invented people for demonstrations and tests of load, the same for the same seed.
//!
//! Nobody here is taken from a real list: a name is put together from parts that are common in Việt Nam, so it can
//! coincide with a real person's by chance. What would identify somebody is plainly made up: identity numbers begin
//! with 999, which is no province's code, and addresses of mail end in the reserved `.example` (RFC 2606).

use crate::domain::{text, time::Day};
use chrono::{Datelike as _, NaiveDate};
use fastrand::Rng;

/// An invented journalist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// At most 80 bytes of UTF-8, as on a card.
    pub full_name: String,
    /// The name under which some of them write.
    pub pen_name: Option<String>,
    /// Between 1964 and 2003.
    pub birth_date: Day,
    /// Twelve digits in the usual order (province, century and sex, year, number), of province 999.
    pub national_id: String,
    /// An address that cannot exist.
    pub email: String,
    /// The post at the agency, in Vietnamese.
    pub post: &'static str,
}

/// People in the order of their invention: at most a million, no two with the same identity number or address.
#[derive(Clone, Debug)]
pub struct People {
    rng: Rng,
    /// How many were invented before the next.
    count: u32,
    /// Where the identity numbers of this seed begin.
    first_number: u32,
}

/// The people of this seed.
pub fn people(seed: u64) -> People {
    let mut rng = Rng::with_seed(seed);
    People { first_number: rng.u32(..NUMBERS), count: 0, rng }
}

/// The last six digits of an identity number.
const NUMBERS: u32 = 1_000_000;
/// Coprime to [`NUMBERS`], so that stepping by it meets every number once, and neighbours do not look alike.
const NUMBER_STEP: u32 = 420_489;

impl Iterator for People {
    type Item = Person;

    fn next(&mut self) -> Option<Person> {
        let serial = self.count;
        if serial == NUMBERS {
            return None;
        }
        self.count += 1;
        let rng = &mut self.rng;
        let sex = if rng.bool() { Sex::Woman } else { Sex::Man };
        let name = Name::invent(rng, sex);
        let birth_date = BORN_FROM.plus_days(rng.u64(..BORN_WITHIN_DAYS));
        let number = (u64::from(serial) * u64::from(NUMBER_STEP) + u64::from(self.first_number)) % u64::from(NUMBERS);
        Some(Person {
            pen_name: (rng.u32(..5) == 0).then(|| pen_name(rng, sex, name.given)),
            birth_date,
            national_id: national_id(sex, birth_date.date(), number),
            email: format!("{}.{serial}@mail.example", text::fold(name.given).replace(' ', ".")),
            post: weighted(rng, POSTS),
            full_name: name.full,
        })
    }
}

const BORN_FROM: Day = Day::new(NaiveDate::from_ymd_opt(1964, 1, 1).expect("a date that exists"));
/// Forty years: to the end of 2003.
const BORN_WITHIN_DAYS: u64 = 14_610;

#[derive(Clone, Copy)]
enum Sex {
    Man,
    Woman,
}

impl Sex {
    fn middle_names(self) -> &'static [(u32, &'static str)] {
        match self {
            Self::Man => MEN_MIDDLE,
            Self::Woman => WOMEN_MIDDLE,
        }
    }

    fn given_names(self) -> &'static [&'static str] {
        match self {
            Self::Man => MEN_GIVEN,
            Self::Woman => WOMEN_GIVEN,
        }
    }
}

struct Name {
    full: String,
    given: &'static str,
}

impl Name {
    fn invent(rng: &mut Rng, sex: Sex) -> Self {
        let given = pick(rng, sex.given_names());
        let middle = weighted(rng, sex.middle_names());
        let full = match (rng.u32(..1000), sex) {
            // Long names, as in families of the former court, try the limits of forms and cards.
            (..4, Sex::Woman) => {
                let more = [pick(rng, sex.given_names()), pick(rng, sex.given_names()), pick(rng, sex.given_names())];
                format!("Công Huyền Tôn Nữ {middle} {} {given}", more.join(" "))
            }
            (..4, Sex::Man) => {
                let more = [pick(rng, sex.given_names()), pick(rng, sex.given_names()), pick(rng, sex.given_names())];
                format!("Nguyễn Phúc Vĩnh {middle} {} {given}", more.join(" "))
            }
            // Ê Đê names begin with the mark of the sex and end with the clan.
            (4..20, Sex::Woman) => format!("H'{given} {}", pick(rng, CLANS)),
            (4..20, Sex::Man) => format!("Y {given} {}", pick(rng, CLANS)),
            (20..320, _) => {
                format!("{} {middle} {} {given}", weighted(rng, FAMILY), pick(rng, sex.given_names()))
            }
            (_, _) => format!("{} {middle} {given}", weighted(rng, FAMILY)),
        };
        Self { full, given }
    }
}

fn pen_name(rng: &mut Rng, sex: Sex, given: &str) -> String {
    let other = pick(rng, sex.given_names());
    if other == given { format!("{given} {}", weighted(rng, FAMILY)) } else { format!("{other} {given}") }
}

/// The digit after the province says century and sex (Nghị định 137/2015/NĐ-CP): 0 and 1 for the twentieth century.
fn national_id(sex: Sex, born: NaiveDate, number: u64) -> String {
    let sex_digit = match sex {
        Sex::Man => 0,
        Sex::Woman => 1,
    };
    let century_digit = if born.year() < 2000 { 0 } else { 2 };
    format!("999{}{:02}{number:06}", century_digit + sex_digit, born.year() % 100)
}

fn pick(rng: &mut Rng, among: &[&'static str]) -> &'static str {
    rng.choice(among).copied().unwrap_or_default()
}

fn weighted(rng: &mut Rng, among: &[(u32, &'static str)]) -> &'static str {
    let total: u32 = among.iter().map(|(weight, _)| weight).sum();
    let mut left = rng.u32(..total);
    for (weight, name) in among {
        if left < *weight {
            return name;
        }
        left -= weight;
    }
    ""
}

/// Family names, per thousand people, roughly as they are spread in the country.
#[rustfmt::skip] // a table, not a column
const FAMILY: &[(u32, &str)] = &[
    (315, "Nguyễn"), (109, "Trần"), (89, "Lê"), (59, "Phạm"), (35, "Hoàng"), (16, "Huỳnh"), (28, "Phan"), (25, "Vũ"),
    (19, "Võ"), (21, "Đặng"), (20, "Bùi"), (14, "Đỗ"), (13, "Hồ"), (13, "Ngô"), (10, "Dương"), (8, "Lý"), (7, "Đinh"),
    (7, "Đào"), (6, "Trịnh"), (6, "Trương"), (6, "Đoàn"), (5, "Mai"), (5, "Tô"), (5, "Lâm"), (4, "Hà"), (4, "Tạ"),
    (4, "Cao"), (4, "Lương"), (3, "Nông"), (3, "Lò"), (3, "Thạch"), (2, "Quách"), (2, "Kiều"), (2, "Chu"), (2, "Vàng"),
];
#[rustfmt::skip] // a table, not a column
const MEN_MIDDLE: &[(u32, &str)] = &[
    (30, "Văn"), (8, "Đức"), (8, "Hữu"), (7, "Minh"), (7, "Quang"), (6, "Xuân"), (6, "Ngọc"), (5, "Đình"), (5, "Quốc"),
    (5, "Thanh"), (5, "Thành"), (4, "Công"), (4, "Anh"), (4, "Hoàng"), (4, "Trọng"), (3, "Duy"), (3, "Bá"), (3, "Gia"),
    (3, "Mạnh"), (2, "Nhật"), (2, "Tiến"), (2, "Việt"),
];
#[rustfmt::skip] // a table, not a column
const WOMEN_MIDDLE: &[(u32, &str)] = &[
    (38, "Thị"), (8, "Ngọc"), (7, "Thu"), (6, "Thanh"), (5, "Phương"), (5, "Minh"), (4, "Kim"), (4, "Bích"), (4, "Hồng"),
    (4, "Thùy"), (3, "Mỹ"), (3, "Khánh"), (3, "Quỳnh"), (3, "Hoài"), (3, "Như"), (2, "Diệu"), (2, "Bảo"), (2, "Tuyết"),
    (2, "Hải"),
];
#[rustfmt::skip] // a table, not a column
const MEN_GIVEN: &[&str] = &[
    "Anh", "Bách", "Bình", "Cường", "Dũng", "Duy", "Đạt", "Đức", "Giang", "Hải", "Hiếu", "Hòa", "Hùng", "Huy", "Khánh",
    "Khoa", "Kiên", "Lâm", "Long", "Lộc", "Minh", "Nam", "Nghĩa", "Nguyên", "Nhân", "Phong", "Phúc", "Phương", "Quân",
    "Quang", "Quyết", "Sơn", "Tài", "Tâm", "Tân", "Thái", "Thành", "Thắng", "Thịnh", "Thuận", "Tiến", "Toàn", "Trí",
    "Trung", "Trường", "Tú", "Tuấn", "Tùng", "Việt", "Vinh", "Vũ",
];
#[rustfmt::skip] // a table, not a column
const WOMEN_GIVEN: &[&str] = &[
    "An", "Anh", "Châu", "Chi", "Diệp", "Dung", "Duyên", "Giang", "Hà", "Hạnh", "Hằng", "Hân", "Hiền", "Hoa", "Hồng",
    "Hương", "Huyền", "Khuê", "Lan", "Linh", "Loan", "Ly", "Mai", "My", "Nga", "Ngân", "Ngọc", "Nguyệt", "Nhi",
    "Nhung", "Oanh", "Phương", "Quyên", "Quỳnh", "Tâm", "Thảo", "Thanh", "Thơ", "Thu", "Thủy", "Thúy", "Trang", "Trâm",
    "Trinh", "Tuyết", "Uyên", "Vân", "Vy", "Xuân", "Yến",
];
const CLANS: &[&str] = &["Niê", "Êban", "Mlô", "Ayun", "Kbuôr"];
#[rustfmt::skip] // a table, not a column
const POSTS: &[(u32, &str)] = &[
    (45, "Phóng viên"), (24, "Biên tập viên"), (8, "Phóng viên ảnh"), (8, "Quay phim"), (4, "Phóng viên thường trú"),
    (3, "Thư ký tòa soạn"), (3, "Phó trưởng ban"), (3, "Trưởng ban"), (2, "Đạo diễn"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_seed_always_gives_the_same_people() {
        let first: Vec<Person> = people(7).take(200).collect();
        assert_eq!(people(7).take(200).collect::<Vec<_>>(), first);
        assert_ne!(people(8).take(200).collect::<Vec<_>>(), first);
    }

    #[test]
    fn no_two_of_a_newsroom_share_a_number_or_an_address() {
        let crowd: Vec<Person> = people(1).take(25_000).collect();
        let numbers: HashSet<&str> = crowd.iter().map(|person| person.national_id.as_str()).collect();
        let addresses: HashSet<&str> = crowd.iter().map(|person| person.email.as_str()).collect();
        assert_eq!((numbers.len(), addresses.len()), (25_000, 25_000));
    }

    #[test]
    fn numbers_and_addresses_are_plainly_made_up() {
        for person in people(2).take(2_000) {
            assert!(person.national_id.starts_with("999") && person.national_id.len() == 12, "{person:?}");
            assert!(person.national_id.bytes().all(|digit| digit.is_ascii_digit()));
            assert!(person.email.ends_with("@mail.example") && person.email.is_ascii());
            assert!((1964..=2003).contains(&person.birth_date.date().year()));
        }
    }

    #[test]
    fn names_fit_a_card_and_some_are_long() {
        let crowd: Vec<Person> = people(3).take(25_000).collect();
        for name in crowd.iter().flat_map(|person| [Some(&person.full_name), person.pen_name.as_ref()]).flatten() {
            assert_eq!(text::line(name, 80).as_ref(), Ok(name), "NFC, one line");
            assert!(name.len() <= 80, "{name}");
        }
        assert!(crowd.iter().any(|person| person.full_name.len() > 48));
        assert!(crowd.iter().any(|person| person.full_name.starts_with("H'")));
    }

    #[test]
    fn family_names_are_spread_roughly_as_in_the_country() {
        let nguyen = people(4).take(10_000).filter(|person| person.full_name.starts_with("Nguyễn ")).count();
        assert!((3_000..=4_200).contains(&nguyen), "{nguyen} of 10,000");
    }
}
