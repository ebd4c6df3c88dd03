use axum::http::StatusCode;

use crate::browser::{Browser, page, see};

pub(crate) async fn a_guest_is_led_to_the_login(mut browser: Browser) {
    let (status, to) = browser.get("/protected").await;
    assert_eq!((status, to.as_str()), (StatusCode::TEMPORARY_REDIRECT, "/login?next=%2Fprotected"));
}

pub(crate) async fn a_user_logs_in_sees_the_page_and_logs_out(mut browser: Browser) {
    assert_eq!(browser.log_in("wonderland").await, see("/protected"));
    assert_eq!(browser.get("/protected").await, page("alice: welcome"));
    assert_eq!(browser.get("/protected").await, page("alice: "));
    let copy = browser.clone();
    assert_eq!(browser.get("/logout").await, see("/login"));
    assert_eq!(browser.get("/login").await, page("goodbye"));
    for mut out in [browser, copy] {
        assert_eq!(out.get("/protected").await.0, StatusCode::TEMPORARY_REDIRECT);
    }
}

pub(crate) async fn a_wrong_password_is_told_on_the_next_page(mut browser: Browser) {
    assert_eq!(browser.log_in("looking-glass").await, see("/login"));
    assert_eq!(browser.get("/login").await, page("wrong name or password"));
    assert_eq!(browser.get("/login").await, page(""));
}

pub(crate) async fn a_login_gives_a_new_id_and_keeps_the_cart(mut browser: Browser) {
    assert_eq!(browser.get("/cart").await, page("1"));
    let mut old = browser.clone();
    browser.log_in("wonderland").await;
    assert_ne!(old.cookie, browser.cookie);
    assert_eq!(browser.get("/cart").await, page("2"));
    assert_eq!(old.get("/protected").await.0, StatusCode::TEMPORARY_REDIRECT);
}
