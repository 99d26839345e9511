//! The sentences of errors in Vietnamese; those in English come with the errors.

use std::borrow::Cow;

/// What an error of this code says in Vietnamese. Numbers in its English sentence are taken over.
pub fn vietnamese<'d>(code: &str, detail: &'d str) -> Cow<'d, str> {
    let number = || {
        let digits = detail.split(|c: char| !c.is_ascii_digit()).find(|word| !word.is_empty());
        digits.unwrap_or_default().to_owned()
    };
    let date = |detail: &str| detail.rsplit(' ').next().unwrap_or_default().to_owned();
    Cow::Borrowed(match code {
        "empty" => "không được để trống",
        "too_long" => return Cow::Owned(format!("dài tối đa {} ký tự", number())),
        "control_character" => "không được có ký tự điều khiển, ký tự đảo chiều hoặc ký tự ẩn",
        "not_a_date" => "phải là ngày có thật, viết NĂM-THÁNG-NGÀY, NGÀY/THÁNG/NĂM hoặc ngày của Excel",
        "in_the_future" => "không được sau hôm nay",
        "before_birth" => "không được trước ngày sinh",
        "too_young" => return Cow::Owned(format!("phải từ đủ {} tuổi", number())),
        "not_a_national_id" => "phải gồm đúng mười hai chữ số; trong Excel, hãy định dạng cột là văn bản",
        "not_an_email" => "phải là địa chỉ thư điện tử, ví dụ ten@coquan.example",
        "unknown_kind" => "không thuộc các loại đã quy định",
        "unknown_level" => "phải là central (trung ương) hoặc local (địa phương)",
        "unknown_province" => "không có tỉnh, thành phố này",
        "not_for_central" => "cơ quan trung ương không thuộc tỉnh nào",
        "missing" => "còn thiếu",
        "not_an_address" => "phải là địa chỉ bắt đầu bằng https:// hoặc http://",
        "taken" => "đã có cơ quan khác dùng",
        "already_registered" => "đã có trong danh sách với thông tin khác; hãy sửa hồ sơ đó",
        "overlaps" => return Cow::Owned(format!("người này đã làm việc tại cơ quan đến {}", date(detail))),
        "doubled_row" => return Cow::Owned(format!("trùng với dòng {}", number())),
        "bad_character" => "chỉ gồm chữ cái A–Z, chữ số và dấu gạch nối",
        "number_taken" => "số này là của thẻ do hệ thống này cấp",
        "unknown_agency" => "không có cơ quan báo chí nào tên như vậy",
        "ambiguous_agency" => "có nhiều cơ quan báo chí tên như vậy; hãy ghi tên viết tắt",
        "before_issue" => "không được trước ngày cấp",
        "no_term" => "không thuộc kỳ hạn thẻ nhà báo nào đã biết",
        "beyond_term" => return Cow::Owned(format!("thẻ cấp ngày này có giá trị chậm nhất đến {}", date(detail))),
        "too_many_cells" => "có nhiều ô hơn số cột",
        _ => return Cow::Borrowed(detail),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_over() {
        assert_eq!(vietnamese("too_long", "at most 120 characters"), "dài tối đa 120 ký tự");
        assert_eq!(vietnamese("doubled_row", "row 7 has the same national id"), "trùng với dòng 7");
        assert_eq!(vietnamese("new_code", "as it is"), "as it is");
    }
}
