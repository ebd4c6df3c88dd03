use std::time::Duration;

use jwt_layer::{RemoteKeys, RemoteKeysBuilder};

use crate::time::{minutes, seconds};

#[track_caller]
fn refused(settings: RemoteKeysBuilder, because: &str) {
    let error = settings.build().expect_err(because).to_string();
    assert!(error.contains(because), "{error}");
}

fn fine() -> RemoteKeysBuilder {
    RemoteKeys::jwks("http://127.0.0.1:9/jwks")
}

#[tokio::test]
async fn a_url_that_keys_may_not_come_from_is_refused() {
    for start in [|url: &str| RemoteKeys::jwks(url), |url: &str| RemoteKeys::openid(url)] {
        refused(start("http://login.example"), "over https only");
        refused(start("login.example"), "must be absolute");
        refused(start("https://"), "must be absolute");
        refused(start("https://user:word@login.example"), "no user");
        refused(start("https://login.example/#keys"), "no fragment");
    }
    refused(RemoteKeys::openid("https://login.example/?a=b"), "no query");
}

#[tokio::test]
async fn limits_of_zero_are_refused() {
    refused(fine().refresh_every(Duration::ZERO), "refresh_every");
    refused(fine().timeout(Duration::ZERO), "timeout of zero");
    refused(fine().stale_for(Duration::ZERO), "stale_for");
    refused(fine().max_body(0), "max_body");
    refused(fine().max_keys(0), "max_keys");
}

#[tokio::test]
async fn keys_that_grow_too_old_between_refreshes_are_refused() {
    refused(fine().refresh_every(minutes(5)).stale_for(minutes(5)), "stale_for");
    refused(fine().refresh_every(minutes(5)).stale_for(minutes(5) + seconds(5)), "stale_for");
    let settings = fine().refresh_every(minutes(5)).stale_for(minutes(5) + seconds(6));
    assert!(settings.build().is_ok());
}

#[tokio::test]
async fn absurd_times_do_no_harm() {
    refused(fine().refresh_every(Duration::MAX), "refresh_every");
    let keys = fine().timeout(Duration::MAX / 2).stale_for(Duration::MAX).build();
    assert!(!keys.unwrap().is_available());
}

#[tokio::test]
async fn what_is_no_certificate_is_refused() {
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        refused(fine().root_certificate(pem), "root_certificate");
    }
}

#[test]
fn it_has_to_be_built_on_a_runtime() {
    refused(fine(), "tokio runtime");
}

#[tokio::test]
async fn debug_shows_no_query() {
    let keys = RemoteKeys::jwks("http://127.0.0.1:9/jwks?code=secret").build().unwrap();
    let debug = format!("{keys:?}");
    assert!(debug.contains("http://127.0.0.1:9/jwks"), "{debug}");
    assert!(!debug.contains("secret"), "{debug}");
}
