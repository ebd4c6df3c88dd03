use axum::body::Body;
use http::Request;
use http::header::ALLOW;

use crate::service::Service;

const NOT_FOUND: &str = r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"there is nothing at this path","code":"not_found"}"#;

#[tokio::test]
async fn an_unknown_path_is_a_problem() {
    Service::new().get("/nowhere").await.is_problem(NOT_FOUND);
}

#[tokio::test]
async fn an_unknown_path_is_not_found_with_a_bad_token_too() {
    Service::new().get_with("/nowhere", "nonsense").await.is_problem(NOT_FOUND);
}

#[tokio::test]
async fn another_method_is_refused_with_those_that_are_known() {
    let answer = Service::new().get("/login").await;
    answer.is_problem(
        r#"{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"this resource does not know the method","code":"method_not_allowed"}"#,
    );
    assert_eq!(answer.headers[ALLOW], "POST");
}

#[tokio::test]
async fn a_bad_token_does_not_matter_where_none_is_needed() {
    let service = Service::new();
    let request = Request::get("/health").header("authorization", "Bearer nonsense");
    let answer = service.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
}
