//! Names that would be markup if nobody escaped them.

use http::Request;
use http::StatusCode;
use http::header::{CONTENT_TYPE, USER_AGENT};

use crate::client::{Client, is_page};
use crate::service::Service;

#[tokio::test]
async fn an_article_is_no_markup() {
    let mut browser = Service::new().client();
    browser.add(r#"<script>alert("1")</script>"#, 1).await;
    let page = browser.page("/cart").await;
    let escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;";
    is_page(&page, StatusCode::OK, escaped);
    assert!(!page.text.contains("<script"), "{}", page.text);
}

#[tokio::test]
async fn a_preference_is_no_markup() {
    let mut browser = Service::new().client();
    browser.form("/preferences", "name=a&value=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E").await;
    let page = browser.page("/preferences").await;
    is_page(&page, StatusCode::OK, "&lt;img src=x onerror=alert(1)&gt;");
    assert!(!page.text.contains("<img"), "{}", page.text);
}

#[tokio::test]
async fn a_device_is_no_markup() {
    let mut browser = Service::new().client();
    let login = Request::post("/login")
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, "<b onclick='x'>robot</b>");
    browser.send(login, Client::credentials("alice").to_string().into()).await;
    let page = browser.page("/devices").await;
    is_page(&page, StatusCode::OK, "&lt;b onclick='x'&gt;robot&lt;/b&gt;");
}

/// A path is not repeated in a page at all.
#[tokio::test]
async fn an_unknown_path_is_not_shown() {
    let page = Service::new().client().page("/%3Cscript%3Emarker").await;
    is_page(&page, StatusCode::NOT_FOUND, "there is nothing at this path");
    assert!(!page.text.contains("marker"), "{}", page.text);
}
