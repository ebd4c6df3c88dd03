use http::header::SET_COOKIE;
use http::{Request, StatusCode};
use serde_json::json;

use crate::client::leads_to;
use crate::service::Service;

#[tokio::test]
async fn a_logout_ends_the_session_with_its_cart() {
    let mut client = Service::new().logged_in("alice").await;
    client.add("tea", 2).await;
    let mut copy = client.clone();
    let answer = client.post("/logout", json!({})).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.headers[SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(answer.headers["clear-site-data"], r#""storage""#);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(copy.user().await, None);
    assert_eq!(copy.cart().await, []);
}

#[tokio::test]
async fn a_form_logs_out_and_leads_to_the_login() {
    let mut browser = Service::new().logged_in("alice").await;
    leads_to(&browser.form("/logout", "").await, "/login");
    assert_eq!(browser.user().await, None);
}

#[tokio::test]
async fn a_logout_needs_no_body() {
    let mut client = Service::new().logged_in("alice").await;
    let request = Request::post("/logout").header("accept", "application/json");
    let answer = client.send(request, axum::body::Body::empty()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    assert_eq!(client.user().await, None);
}

#[tokio::test]
async fn the_other_devices_stay_logged_in() {
    let service = Service::new();
    let (mut phone, mut laptop) =
        (service.logged_in("alice").await, service.logged_in("alice").await);
    phone.post("/logout", json!({ "everywhere": false })).await;
    assert_eq!(laptop.user().await.as_deref(), Some("alice"));
}

#[tokio::test]
async fn everywhere_ends_all_devices_and_nobody_elses() {
    let service = Service::new();
    let (mut phone, mut laptop) =
        (service.logged_in("alice").await, service.logged_in("alice").await);
    let mut bob = service.logged_in("bob").await;
    let answer = phone.post("/logout", json!({ "everywhere": true })).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!((phone.user().await, laptop.user().await), (None, None));
    assert_eq!(bob.user().await.as_deref(), Some("bob"));
}

#[tokio::test]
async fn a_form_logs_out_everywhere() {
    let service = Service::new();
    let (mut phone, mut laptop) =
        (service.logged_in("alice").await, service.logged_in("alice").await);
    leads_to(&phone.form("/logout", "everywhere=true").await, "/login");
    assert_eq!(laptop.user().await, None);
}

#[tokio::test]
async fn a_guest_loses_the_cart_too() {
    let mut guest = Service::new().client();
    guest.add("tea", 2).await;
    let mut copy = guest.clone();
    assert_eq!(guest.post("/logout", json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(copy.cart().await, []);
}
