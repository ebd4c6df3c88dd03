//! What the application is told.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use session_layer::SessionEvent;
use session_layer::backend::CapPolicy;

use crate::app::App;

type Told = Arc<Mutex<Vec<SessionEvent>>>;

fn told_app() -> (App, Told) {
    let told = Told::default();
    let sink = Arc::clone(&told);
    let one = NonZeroU32::MIN;
    let app = App::with(|layer| {
        layer
            .on_event(move |event| sink.lock().unwrap().push(event.clone()))
            .sessions_per_user(one, CapPolicy::EndOldest)
    });
    (app, told)
}

fn words(told: &Told) -> Vec<&'static str> {
    told.lock().unwrap().drain(..).map(|event| event.kind.as_str()).collect()
}

#[tokio::test]
async fn a_session_is_told_of_from_its_beginning_to_its_end() {
    let (app, told) = told_app();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    assert_eq!(words(&told), ["created"]);
    browser.get("/get/a").await;
    assert_eq!(words(&told), ["loaded"]);
    browser.get("/login/alice").await;
    assert_eq!(words(&told), ["loaded", "logged_in"]);
    browser.get("/rotate").await;
    assert_eq!(words(&told), ["loaded", "renewed"]);
    browser.get("/logout").await;
    assert_eq!(words(&told), ["ended_by_logout"]);
}

#[tokio::test]
async fn an_ending_says_who_ended_it() {
    let (app, told) = told_app();
    app.logged_in("alice").await;
    app.logged_in("alice").await;
    assert_eq!(words(&told), ["created", "created", "ended_by_cap"]);
    app.layer.sessions().end_all("alice").await.unwrap();
    assert_eq!(words(&told), ["ended_by_administrator"]);
}

#[tokio::test]
async fn an_id_that_nobody_has_is_told_of() {
    let (app, told) = told_app();
    let mut browser = app.browser();
    browser.cookie = Some(format!("__Host-Http-sid={}", "A".repeat(32)));
    browser.get("/get/a").await;
    assert_eq!(words(&told), ["unknown"]);
}

#[tokio::test]
async fn no_event_holds_an_id_of_a_client() {
    let (app, told) = told_app();
    let mut browser = app.logged_in("alice").await;
    browser.get("/user").await;
    let id = browser.id().to_owned();
    for event in told.lock().unwrap().iter() {
        assert!(!format!("{event:?} {}", event.session).contains(&id));
    }
}
