use std::time::Duration;

use session_layer::ConfigErrorKind::{
    self, InvalidBound, InvalidCertificate, InvalidUrl, UselessSetting,
};

use crate::engine::{TLS, URL, builder};

#[track_caller]
fn check(url: &str, kind: ConfigErrorKind) {
    let error = builder(url).build().unwrap_err();
    assert_eq!(error.kind(), kind, "{url}: {error}");
    assert!(!error.to_string().contains("pa55"), "{error}");
}

#[test]
fn a_url_of_something_else_is_refused() {
    for url in ["", "shop", "http://user:pa55@host/shop", "redis://:pa55@host/0", "//host/shop"] {
        check(url, InvalidUrl);
    }
}

#[test]
fn a_url_that_is_not_encoded_is_refused() {
    check(&URL.replace("pa55", "pa55/#:"), InvalidUrl);
    check(&URL.replace("3000", "port"), InvalidUrl);
}

#[test]
fn a_parameter_that_is_not_known_is_refused() {
    for parameter in ["ssl_mode=pa55", "tls=pa55", "sslmode", "x"] {
        check(&format!("{URL}?{parameter}"), InvalidUrl);
    }
}

#[test]
fn what_looks_like_tls_but_asks_nobody_is_refused() {
    check(&TLS.any_name(URL), UselessSetting);
    check(&TLS.authority_only(URL), UselessSetting);
    let never = builder(TLS.never(URL)).ca_file("ca.pem").build().unwrap_err();
    assert_eq!(never.kind(), UselessSetting);
}

#[test]
fn a_file_without_certificates_is_refused() {
    for file in ["no/such/file.pem", "Cargo.toml"] {
        let error = builder(URL).ca_file(file).build().unwrap_err();
        assert_eq!(error.kind(), InvalidCertificate, "{error}");
    }
}

#[test]
fn a_pool_of_nothing_is_refused() {
    assert_eq!(builder(URL).pool_size(0).build().unwrap_err().kind(), InvalidBound);
}

#[test]
fn no_time_at_all_is_refused() {
    assert_eq!(builder(URL).deadline(Duration::ZERO).build().unwrap_err().kind(), InvalidBound);
}

#[test]
fn the_password_is_shown_nowhere() {
    let builder = builder(URL);
    assert!(!format!("{builder:?}").contains("pa55"));
    let sessions = format!("{:?}", builder.build().unwrap());
    assert!(!sessions.contains("pa55"), "{sessions}");
    assert!(sessions.contains("db.internal"), "{sessions}");
}
