use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use crate::service::Service;

#[tokio::test]
async fn the_claims_say_who_and_for_whom() {
    let service = Service::new();
    let answer = service.get_with("/me", &service.token("alice").await).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let mut claims = answer.json();
    for drawn in ["iat", "exp", "auth_time", "jti"] {
        assert!(!claims[drawn].take().is_null(), "{drawn}");
    }
    let expected = json!({
        "iss": "https://stateless-api.example",
        "aud": "stateless-api",
        "sub": "alice",
        "client_id": "stateless-api",
        "scope": "orders:read orders:write",
        "roles": ["admin"],
        "amr": ["pwd"],
        "iat": Value::Null,
        "exp": Value::Null,
        "auth_time": Value::Null,
        "jti": Value::Null,
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn without_a_token_it_is_refused() {
    let answer = Service::new().get("/me").await;
    answer.is_problem(
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"this resource needs an access token","code":"missing_token"}"#,
    );
    assert_eq!(answer.headers[WWW_AUTHENTICATE], r#"Bearer realm="api""#);
}

#[tokio::test]
async fn an_admin_is_let_in() {
    let service = Service::new();
    let answer = service.get_with("/admin", &service.token("alice").await).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, r#"{"admin":"alice"}"#));
}

#[tokio::test]
async fn who_is_no_admin_is_refused() {
    let service = Service::new();
    let answer = service.get_with("/admin", &service.token("bob").await).await;
    answer.is_problem(
        r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"the caller does not have the role that this resource needs","code":"forbidden"}"#,
    );
}
