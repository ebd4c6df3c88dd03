//! Sessions of the tower-sessions layer that was there before.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use auth_core::Clock;
use futures_util::future::join_all;
use session_layer::ConfigErrorKind;
use session_layer::SessionLayer;
use session_layer::backend::MemoryBackend;
use time::OffsetDateTime;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_memory_store::MemoryStore;

use crate::app::App;
use crate::browser::Browser;

/// A session of theirs that lives for a while yet, and an application that takes it over.
async fn theirs(life: Duration) -> (App, Browser, MemoryStore, Id) {
    let store = MemoryStore::default();
    let app = App::with(|layer| layer.take_over(store.clone(), "id"));
    let data = HashMap::from([("cart".to_owned(), "full".into())]);
    // That store judges by the system's clock.
    let end = SystemTime::max(app.clock.now(), SystemTime::now()) + life;
    let mut record = Record { id: Id::default(), data, expiry_date: OffsetDateTime::from(end) };
    store.create(&mut record).await.unwrap();
    let mut browser = app.browser();
    browser.cookie = Some(format!("id={}", record.id));
    (app, browser, store, record.id)
}

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
async fn a_session_of_theirs_goes_on_under_an_id_of_ours() {
    let (_app, mut browser, store, id) = theirs(HOUR).await;
    let answer = browser.request("/get/cart").await;
    answer.says("full");
    let cookies = answer.set_cookies();
    assert_eq!(cookies.len(), 2);
    assert_eq!(cookies[0], "id=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
    assert!(cookies[1].starts_with("__Host-Http-sid="), "{cookies:?}");
    assert!(!cookies[1].contains(&id.to_string()));
    assert_eq!(store.load(&id).await.unwrap(), None);
    browser.cookie = Some(cookies[1].split(';').next().unwrap().to_owned());
    browser.get("/get/cart").await.says("full");
}

#[tokio::test]
async fn requests_that_come_at_once_find_the_same_session() {
    let (_app, browser, _store, _) = theirs(HOUR).await;
    let paths: Vec<_> = (0..20).map(|n| format!("/set/f{n}/{n}")).collect();
    let answers = join_all(paths.iter().map(|path| browser.request(path))).await;
    answers.iter().for_each(|answer| answer.says("set"));
    let ours: Vec<_> = answers
        .iter()
        .flat_map(|answer| answer.set_cookies())
        .filter(|cookie| cookie.starts_with("__Host-Http-sid="))
        .collect();
    assert_eq!(ours.len(), 1, "{ours:?}");
    let mut browser = browser.clone();
    browser.cookie = Some(ours[0].split(';').next().unwrap().to_owned());
    browser.get("/get/f19").await.says("19");
    browser.get("/get/cart").await.says("full");
}

#[tokio::test]
async fn an_unknown_id_of_theirs_is_a_guest_who_is_rid_of_it() {
    let (app, mut browser, _store, _) = theirs(HOUR).await;
    browser.cookie = Some(format!("id={}", Id::default()));
    let answer = browser.request("/get/cart").await;
    answer.says("none");
    assert_eq!(answer.set_cookies().len(), 1);
    assert_eq!(app.spy.calls(), ["load"]);
}

#[tokio::test]
async fn a_request_that_does_not_touch_the_session_takes_nothing_over() {
    let (app, browser, store, id) = theirs(HOUR).await;
    let answer = browser.request("/plain").await;
    assert_eq!((answer.set_cookies().len(), app.spy.calls()), (0, vec![]));
    assert!(store.load(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_login_of_theirs_lives_as_long_as_it_would_have() {
    let (app, mut browser, _store, _) = theirs(HOUR * 24).await;
    let answer = browser.request("/get/cart").await;
    let ours = answer.set_cookies()[1].to_owned();
    assert!(ours.contains("; Max-Age="), "{ours}");
    browser.cookie = Some(ours.split(';').next().unwrap().to_owned());
    app.clock.advance(HOUR * 23);
    browser.get("/get/cart").await.says("full");
}

#[test]
fn a_cookie_that_they_can_not_have_given_is_refused() {
    let layer = SessionLayer::builder(MemoryBackend::new());
    let error = layer.take_over(MemoryStore::default(), "a b").build().unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::InvalidCookieName);
}
