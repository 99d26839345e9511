//! `/report`: a form for whoever was shown a card that was misused, or was kept from their work. It needs no account
//! and no script.

mod fields;

use super::Html;
use super::language::Language;
use super::layout::page as framed;
use super::verify::Form;
use crate::api::address::{Origin, Sender};
use crate::api::body::Body;
use crate::api::context::{Visit, block};
use crate::api::query::Query;
use crate::app::Registry;
use crate::app::gate::Gate;
use crate::app::{provinces, reports};
use crate::domain::problem::FieldError;
use crate::error::{Error, StoredAnswer};
use askama::Template;
use fields::{Field, Sent};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<h1>{{ language.of("Báo cáo việc sử dụng thẻ sai quy định", "Report misuse of a card") }}</h1>
<p>{{ language.of("Cũng dùng để báo cáo việc cản trở, thu giữ, xúc phạm, đe dọa nhà báo đang làm việc. Không cần nêu tên mình. Đây chưa phải là kết luận về ai.", "Also for obstruction, seizure, insult or threat against a journalist at work. You need not give your name. Nobody is found guilty by it.") }}</p>
<p>{{ language.of("Nếu đang nguy hiểm, gọi 113. Đường dây nóng:", "In danger, call 113. Hotline:") }} {{ phone }}</p>
{% if let Some(refusal) = refusal %}<p class="mistake" role="alert">{{ refusal }}</p>
{% endif %}{% if mistakes > 0 %}<div class="mistake" role="alert"><p>{{ language.of("Sửa các mục sau:", "Mend these:") }}</p><ul>
{% for field in fields %}{% if field.is_wrong %}<li><a href="#{{ field.name }}">{{ field.label }}</a></li>
{% endif %}{% endfor %}</ul></div>
{% endif %}<form method="post" action="/report?lang={{ language.tag() }}">
<input type="hidden" name="key" value="{{ key }}">
{% for field in fields %}<label for="{{ field.name }}">{{ field.label }}</label>
<p class="hint" id="{{ field.name }}-hint">{{ field.hint }}</p>
{% if field.is_wrong %}<p class="mistake" id="{{ field.name }}-mistake">{{ language.of("Chưa đúng như trên.", "Not as said above.") }}</p>
{% endif %}{% if !field.options.is_empty() %}<select id="{{ field.name }}" name="{{ field.name }}" aria-describedby="{{ field.name }}-hint">
{% for (value, name) in field.options %}<option value="{{ value }}"{% if *value == field.value %} selected{% endif %}>{{ name }}</option>
{% endfor %}</select>
{% else if field.lines %}<textarea id="{{ field.name }}" name="{{ field.name }}" rows="8" required maxlength="{{ field.max }}" aria-describedby="{{ field.name }}-hint">{{ field.value }}</textarea>
{% else %}<input id="{{ field.name }}" name="{{ field.name }}" type="{{ field.kind }}" value="{{ field.value }}"{% if field.required %} required{% endif %} maxlength="{{ field.max }}" autocomplete="off" aria-describedby="{{ field.name }}-hint">
{% endif %}{% endfor %}<p class="privacy">{{ language.of("Hệ thống không lưu địa chỉ mạng của người gửi. Nội dung chỉ cán bộ có thẩm quyền được đọc.", "No network address is kept. Only registrars in charge read what you write.") }}</p>
<button>{{ language.of("Gửi báo cáo", "Send the report") }}</button>
</form>
<form method="post" action="/report/follow?lang={{ language.tag() }}">
<label for="receipt">{{ language.of("Đã gửi báo cáo? Nhập mã tiếp nhận", "Reported already? Enter the receipt") }}</label>
<input id="receipt" name="receipt" required maxlength="64" autocomplete="off" autocapitalize="characters" spellcheck="false">
<button>{{ language.of("Xem tình trạng", "See how it stands") }}</button>
</form>"##
)]
struct ReportPage {
    language: Language,
    phone: String,
    refusal: Option<String>,
    mistakes: usize,
    key: String,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<h1>{{ language.of("Đã tiếp nhận", "Received") }}</h1>
<dl><dt>{{ language.of("Mã tiếp nhận", "Receipt") }}</dt><dd>{{ receipt }}</dd>
<dt>{{ language.of("Số thứ tự trong nhật ký", "Place in the log") }}</dt><dd>{{ log_index }}</dd></dl>
<p>{{ language.of("Ghi lại mã này: chỉ hiện một lần. Ai có mã đều xem được tình trạng báo cáo và gửi thêm bằng chứng.", "Write it down: it is shown this once. Whoever has it may see how the report stands and add evidence.") }}</p>
<p><a class="button quiet" href="/report?lang={{ language.tag() }}">{{ language.of("Quay lại", "Back") }}</a></p>"#
)]
struct ReceivedPage {
    language: Language,
    receipt: String,
    log_index: i64,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<h1>{{ language.of("Tình trạng báo cáo", "How the report stands") }}</h1>
<p class="lead" role="status">{{ state }}</p>
<p><a class="button quiet" href="/report?lang={{ language.tag() }}">{{ language.of("Quay lại", "Back") }}</a></p>"#
)]
struct FollowedPage {
    language: Language,
    state: String,
}

