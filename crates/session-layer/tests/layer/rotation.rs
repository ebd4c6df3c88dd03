//! A session gets another id now and then.

use std::time::Duration;

use crate::app::App;

const MINUTE: Duration = Duration::from_secs(60);

fn renewing() -> App {
    App::with(|layer| layer.renew_every(MINUTE * 10, MINUTE))
}

#[tokio::test]
async fn a_rotated_session_is_the_same_under_another_id() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    browser.get("/set/a/1").await;
    let old = browser.clone();
    browser.get("/rotate").await.says("rotated");
    assert_ne!(old.id(), browser.id());
    browser.get("/user").await.says("alice");
    browser.get("/get/a").await.says("1");
}

#[tokio::test]
async fn the_old_id_works_for_the_grace_and_what_it_changes_is_kept() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let old = browser.clone();
    browser.get("/rotate").await;
    let answer = old.request("/set/late/1").await;
    answer.says("set");
    assert_eq!(answer.set_cookie(), None);
    browser.get("/get/late").await.says("1");
    app.clock.advance(Duration::from_secs(31));
    old.request("/user").await.says("nobody");
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn a_logout_with_the_old_id_ends_the_session() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let old = browser.clone();
    browser.get("/rotate").await;
    old.request("/logout").await.says("logged out");
    browser.get("/user").await.says("nobody");
}

#[tokio::test]
async fn an_id_is_renewed_after_its_period_by_a_request_that_only_reads() {
    let app = renewing();
    let mut browser = app.logged_in("alice").await;
    let old = browser.clone();
    app.clock.advance(MINUTE * 9);
    browser.get("/user").await;
    assert_eq!(browser.id(), old.id());
    app.clock.advance(MINUTE);
    browser.get("/user").await.says("alice");
    assert_ne!(browser.id(), old.id());
    browser.get("/user").await.says("alice");
    old.request("/user").await.says("alice");
    app.clock.advance(MINUTE + Duration::from_secs(1));
    old.request("/user").await.says("nobody");
}

#[tokio::test]
async fn of_requests_that_come_at_once_one_renews_and_all_work() {
    let app = renewing();
    let browser = app.logged_in("alice").await;
    app.clock.advance(MINUTE * 10);
    let answers = futures_util::future::join_all((0..20).map(|n| {
        let path = format!("/set/f{n}/{n}");
        let tab = browser.clone();
        async move { tab.request(&path).await }
    }))
    .await;
    let mut renewed = answers.iter().filter_map(|answer| answer.set_cookie());
    let cookie = renewed.next().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(renewed.next(), None);
    let mut browser = browser;
    browser.cookie = Some(cookie);
    for n in 0..20 {
        browser.get(&format!("/get/f{n}")).await.says(&n.to_string());
    }
}

#[tokio::test]
async fn a_renewal_that_fails_is_no_fault_of_the_request() {
    let app = renewing();
    let mut browser = app.logged_in("alice").await;
    app.clock.advance(MINUTE * 10);
    app.spy.fail_writes(true);
    browser.get("/user").await.says("alice");
    app.spy.fail_writes(false);
    browser.get("/user").await.says("alice");
}
