//! Two tabs of one browser, which share its cookie.

use http::StatusCode;
use serde_json::json;

use crate::client::Client;
use crate::service::Service;

#[tokio::test]
async fn two_tabs_that_log_in_at_once_are_both_logged_in() {
    let mut browser = Service::new().client();
    browser.add("tea", 2).await;
    let (mut one, mut two) = (browser.clone(), browser);
    let (first, second) = tokio::join!(
        one.post("/login", Client::credentials("alice")),
        two.post("/login", Client::credentials("alice")),
    );
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(one.user().await.as_deref(), Some("alice"));
    assert_eq!(two.user().await.as_deref(), Some("alice"));
}

#[tokio::test]
async fn a_logout_in_one_tab_is_one_in_the_other() {
    let mut one = Service::new().logged_in("alice").await;
    let mut two = one.clone();
    one.post("/logout", json!({})).await;
    assert_eq!(two.user().await, None);
    assert_eq!(two.cart().await, []);
}

#[tokio::test]
async fn both_tabs_fill_one_cart() {
    let mut one = Service::new().logged_in("alice").await;
    let mut two = one.clone();
    let (first, second) = tokio::join!(one.add("tea", 1), two.add("tea", 1));
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(one.cart().await, [("tea".to_owned(), 2)]);
}

/// The tab has an id that is dead, and does not know yet.
#[tokio::test]
async fn a_tab_that_adds_during_the_login_of_another_is_told_to_try_again() {
    let mut one = Service::new().client();
    one.add("tea", 1).await;
    let mut two = one.clone();
    one.log_in("alice").await;
    let answer = two.add("cup", 1).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
    assert_eq!(
        (&answer.json()["code"], &answer.headers["retry-after"]),
        (&"commit_failed".into(), &"1".parse().unwrap())
    );
    two.cookie.clone_from(&one.cookie);
    assert_eq!(two.add("cup", 1).await.status, StatusCode::OK);
    assert_eq!(one.cart().await, [("cup".to_owned(), 1), ("tea".to_owned(), 1)]);
}
