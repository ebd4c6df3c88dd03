//! The console, at an address of its own.

use http::StatusCode;

use crate::client::{Client, is_page, leads_to};
use crate::service::Service;

const LOGIN: &str = "username=alice&password=open+sesame";

async fn operator(service: &Service) -> Client {
    let mut operator = service.client_of_operators();
    leads_to(&operator.form("/login", LOGIN).await, "/console");
    operator
}

#[tokio::test]
async fn who_has_the_role_sees_the_console() {
    let service = Service::new();
    let mut operator = operator(&service).await;
    leads_to(&operator.page("/console").await, "./console/overview");
    let answer = operator.page("/console/overview").await;
    is_page(&answer, StatusCode::OK, "<h1>Overview</h1>");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'"), "{policy}");
}

#[tokio::test]
async fn who_is_not_logged_in_gets_the_form_that_leads_to_the_console() {
    let service = Service::new();
    let mut operator = service.client_of_operators();
    leads_to(&operator.page("/").await, "/console");
    let answer = operator.page("/console/overview").await;
    is_page(&answer, StatusCode::UNAUTHORIZED, "action=\"/login\"");
    assert!(answer.text.contains("<nav><a href=\"/console\">Console</a></nav>"), "{answer:?}");
}

#[tokio::test]
async fn who_lacks_the_role_sees_that_and_no_more() {
    let service = Service::new();
    let mut bob = service.client_of_operators();
    bob.log_in("bob").await;
    let answer = bob.page("/console/overview").await;
    is_page(&answer, StatusCode::FORBIDDEN, "you may not see the console");
}

#[tokio::test]
async fn an_operator_finds_and_ends_the_sessions_of_a_customer() {
    let service = Service::new();
    let (mut operator, mut bob) = (operator(&service).await, service.logged_in("bob").await);
    let found = operator.page("/console/sessions?user=bob").await;
    is_page(&found, StatusCode::OK, "Live sessions of bob: 1");
    let answer = operator.form("/console/end-sessions", "user=bob").await;
    leads_to(&answer, "sessions?user=bob&ended=1");
    assert_eq!(bob.user().await, None);
}

#[tokio::test]
async fn the_console_is_nowhere_at_the_address_of_the_customers() {
    let service = Service::new();
    let mut alice = service.logged_in("alice").await;
    for path in ["/console", "/console/overview", "/console/sessions", "/console/console.js"] {
        assert_eq!(alice.page(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let answer = alice.form("/console/end-sessions", "user=bob").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_shop_is_nowhere_at_the_address_of_the_operators() {
    let service = Service::new();
    let mut operator = operator(&service).await;
    for path in ["/cart", "/devices", "/me"] {
        assert_eq!(operator.page(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
