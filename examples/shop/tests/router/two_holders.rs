//! A cookie that two have: the session gets another id, which one of them gets, and the other one
//! comes back with the old one.

use std::time::{Duration, SystemTime};

use auth_core::{ManualClock, SharedClock};
use http::StatusCode;
use serde_json::json;
use test_servers::until;

use crate::client::{Client, is_page};
use crate::service::Service;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

const WHY: &str = "an old copy of its cookie came back";

/// Two instances whose time goes on when it is told to.
fn two() -> ([Service; 2], ManualClock) {
    let clock = ManualClock::new(SystemTime::now());
    let options = ["--guard", "balanced", "--trusted-proxy", "127.0.0.1"];
    (Service::two_by(&SharedClock::new(clock.clone()), &options), clock)
}

async fn at_home(service: &Service) -> Client {
    let mut alice = service.client().seen_as("203.0.113.7", FIREFOX);
    alice.log_in("alice").await;
    alice
}

/// Gets the new id when it is time for one, and uses it until the grace of the old one is over.
async fn goes_on(client: &mut Client, clock: &ManualClock) {
    clock.advance(Duration::from_secs(15 * 60));
    let before = client.cookie.clone();
    assert_eq!(client.user().await.as_deref(), Some("alice"));
    assert_ne!(client.cookie, before);
    assert_eq!(client.user().await.as_deref(), Some("alice"));
    clock.advance(Duration::from_secs(2 * 60));
}

/// Comes back when the client is asked for the password.
async fn is_challenged(client: &mut Client) {
    until("the holder of the session is asked for the password", async || {
        let answer = client.get("/me").await;
        (answer.status == StatusCode::UNAUTHORIZED).then(|| answer.json()["code"].clone())
    })
    .await
    .map(|code| assert_eq!(code, "step_up_required"))
    .unwrap();
}

async fn sees_why(client: &mut Client) {
    until("the page of devices says why", async || {
        let page = client.page("/devices").await;
        let expected = format!(" because {WHY}.");
        page.text.contains(&expected).then(|| is_page(&page, StatusCode::OK, &expected))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_thief_who_comes_back_too_late_has_the_user_warned() {
    let ([one, other], clock) = two();
    let mut alice = at_home(&one).await;
    let mut thief = alice.clone().served_by(&other);
    goes_on(&mut alice, &clock).await;
    assert_eq!(thief.user().await, None, "the id is an old one");
    is_challenged(&mut alice).await;
    let proof = json!({ "password": example_service::test_util::PASSWORD });
    assert_eq!(alice.post("/reauth", proof).await.status, StatusCode::OK);
    sees_why(&mut alice).await;
    assert_eq!(thief.user().await, None);
    assert_eq!(alice.user().await.as_deref(), Some("alice"), "that is known by now");
}

#[tokio::test]
async fn a_user_who_comes_back_too_late_has_the_thief_stopped() {
    let ([one, other], clock) = two();
    let mut alice = at_home(&one).await;
    let mut thief = alice.clone().served_by(&other);
    goes_on(&mut thief, &clock).await;
    assert_eq!(alice.user().await, None, "the thief has got the new id");
    is_challenged(&mut thief).await;
    alice.log_in("alice").await;
    sees_why(&mut alice).await;
    assert_eq!(thief.get("/cart").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_user_whose_new_id_was_lost_on_the_way_logs_in_again_and_is_not_warned() {
    let ([one, _], clock) = two();
    let mut alice = at_home(&one).await;
    clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(alice.clone().user().await.as_deref(), Some("alice"), "nobody gets that answer");
    clock.advance(Duration::from_secs(2 * 60));
    assert_eq!(alice.user().await, None);
    alice.log_in("alice").await;
    let told = alice.get("/devices/incidents").await;
    assert_eq!(told.json(), json!([]));
}
