use http::header::{ALLOW, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde_json::json;

use crate::client::is_page;
use crate::service::Service;

#[tokio::test]
async fn an_unknown_path_is_a_problem_or_a_page() {
    let mut client = Service::new().client();
    client.get("/nowhere").await.is_problem(
        r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"there is nothing at this path","code":"not_found"}"#,
    );
    let page = client.page("/nowhere").await;
    is_page(&page, StatusCode::NOT_FOUND, "there is nothing at this path");
}

#[tokio::test]
async fn another_method_is_refused_with_those_that_are_known() {
    let mut client = Service::new().client();
    let answer = client.get("/logout").await;
    assert_eq!(answer.json()["code"], "method_not_allowed");
    assert_eq!(answer.headers[ALLOW], "POST");
    let page = client.page("/logout").await;
    is_page(&page, StatusCode::METHOD_NOT_ALLOWED, "this resource does not know the method");
    assert_eq!(page.headers[ALLOW], "POST");
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let request = Request::post("/login").header(CONTENT_TYPE, "application/json");
    Service::new().client().send(request, "{".into()).await.is_problem(
        r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the body is no JSON","code":"malformed_json"}"#,
    );
}

#[tokio::test]
async fn a_body_that_lacks_something_is_refused() {
    let mut client = Service::new().client();
    for path in ["/login", "/cart/items", "/preferences"] {
        let answer = client.post(path, json!({})).await;
        assert_eq!(answer.json()["code"], "invalid_body", "{path}");
        let page = client.form(path, "").await;
        let reason = "the body lacks something, or has another form";
        is_page(&page, StatusCode::UNPROCESSABLE_ENTITY, reason);
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let request = Request::post("/login")
        .header(CONTENT_TYPE, "text/plain")
        .header("accept", "application/json");
    let answer = Service::new().client().send(request, "username=alice".into()).await;
    answer.is_problem(
        r#"{"type":"about:blank","title":"Unsupported Media Type","status":415,"detail":"the body must be a form or of type application/json","code":"unsupported_media_type"}"#,
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let mut client = Service::new().client();
    let sku = "x".repeat(70_000);
    let answer = client.add(&sku, 1).await;
    assert_eq!(answer.json()["code"], "body_too_large");
    let page = client.form("/cart/items", &format!("quantity=1&sku={sku}")).await;
    is_page(&page, StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
}

#[tokio::test]
async fn a_cookie_that_somebody_made_up_is_a_guest() {
    let mut client = Service::new().client();
    for value in ["x", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        client.cookie = Some(format!("__Host-Http-sid={value}"));
        assert_eq!(client.page("/cart").await.status, StatusCode::OK, "{value:?}");
        assert_eq!(client.user().await, None, "{value:?}");
    }
}
