use axum::body::Body;
use example_service::test_util::Answer;
use http::Request;

use crate::service::Service;

async fn with_id(id: &[u8]) -> Answer {
    let request = Request::get("/health").header("x-request-id", id).body(Body::empty());
    Service::new().send(request.unwrap()).await
}

#[tokio::test]
async fn every_response_names_the_instance() {
    let service = Service::new();
    for path in ["/health", "/ready", "/me", "/login", "/nowhere", "/.well-known/jwks.json"] {
        assert_eq!(service.get(path).await.headers["x-served-by"], "api-1", "{path}");
    }
}

#[tokio::test]
async fn no_response_is_a_page_that_runs_or_is_framed() {
    let service = Service::new();
    for path in ["/health", "/me", "/login", "/nowhere", "/.well-known/jwks.json"] {
        let headers = service.get(path).await.headers;
        let policy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        assert_eq!(headers["content-security-policy"], policy, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn a_request_keeps_its_id() {
    assert_eq!(
        with_id(b"0af7651916cd43dd-8448").await.headers["x-request-id"],
        "0af7651916cd43dd-8448"
    );
}

#[tokio::test]
async fn an_id_that_could_forge_a_log_line_is_replaced() {
    let long = [b'a'; 65];
    for id in [b"".as_slice(), b"a b", b"a\tb", b"a\"", "é".as_bytes(), &long] {
        let answer = with_id(id).await;
        let given = &answer.headers["x-request-id"];
        assert!(given.len() == 32 && given.as_bytes() != id, "{given:?}");
    }
}

#[tokio::test]
async fn two_ids_are_replaced() {
    let request = Request::get("/health").header("x-request-id", "a").header("x-request-id", "b");
    let answer = Service::new().send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers["x-request-id"].len(), 32);
}

#[tokio::test]
async fn each_request_without_an_id_gets_its_own() {
    let service = Service::new();
    let (one, other) = (service.get("/health").await, service.get("/health").await);
    assert_ne!(one.headers["x-request-id"], other.headers["x-request-id"]);
}
