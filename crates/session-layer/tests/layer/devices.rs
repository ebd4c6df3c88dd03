//! A user's sessions, listed and ended.

use std::num::NonZeroU32;

use axum::http::StatusCode;
use session_layer::backend::CapPolicy;

use crate::app::App;

/// Handle and mark of each line of `/devices`.
async fn devices(browser: &mut crate::browser::Browser) -> Vec<(String, String)> {
    let answer = browser.get("/devices").await;
    let words = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        (words.next().unwrap(), words.next().unwrap())
    };
    answer.text.lines().map(words).collect()
}

#[tokio::test]
async fn a_user_sees_all_devices_and_which_one_is_this() {
    let app = App::new();
    let mut phone = app.logged_in("alice").await;
    let mut laptop = app.logged_in("alice").await;
    app.logged_in("bob").await;
    let seen = devices(&mut phone).await;
    assert_eq!(seen.iter().map(|device| &*device.1).collect::<Vec<_>>(), ["current", "other"]);
    assert_eq!(devices(&mut laptop).await[0].0, seen[0].0);
}

#[tokio::test]
async fn a_guest_has_no_devices() {
    let app = App::new();
    let mut guest = app.browser();
    guest.get("/set/a/1").await;
    assert_eq!(devices(&mut guest).await, []);
}

#[tokio::test]
async fn a_device_is_ended_by_its_handle_which_is_no_id() {
    let app = App::new();
    let mut phone = app.logged_in("alice").await;
    let mut laptop = app.logged_in("alice").await;
    let handle = devices(&mut phone).await[1].0.clone();
    assert!(!laptop.cookie.as_ref().unwrap().contains(&handle));
    phone.get(&format!("/end/{handle}")).await.says("true");
    laptop.get("/user").await.says("nobody");
    phone.get(&format!("/end/{handle}")).await.says("false");
    phone.get("/user").await.says("alice");
}

#[tokio::test]
async fn the_own_device_is_ended_like_a_logout() {
    let app = App::new();
    let mut phone = app.logged_in("alice").await;
    let handle = devices(&mut phone).await[0].0.clone();
    let answer = phone.get(&format!("/end/{handle}")).await;
    answer.says("true");
    assert!(answer.set_cookie().unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn nobody_ends_the_device_of_another_user() {
    let app = App::new();
    let mut alice = app.logged_in("alice").await;
    let mut bob = app.logged_in("bob").await;
    let handle = devices(&mut alice).await[0].0.clone();
    bob.get(&format!("/end/{handle}")).await.says("false");
    alice.get("/user").await.says("alice");
}

#[tokio::test]
async fn a_handle_stays_when_the_id_changes() {
    let app = App::new();
    let mut phone = app.logged_in("alice").await;
    let before = devices(&mut phone).await;
    phone.get("/rotate").await;
    assert_eq!(devices(&mut phone).await, before);
}

#[tokio::test]
async fn the_others_are_logged_out_and_this_one_stays() {
    let app = App::new();
    let mut phone = app.logged_in("alice").await;
    let mut laptop = app.logged_in("alice").await;
    let mut bob = app.logged_in("bob").await;
    phone.get("/others").await.says("1");
    phone.get("/user").await.says("alice");
    laptop.get("/user").await.says("nobody");
    bob.get("/user").await.says("bob");
}

#[tokio::test]
async fn everywhere_is_here_as_well() {
    let app = App::new();
    let mut phone = app.logged_in("alice").await;
    let mut laptop = app.logged_in("alice").await;
    let copy = phone.clone();
    phone.get("/everywhere").await.says("2");
    laptop.get("/user").await.says("nobody");
    copy.request("/user").await.says("nobody");
}

#[tokio::test]
async fn an_administrator_ends_all_sessions_of_a_user() {
    let app = App::new();
    let mut phone = app.logged_in("alice").await;
    let mut bob = app.logged_in("bob").await;
    let sessions = app.layer.sessions();
    assert_eq!(sessions.of_user("alice").await.unwrap().len(), 1);
    assert_eq!(sessions.end_all("alice").await, Ok(1));
    phone.get("/user").await.says("nobody");
    bob.get("/user").await.says("bob");
    assert_eq!(sessions.stats().await.unwrap().live, 1);
}

#[tokio::test]
async fn one_session_too_many_is_refused_or_ends_the_oldest() {
    let two = NonZeroU32::new(2).unwrap();
    let app = App::with(|layer| layer.sessions_per_user(two, CapPolicy::Refuse));
    let mut first = app.logged_in("alice").await;
    app.logged_in("alice").await;
    let answer = app.browser().get("/login/alice").await;
    answer.is(StatusCode::FORBIDDEN);
    assert_eq!((answer.code().as_str(), answer.set_cookie()), ("too_many_sessions", None));
    first.get("/user").await.says("alice");

    let app = App::with(|layer| layer.sessions_per_user(two, CapPolicy::EndOldest));
    let mut first = app.logged_in("alice").await;
    app.clock.advance(std::time::Duration::from_secs(1));
    let mut second = app.logged_in("alice").await;
    app.clock.advance(std::time::Duration::from_secs(1));
    app.logged_in("alice").await;
    first.get("/user").await.says("nobody");
    second.get("/user").await.says("alice");
}