/// The page's title, as the link to it says.
const fn title(language: Language) -> &'static str {
    language.of("Báo cáo việc sử dụng thẻ sai quy định", "Report misuse of a card")
}

/// The form, with what was sent before and what is wrong with it.
async fn form(visit: Visit, language: Language, sent: Sent, wrong: Vec<FieldError>, refusal: Option<String>) -> Html {
    let registry = Arc::clone(&visit.registry);
    let units = block(move || registry.store.read(|db| provinces::list(db, None))).await?;
    let units: Vec<_> = units.into_iter().map(|listed| listed.unit).collect();
    let fields = fields::all(language, &sent, &wrong, &units);
    let page = ReportPage {
        language,
        phone: visit.registry.settings.phone.clone(),
        refusal,
        mistakes: wrong.len(),
        key: visit.registry.entropy.uuid(visit.registry.clock.now()).to_string(),
        fields,
    };
    framed(&visit.registry, language, title(language), &page)
}

/// The empty form.
pub(in crate::api) async fn page(visit: Visit, language: Language) -> Html {
    form(visit, language, Sent::default(), Vec::new(), None).await
}

/// Takes the form: a page with the receipt, or the form again.
pub(in crate::api) async fn send(visit: Visit, sender: Sender, body: Body<Form>, language: Language) -> Html {
    let (sent, registry) = (Sent::read(query(&body)?), Arc::clone(&visit.registry));
    let (Sender(mut visitor), copy, gate) = (sender, sent.clone(), gate(&registry, &sent, body.as_sent()));
    let taken = visit.registry.store.write(move |tx| {
        let received = reports::receive(tx, &registry, None, &mut visitor, &gate, || Ok(copy.form()))?;
        let answer = json!({ "receipt": received.receipt.reveal(), "log_index": received.log_index });
        let body = answer.to_string().into_bytes();
        gate.keep(tx, &StoredAnswer { status: 201, headers: Vec::new(), body })?;
        Ok(answer)
    });
    let answer: Value = match taken.await {
        Ok(answer) => answer,
        // The page was loaded again: it is still one report.
        Err(Error::Replayed(kept)) => serde_json::from_slice(&kept.body).map_err(Error::internal)?,
        Err(Error::Invalid(wrong)) => return form(visit, language, sent, wrong, None).await,
        Err(Error::TooManyReports { phone, .. }) => {
            let refusal = language.of(
                "Hiện chưa nhận thêm báo cáo từ nơi này. Nếu gấp, hãy gọi",
                "No more reports are taken from here just now. If it cannot wait, call",
            );
            return form(visit, language, sent, Vec::new(), Some(format!("{refusal} {phone}."))).await;
        }
        Err(error) => return Err(error),
    };
    let receipt = answer["receipt"].as_str().unwrap_or_default().to_owned();
    let page = ReceivedPage { language, receipt, log_index: answer["log_index"].as_i64().unwrap_or_default() };
    framed(&visit.registry, language, title(language), &page)
}

/// How the report of a receipt stands. The receipt is in the body, so that no history of addresses holds it.
pub(in crate::api) async fn follow(visit: Visit, origin: Origin, body: Body<Form>, language: Language) -> Html {
    let receipt = query(&body)?.take("receipt").unwrap_or_default();
    let registry = Arc::clone(&visit.registry);
    let found = block(move || reports::follow_from(&registry, &receipt, origin.0)).await;
    let state = match found {
        Ok(report) => language.said(report.state.said()),
        Err(Error::NotFound) => language.of("Không có báo cáo nào với mã này.", "No report has this receipt.").into(),
        Err(error) => return Err(error),
    };
    framed(&visit.registry, language, title(language), &FollowedPage { language, state })
}

fn query(body: &Body<Form>) -> Result<Query, Error> {
    let malformed = |_| Error::MalformedBody("The form is not UTF-8.".into());
    Query::parse(std::str::from_utf8(body.bytes()?).map_err(malformed)?)
}

/// A page that is sent twice is one report, by the key that the form brought along.
fn gate(registry: &Registry, sent: &Sent, payload: &[u8]) -> Gate {
    match Uuid::try_parse(&sent.key) {
        Ok(_) => Gate::default().once(&registry.secrets.sealing, "anonymous POST /report", &sent.key, payload),
        Err(_) => Gate::default(),
    }
}
