//! Configurations that can not work are refused when the layer is built.

use std::time::Duration;

use session_layer::backend::MemoryBackend;
use session_layer::{ConfigErrorKind, SameSite, SessionLayer, SessionLayerBuilder};

#[track_caller]
fn refused(
    configure: impl FnOnce(SessionLayerBuilder) -> SessionLayerBuilder,
    kind: ConfigErrorKind,
) {
    let builder = configure(SessionLayer::builder(MemoryBackend::new()));
    assert_eq!(builder.build().unwrap_err().kind(), kind);
}

#[test]
fn a_cookie_that_browsers_refuse_is_refused() {
    refused(|layer| layer.cookie_domain("example.com"), ConfigErrorKind::BrokenPrefix);
    refused(|layer| layer.cookie_path("/shop"), ConfigErrorKind::BrokenPrefix);
    refused(SessionLayerBuilder::dangerous_script_access, ConfigErrorKind::BrokenPrefix);
    refused(|layer| layer.cookie_name("a b"), ConfigErrorKind::InvalidCookieName);
    refused(
        |layer| layer.cookie_name("__Host-sid").insecure_plain_http(),
        ConfigErrorKind::BrokenPrefix,
    );
    refused(
        |layer| layer.insecure_plain_http().same_site(SameSite::None),
        ConfigErrorKind::InsecureSameSite,
    );
}

#[test]
fn a_cookie_of_more_than_4096_bytes_is_refused() {
    let name = "n".repeat(4096 - 32);
    let builder = SessionLayer::builder(MemoryBackend::new()).cookie_name(name.clone());
    assert!(builder.build().is_ok());
    refused(|layer| layer.cookie_name(name).signed([1; 32]), ConfigErrorKind::CookieTooLong);
}

#[test]
fn short_and_useless_keys_are_refused() {
    refused(|layer| layer.signed([1; 31]), ConfigErrorKind::ShortKey);
    refused(|layer| layer.older_signing_key([1; 32]), ConfigErrorKind::UselessSetting);
    refused(|layer| layer.older_encryption_key([1; 32]), ConfigErrorKind::UselessSetting);
}

#[test]
fn lifetimes_that_can_not_be_are_refused() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let kind = ConfigErrorKind::InvalidLifetime;
    refused(|layer| layer.lifetime(minutes(30), minutes(29)), kind);
    refused(|layer| layer.lifetime(Duration::from_secs(59), minutes(30)), kind);
    refused(|layer| layer.remembered_lifetime(minutes(30), minutes(401 * 24 * 60)), kind);
    refused(|layer| layer.renew_every(minutes(10), minutes(6)), kind);
    refused(|layer| layer.renew_every(Duration::from_secs(59), Duration::ZERO), kind);
}

#[cfg(feature = "guard")]
#[test]
fn old_ids_are_kept_where_there_are_some_and_for_a_day_at_most() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let useless = ConfigErrorKind::UselessSetting;
    refused(|layer| layer.keep_old_ids(minutes(60)), useless);
    let without_grace = |layer: SessionLayerBuilder| layer.renew_every(minutes(10), Duration::ZERO);
    refused(|layer| without_grace(layer).keep_old_ids(minutes(60)), useless);
    for kept in [minutes(1), minutes(25 * 60)] {
        let renewed = |layer: SessionLayerBuilder| layer.renew_every(minutes(10), minutes(1));
        refused(|layer| renewed(layer).keep_old_ids(kept), ConfigErrorKind::InvalidLifetime);
    }
}
