//! The sentences of errors in Vietnamese; those in English come with the errors.

use super::super::problem::FieldError;
use std::borrow::Cow;

/// What is wrong with a file or its header, in both languages.
pub fn in_both_languages(error: FieldError) -> FieldError {
    let detail_vi = vietnamese(error.code, &error.detail).into_owned();
    FieldError { detail_vi: Some(detail_vi), ..error }
}

/// What an error of this code says in Vietnamese. Numbers, days and wanted words in its English sentence are taken over.
pub fn vietnamese<'d>(code: &str, detail: &'d str) -> Cow<'d, str> {
    let said = match of_a_cell(code, detail) {
        Some(said) => Some(said),
        None => of_a_file(code, detail),
    };
    said.unwrap_or(Cow::Borrowed(detail))
}

/// What is wrong with a cell or a row.
fn of_a_cell(code: &str, detail: &str) -> Option<Cow<'static, str>> {
    let number = || number(detail, 0);
    let day = || detail.rsplit(' ').next().unwrap_or_default();
    Some(Cow::Borrowed(match code {
        "empty" => "không được để trống",
        "too_long" => return Some(format!("dài tối đa {} ký tự", number()).into()),
        "control_character" => "không được có ký tự điều khiển, ký tự đảo chiều hoặc ký tự ẩn",
        "not_a_date" => "phải là ngày có thật, viết NĂM-THÁNG-NGÀY, NGÀY/THÁNG/NĂM hoặc ngày của Excel",
        "in_the_future" => "không được sau hôm nay",
        "before_birth" => "không được trước ngày sinh",
        "too_young" => return Some(format!("phải từ đủ {} tuổi", number()).into()),
        "not_a_national_id" => "phải gồm đúng mười hai chữ số; trong Excel, hãy định dạng cột là văn bản",
        "not_an_email" => "phải là địa chỉ thư điện tử, ví dụ ten@coquan.example",
        "unknown_kind" => return Some(format!("phải là một trong các từ: {}", wanted(detail)).into()),
        "unknown_level" => "phải là central (trung ương) hoặc local (địa phương)",
        "unknown_province" => "không có tỉnh, thành phố này",
        "not_for_central" => "cơ quan trung ương không thuộc tỉnh nào",
        "missing" => "còn thiếu",
        "not_an_address" => "phải là địa chỉ bắt đầu bằng https:// hoặc http://",
        "taken" => "đã có cơ quan khác dùng",
        "already_registered" => "đã có trong danh sách với thông tin khác; hãy sửa hồ sơ đó",
        "differs" => "khác với hồ sơ của người mang số định danh này; hãy hỏi cán bộ đăng ký",
        "overlaps" => return Some(format!("người này đã làm việc tại cơ quan đến {}", day()).into()),
        "doubled_row" => return Some(format!("trùng với dòng {}", number()).into()),
        "bad_character" => "chỉ gồm chữ cái A–Z, chữ số và dấu gạch nối",
        "number_taken" => "số này là của thẻ do hệ thống này cấp",
        "unknown_agency" => "không có cơ quan báo chí nào tên như vậy",
        "ambiguous_agency" => "có nhiều cơ quan báo chí tên như vậy; hãy ghi tên viết tắt",
        "before_issue" => "không được trước ngày cấp",
        "no_term" => "không thuộc kỳ hạn thẻ nhà báo nào đã biết",
        "beyond_term" => return Some(format!("thẻ cấp ngày này có giá trị chậm nhất đến {}", day()).into()),
        "too_many_cells" => "có nhiều ô hơn số cột",
        _ => return None,
    }))
}

/// What is wrong with a file as a whole, or with its header.
fn of_a_file(code: &str, detail: &str) -> Option<Cow<'static, str>> {
    let number = |at: usize| number(detail, at);
    Some(Cow::Owned(match code {
        "unknown_column" => "không có cột nào tên như vậy".to_owned(),
        "doubled_column" => "cột này có hai lần".to_owned(),
        "missing_column" => "thiếu cột này".to_owned(),
        "no_header" => "tệp trống: dòng đầu tiên phải ghi tên các cột".to_owned(),
        "not_a_table" => "không đọc được như CSV hoặc XLSX; hãy mở bằng phần mềm bảng tính rồi lưu lại".to_owned(),
        "old_workbook" => "là tệp XLS hoặc có mật khẩu; hãy lưu thành XLSX không có mật khẩu, hoặc CSV".to_owned(),
        "not_unicode" => "hãy lưu tệp dưới dạng «CSV UTF-8» hoặc văn bản Unicode".to_owned(),
        "no_sheet" => "không có trang tính nào hiển thị".to_owned(),
        "has_entities" => "tệp XLSX không được định nghĩa thực thể".to_owned(),
        "unpacks_too_large" => "khi giải nén lớn hơn mức một danh sách cần".to_owned(),
        "too_many_parts" => format!("tệp XLSX có tối đa {} phần", number(0)),
        "too_many_texts" => format!("tệp XLSX có tối đa {} chuỗi khác nhau", number(0)),
        "too_many_rows" => format!("tối đa {} dòng, không kể dòng tên cột; hãy gửi làm nhiều tệp", number(0)),
        "too_much_text" => format!("tất cả các ô cộng lại tối đa {} byte", number(0)),
        "line_too_long" => format!("dòng {}: tối đa {} byte mỗi dòng", number(0), number(1)),
        "too_many_columns" => format!("dòng {}: tối đa {} cột", number(0), number(1)),
        "cell_too_long" => format!("dòng {}: tối đa {} byte mỗi ô", number(0), number(1)),
        _ => return None,
    }))
}

/// The number at this place among those of a sentence.
fn number(detail: &str, at: usize) -> &str {
    let mut numbers = detail.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
    numbers.nth(at).unwrap_or_default()
}

/// The words that a sentence has between backticks, with what they mean where they are not Vietnamese.
fn wanted(detail: &str) -> String {
    let words = detail.split('`').skip(1).step_by(2).map(|word| match word {
        "staff" => "staff (biên chế)",
        "collaborator" => "collaborator (cộng tác viên)",
        word => word,
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_days_and_words_are_taken_over() {
        for (code, detail, said) in [
            ("too_long", "at most 120 characters", "dài tối đa 120 ký tự"),
            ("doubled_row", "row 7 has the same national id", "trùng với dòng 7"),
            ("cell_too_long", "row 9: at most 32767 bytes in a cell", "dòng 9: tối đa 32767 byte mỗi ô"),
            ("unknown_kind", "`staff` or `bao`", "phải là một trong các từ: staff (biên chế), bao"),
            ("new_code", "as it is", "as it is"),
        ] {
            assert_eq!(vietnamese(code, detail), said);
        }
    }
}
