//! The page of a user's devices shows what befell them, and why, whichever instance it was told to.

use example_service::test_util::PASSWORD;
use http::StatusCode;
use serde_json::{Value, json};
use test_servers::until;

use crate::client::{Client, is_page};
use crate::service::Service;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn two(policy: &str) -> [Service; 2] {
    Service::two(&["--guard", policy, "--trusted-proxy", "127.0.0.1"])
}

async fn at_home(service: &Service) -> Client {
    let mut alice = service.client().seen_as("203.0.113.7", FIREFOX);
    alice.log_in("alice").await;
    alice
}

/// What a user is told, as soon as there is so much.
async fn told(client: &mut Client, count: usize) -> Vec<[String; 2]> {
    until("incidents are told", async || {
        let answer = client.get("/devices/incidents").await.json();
        let all = answer.as_array()?;
        (all.len() == count).then(|| all.iter().map(what_and_why).collect())
    })
    .await
    .unwrap()
}

fn what_and_why(incident: &Value) -> [String; 2] {
    ["what", "why"].map(|name| incident[name].as_str().unwrap().to_owned())
}

const CHALLENGED: &str = "Asked for the password";
const LOGGED_OUT: [&str; 2] = ["Ended", "it was logged out from another device"];

#[tokio::test]
async fn every_instance_shows_why_the_password_was_asked_for() {
    let [one, other] = two("balanced");
    let thief = at_home(&one).await;
    thief.seen_as("198.51.100.9", "curl/8.5.0").served_by(&other).get("/me").await;
    let mut alice = at_home(&one).await;
    let why = "the browser was another one, it was used in several places at once and the network \
               was another one";
    let expected = [CHALLENGED, why];
    assert_eq!(told(&mut alice, 1).await, [expected]);
    let mut alice = alice.served_by(&other);
    assert_eq!(told(&mut alice, 1).await, [expected]);
    let page = alice.page("/devices").await;
    is_page(&page, StatusCode::OK, &format!(" because {why}."));
    is_page(&page, StatusCode::OK, "<li>Asked for the password on 20");
    assert!(!page.text.contains("198.51.100") && !page.text.contains("curl"), "{}", page.text);
}

#[tokio::test]
async fn what_the_guard_has_ended_is_told_and_guesses_are() {
    let [one, other] = two("naive");
    let moved = at_home(&one).await;
    moved.seen_as("198.51.100.9", FIREFOX).get("/me").await;
    let ended = ["Ended", "the network was another one"];
    assert_eq!(told(&mut at_home(&other).await, 1).await, [ended]);
    let mut guesser = at_home(&one).await;
    for _ in 0..5 {
        guesser.post("/reauth", json!({ "password": "open barley" })).await;
    }
    let refused = ["Refused further passwords", "five of them were wrong"];
    assert_eq!(told(&mut at_home(&other).await, 2).await, [refused, ended]);
}

#[tokio::test]
async fn failures_before_the_login_are_among_the_reasons() {
    let [one, other] = two("balanced");
    let guess = json!({ "username": "alice", "password": "open barley" });
    for _ in 0..5 {
        one.client().post("/login", guess.clone()).await;
    }
    let mut alice = one.client().seen_as("203.0.113.7", FIREFOX);
    let login = json!({ "username": "alice", "password": PASSWORD });
    until("the throttle lets the login pass", async || {
        (alice.post("/login", login.clone()).await.status == StatusCode::OK).then_some(())
    })
    .await
    .unwrap();
    alice.clone().seen_as("198.51.100.9", "curl/8.5.0").get("/me").await;
    let [[what, why]] = told(&mut at_home(&other).await, 1).await.try_into().unwrap();
    assert_eq!(what, CHALLENGED);
    assert!(why.ends_with(" and logins had failed before"), "{why}");
}

#[tokio::test]
async fn a_logout_from_another_device_is_told_and_the_own_is_not() {
    let [one, other] = two("balanced");
    let (mut phone, mut laptop) = (at_home(&one).await, at_home(&other).await);
    let devices = laptop.devices().await;
    let phones = devices.iter().find(|device| device["current"] == false).unwrap();
    laptop.delete(&format!("/devices/{}", phones["handle"].as_str().unwrap())).await;
    assert_eq!(phone.user().await, None);
    assert_eq!(told(&mut laptop, 1).await, [LOGGED_OUT]);
    laptop.post("/logout", json!({})).await;
    let (mut here, mut there) = (at_home(&one).await, at_home(&other).await);
    there.post("/logout", json!({ "everywhere": true })).await;
    assert_eq!(here.user().await, None);
    assert_eq!(told(&mut at_home(&one).await, 2).await, [LOGGED_OUT; 2]);
}

#[tokio::test]
async fn nobody_is_told_what_befell_another_user() {
    let [one, other] = two("naive");
    at_home(&one).await.seen_as("198.51.100.9", FIREFOX).get("/me").await;
    told(&mut at_home(&other).await, 1).await;
    let mut bob = other.logged_in("bob").await;
    assert_eq!(told(&mut bob, 0).await, [[""; 2]; 0]);
    is_page(&bob.page("/devices").await, StatusCode::OK, "<p>Nothing.</p>");
    let guest = other.client().get("/devices/incidents").await;
    assert_eq!(guest.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_guard_that_only_looks_tells_nothing() {
    let [one, other] = two("off");
    at_home(&one).await.seen_as("198.51.100.9", "curl/8.5.0").get("/me").await;
    // What was told before is written before.
    let (mut here, mut there) = (at_home(&one).await, at_home(&one).await);
    here.post("/logout", json!({ "everywhere": true })).await;
    assert_eq!(there.user().await, None);
    assert_eq!(told(&mut at_home(&other).await, 2).await, [LOGGED_OUT; 2]);
}
