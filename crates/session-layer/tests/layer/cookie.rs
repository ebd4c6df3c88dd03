//! The cookie on the wire.

use std::collections::HashSet;

use axum::http::{HeaderValue, StatusCode};
use proptest::collection::vec;
use proptest::prelude::*;
use session_layer::SameSite;

use crate::app::App;

#[tokio::test]
async fn the_cookie_has_all_attributes_by_default() {
    let app = App::new();
    let mut browser = app.browser();
    let answer = browser.get("/set/a/1").await;
    let expected =
        format!("__Host-Http-sid={}; Path=/; Secure; HttpOnly; SameSite=Lax", browser.id());
    assert_eq!(answer.set_cookie(), Some(expected.as_str()));
    assert_eq!(browser.id().len(), 32);
}

#[tokio::test]
async fn a_response_with_the_cookie_is_for_nobody_else() {
    let answer = App::new().browser().get("/set/a/1").await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["vary"], "Cookie");
    let plain = App::new().browser().get("/plain").await;
    assert!(!plain.headers.contains_key("cache-control") && !plain.headers.contains_key("vary"));
}

#[tokio::test]
async fn every_attribute_can_be_set() {
    let app = App::with(|layer| {
        layer
            .cookie_name("__Secure-shop")
            .cookie_domain("example.com")
            .cookie_path("/shop")
            .same_site(SameSite::None)
            .dangerous_script_access()
    });
    let answer = app.browser().get("/set/a/1").await;
    let (_, attributes) = answer.set_cookie().unwrap().split_once(';').unwrap();
    assert_eq!(attributes, " Domain=example.com; Path=/shop; Secure; SameSite=None");
}

#[tokio::test]
async fn without_tls_the_cookie_has_a_name_that_browsers_take() {
    let app = App::with(|layer| layer.insecure_plain_http());
    let answer = app.browser().get("/set/a/1").await;
    let cookie = answer.set_cookie().unwrap();
    assert!(cookie.starts_with("sid=") && !cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn two_cookies_with_different_values_are_as_none() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let own = browser.cookie.clone().unwrap();
    browser.cookie = Some(format!("{own}; __Host-Http-sid={}", "A".repeat(32)));
    browser.get("/user").await.says("nobody");
    browser.cookie = Some(format!("{own}; {own}"));
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn a_signed_cookie_is_believed_with_its_signature_only() {
    let app = App::with(|layer| layer.signed([7; 32]));
    let mut browser = app.logged_in("alice").await;
    browser.get("/user").await.says("alice");
    let whole = browser.cookie.clone().unwrap();
    app.spy.calls();
    let bare = whole.rsplit_once('.').unwrap().0;
    for forged in [bare, &format!("{bare}."), &format!("{bare}.AAAA")] {
        browser.cookie = Some(forged.to_owned());
        browser.get("/user").await.says("nobody");
    }
    assert_eq!(app.spy.calls(), Vec::<&str>::new());
}

#[tokio::test]
async fn ids_never_come_twice() {
    let app = App::new();
    let mut ids = HashSet::new();
    for _ in 0..500 {
        let mut browser = app.browser();
        browser.get("/set/a/1").await.is(StatusCode::OK);
        assert!(ids.insert(browser.id().to_owned()));
    }
}

#[tokio::test]
async fn the_id_that_handlers_see_and_may_log_is_not_the_one_in_the_cookie() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let seen = browser.get("/id").await.text;
    assert!(!browser.id().contains(&seen));
    let mut thief = app.browser();
    thief.cookie = Some(format!("__Host-Http-sid={seen}"));
    thief.get("/user").await.says("nobody");
    assert_eq!(browser.get("/id").await.text, seen);
}

#[tokio::test]
async fn cookies_of_every_length_and_byte_are_a_guest() {
    let app = App::new();
    let browser = app.browser();
    let fill = |byte: u8, length: usize| vec![byte; length];
    let lengths = (0..100).chain([31, 32, 33, 1_000, 4_096, 8_192, 65_536]);
    let values = (0..=255).flat_map(|byte| [1, 31, 32, 33].map(|length| fill(byte, length)));
    for value in values.chain(lengths.map(|length| fill(b'a', length))) {
        let cookie = [b"__Host-Http-sid=".as_slice(), &value].concat();
        // What no header can hold never comes here.
        let Ok(cookie) = HeaderValue::from_bytes(&cookie) else { continue };
        browser.get_with("/get/a", cookie).await.says("none");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_cookie_header_of_any_bytes_is_a_guest(cookie in vec(any::<u8>(), 0..200)) {
        let Ok(cookie) = HeaderValue::from_bytes(&cookie) else { return Ok(()) };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(async {
            App::with(|layer| layer.signed([7; 32])).browser().get_with("/get/a", cookie).await
        });
        prop_assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "none"));
        prop_assert_eq!(answer.set_cookie(), None);
    }
}
