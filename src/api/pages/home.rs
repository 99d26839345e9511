//! `/`: what this is, for whom, and where to go on.

use super::Html;
use super::language::Language;
use super::layout::page;
use crate::api::context::Visit;
use crate::domain::wording::about_the_card;
use askama::Template;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<h1>{{ language.of("Thẻ nhà báo mà ai cũng kiểm tra được", "Press cards that anyone can check") }}</h1>
<p class="lead">{{ language.of("Hệ thống này ghi nhận cơ quan báo chí, phóng viên, cộng tác viên và các loại thẻ, giấy giới thiệu đã cấp. Mỗi thẻ có một mã QR được ký số: quét là biết thẻ do hệ thống này cấp và còn hiệu lực hay không.", "This registry records press agencies, their reporters and collaborators, and the cards and letters of introduction issued to them. Each carries a signed QR code: one scan tells whether this registry issued it and whether it is valid today.") }}</p>
<p><a class="button" href="/v?lang={{ language.tag() }}">{{ language.of("Kiểm tra thẻ", "Check a card") }}</a></p>
<h2>{{ language.of("Dành cho ai", "For whom") }}</h2>
<ul>
<li>{{ language.of("Người dân, tổ chức và công chức được nhà báo tìm đến: kiểm tra thẻ, không cần tài khoản.", "Anybody whom a journalist calls on, in public office or not: check a card, without an account.") }}</li>
<li>{{ language.of("Nhà báo: chứng minh thẻ của mình ngay tại chỗ.", "Journalists: prove your card on the spot.") }}</li>
<li>{{ language.of("Cơ quan báo chí: đăng ký người của mình, đề nghị cấp, đổi, nộp lại thẻ.", "Press agencies: register your people; apply for cards, exchange and return them.") }}</li>
<li>{{ language.of("Cơ quan quản lý: cấp, tạm dừng, thu hồi, với lý do được ghi lại.", "Registrars: issue, suspend and revoke, with reasons that are written down.") }}</li>
</ul>
<h2>{{ language.of("Dành cho người lập trình", "For programmers") }}</h2>
<ul>
<li><a href="/docs/">{{ language.of("Tài liệu giao diện lập trình", "The API, to browse") }}</a> (<a href="/openapi.json">OpenAPI 3.1</a>)</li>
<li><a href="/.well-known/press-registry/issuer">{{ language.of("Tài liệu của cơ quan cấp: các khóa công khai", "The issuer document: the public keys") }}</a> (<a href="/.well-known/press-registry/issuer.sig">{{ language.of("chữ ký", "signatures") }}</a>)</li>
</ul>
<p>{{ language.of("Đường dây nóng:", "Hotline:") }} {{ phone }}</p>
<p class="note">{{ about }}</p>"#
)]
struct Home<'a> {
    language: Language,
    phone: &'a str,
    about: String,
}

/// The home page.
pub(in crate::api) async fn home(visit: Visit, language: Language) -> Html {
    let title = language.of("Đăng ký thẻ báo chí", "Press-card registry");
    let about = language.said(about_the_card());
    let content = Home { language, phone: &visit.registry.settings.phone, about };
    page(&visit.registry, language, title, &content)
}
