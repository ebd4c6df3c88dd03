use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::facts::{Binding, Facts, OldCopy, Place};
use crate::pepper::Peppers;

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                      Gecko) Chrome/140.0.0.0 Safari/537.36";
const NEWER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                     Gecko) Chrome/141.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0";
const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, \
                   like Gecko) Chrome/140.0.0.0 Safari/537.36";

const PHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/140.0.0.0 Mobile Safari/537.36";
const DESKTOP_PAGE: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like \
                            Gecko) Chrome/140.0.0.0 Safari/537.36";

const SAME: Observation = Observation::Same;
const UNKNOWN: Observation = Observation::Unknown;
const SLIGHT: Observation = Observation::Changed(Degree::Slight);
const CLEAR: Observation = Observation::Changed(Degree::Clear);
const STARK: Observation = Observation::Changed(Degree::Stark);

fn home() -> Facts<'static> {
    let place =
        Place { country: Some(['D', 'E']), asn: Some(64_500), position: Some((52.5, 13.4)) };
    Facts {
        address: Some([192, 0, 2, 1].into()),
        user_agent: Some(CHROME),
        brands: Some("\"Chromium\";v=\"140\", \"Not?A_Brand\";v=\"8\""),
        platform: Some("\"Windows\""),
        accept_language: Some("de-DE,de;q=0.9"),
        tls_fingerprint: Some("t13d1516h2"),
        place: Some(place),
        ..Facts::default()
    }
}

fn abroad() -> Place {
    Place { country: Some(['U', 'S']), asn: Some(64_501), position: Some((40.7, -74.0)) }
}

/// What `signal` says of each request, one `minutes` after the other, each learned.
#[track_caller]
fn check(signal: Signal, minutes: u64, requests: &[Facts<'_>], expected: Observation) {
    check_from(&home(), signal, minutes, requests, expected);
}

/// As [`check`], for a session that began with this login.
#[track_caller]
fn check_from(
    login: &Facts<'_>,
    signal: Signal,
    minutes: u64,
    requests: &[Facts<'_>],
    expected: Observation,
) {
    let peppers = Peppers::new(1, &[1; 32]);
    let mut now = UNIX_EPOCH + Duration::from_secs(1 << 30);
    let mut memory = Memory::begin(login, now, &peppers);
    let mut last = UNKNOWN;
    for facts in requests {
        now += Duration::from_secs(minutes * 60);
        let shown = Shown::beside(&memory, facts, now, &peppers).with_exact(facts, &peppers);
        last = signal.observe(&memory, &shown);
        memory.learn(facts, now, &peppers);
    }
    assert_eq!(last, expected);
}

#[track_caller]
fn check_one(signal: Signal, change: impl FnOnce(&mut Facts<'_>), expected: Observation) {
    let mut facts = home();
    change(&mut facts);
    check(signal, 1, &[facts], expected);
}

#[test]
fn what_is_not_shown_is_unknown() {
    for signal in [Signal::Network, Signal::UserAgent, Signal::ClientHints, Signal::Language] {
        check(signal, 1, &[Facts::default()], UNKNOWN);
    }
    for signal in [Signal::TlsFingerprint, Signal::Country, Signal::Travel, Signal::Binding] {
        check(signal, 1, &[Facts::default()], UNKNOWN);
    }
}

#[test]
fn another_address_of_the_same_network_is_the_same() {
    check_one(Signal::Network, |facts| facts.address = Some([192, 0, 2, 99].into()), SAME);
}

#[test]
fn another_network_of_the_same_system_is_slight() {
    check_one(Signal::Network, |facts| facts.address = Some([198, 51, 100, 1].into()), SLIGHT);
}

#[test]
fn a_network_of_another_system_is_clear() {
    let elsewhere = |facts: &mut Facts<'_>| {
        facts.address = Some([198, 51, 100, 1].into());
        facts.place = Some(abroad());
    };
    check_one(Signal::Network, elsewhere, CLEAR);
}

#[test]
fn the_first_address_of_the_other_family_is_slight() {
    let v6 = |facts: &mut Facts<'_>| facts.address = Some("2001:db8::1".parse().unwrap());
    check_one(Signal::Network, v6, SLIGHT);
}

#[test]
fn a_network_that_was_used_before_is_the_same() {
    let train = Facts { address: Some([198, 51, 100, 1].into()), ..home() };
    check(Signal::Network, 5, &[train, home(), train], SAME);
}

#[test]
fn a_rising_version_is_normal() {
    check_one(Signal::UserAgent, |facts| facts.user_agent = Some(NEWER), SAME);
}

#[test]
fn a_version_that_falls_is_clear() {
    check(Signal::UserAgent, 1, &[Facts { user_agent: Some(NEWER), ..home() }, home()], CLEAR);
}

#[test]
fn another_family_or_platform_is_stark() {
    check_one(Signal::UserAgent, |facts| facts.user_agent = Some(FIREFOX), STARK);
    check_one(Signal::UserAgent, |facts| facts.user_agent = Some(MAC), STARK);
}

#[test]
fn hints_that_contradict_the_user_agent_are_stark() {
    check_one(Signal::ClientHints, |facts| facts.platform = Some("\"Linux\""), STARK);
    check_one(Signal::ClientHints, |facts| facts.brands = Some("\"Chromium\";v=\"99\""), STARK);
}

#[test]
fn hints_of_another_browser_are_stark_whoever_had_them_first() {
    let brave = Facts { brands: Some("\"Chromium\";v=\"140\", \"Brave\";v=\"140\""), ..home() };
    check(Signal::ClientHints, 1, &[brave], STARK);
    check_from(&brave, Signal::ClientHints, 1, &[brave], SAME);
    check_from(&brave, Signal::ClientHints, 1, &[home()], STARK);
}

#[test]
fn hints_that_come_late_are_the_same() {
    let first = Facts { brands: None, platform: None, ..home() };
    check_from(&first, Signal::ClientHints, 1, &[home()], SAME);
}

#[test]
fn what_a_browser_always_sends_is_missed() {
    let hintless = Facts { brands: None, platform: None, ..home() };
    check(Signal::Missing, 1, &[home()], SAME);
    check(Signal::Missing, 1, &[hintless], SLIGHT);
    check_one(Signal::Missing, |facts| facts.accept_language = None, CLEAR);
    check_one(Signal::Missing, |facts| facts.user_agent = None, CLEAR);
    check(Signal::Missing, 1, &[Facts { accept_language: None, ..hintless }], STARK);
}

#[test]
fn hints_are_missed_once_they_were_there() {
    let hintless = Facts { brands: None, platform: None, ..home() };
    check_from(&hintless, Signal::Missing, 1, &[hintless], SAME);
    check_from(&hintless, Signal::Missing, 1, &[home(), hintless], SLIGHT);
}

#[test]
fn nothing_is_missed_of_another_browser() {
    let firefox = Facts { user_agent: Some(FIREFOX), brands: None, platform: None, ..home() };
    check(Signal::Missing, 1, &[firefox], UNKNOWN);
}

#[test]
fn two_browsers_that_take_turns_are_stark_when_the_second_comes_back() {
    let english = Facts { accept_language: Some("en"), ..home() };
    check(Signal::Alternation, 60, &[english], SAME);
    check(Signal::Alternation, 60, &[english, home()], CLEAR);
    check(Signal::Alternation, 60, &[english, home(), home()], SAME);
    check(Signal::Alternation, 60, &[english, home(), english], STARK);
    check(Signal::Alternation, 24 * 60, &[english, home(), english], SAME);
}

#[test]
fn versions_that_take_turns_are_two_browsers() {
    let newer = Facts { user_agent: Some(NEWER), ..home() };
    check(Signal::Alternation, 60, &[newer, home(), newer], STARK);
}

#[test]
fn two_handshakes_that_take_turns_are_two_browsers_within_half_an_hour() {
    let proxy = Facts { tls_fingerprint: Some("x"), ..home() };
    check(Signal::Alternation, 5, &[proxy, home()], SLIGHT);
    check(Signal::Alternation, 5, &[proxy, home(), proxy], STARK);
    check(Signal::Alternation, 60, &[proxy, home(), proxy], SAME);
}

#[test]
fn a_phone_that_asks_for_the_desktops_page_at_times_takes_no_turns() {
    let phone = Facts { user_agent: Some(PHONE), ..Facts::default() };
    let desktop = Facts { user_agent: Some(DESKTOP_PAGE), ..Facts::default() };
    check_from(&phone, Signal::Alternation, 1, &[desktop, phone, desktop, phone], SAME);
    check_from(&phone, Signal::UserAgent, 1, &[desktop], SLIGHT);
}

#[test]
fn the_first_request_from_a_data_centre_is_clear() {
    let rented = Place { asn: Some(16_509), ..home().place.unwrap() };
    let there = Facts { place: Some(rented), ..home() };
    check(Signal::Hosting, 1, &[there], CLEAR);
    check(Signal::Hosting, 1, &[there, there], SAME);
    check_from(&there, Signal::Hosting, 1, &[there], SAME);
    check_one(Signal::Hosting, |facts| facts.place = None, UNKNOWN);
}

#[test]
fn a_longer_list_of_languages_is_slight_and_another_first_one_clear() {
    check_one(Signal::Language, |facts| facts.accept_language = Some("de,en"), SLIGHT);
    check_one(Signal::Language, |facts| facts.accept_language = Some("en-US"), CLEAR);
}

#[test]
fn another_handshake_of_the_same_version_is_clear_and_of_a_new_one_slight() {
    check_one(Signal::TlsFingerprint, |facts| facts.tls_fingerprint = Some("x"), CLEAR);
    let updated = Facts { user_agent: Some(NEWER), tls_fingerprint: Some("x"), ..home() };
    check(Signal::TlsFingerprint, 1, &[updated], SLIGHT);
}

#[test]
fn the_handshakes_of_quic_and_of_tcp_are_compared_each_with_its_own() {
    let quic = |print| Facts { tls_fingerprint: Some(print), ..home() };
    check(Signal::TlsFingerprint, 1, &[quic("q13d0312h3")], UNKNOWN);
    check(Signal::TlsFingerprint, 1, &[quic("q13d0312h3"), home()], SAME);
    check(Signal::TlsFingerprint, 1, &[quic("q13d0312h3"), quic("q13d0313h3")], CLEAR);
    check(Signal::Alternation, 1, &[quic("q13d0312h3"), home(), quic("q13d0312h3")], SAME);
}

#[test]
fn what_changed_a_day_ago_for_everybody_is_no_change_any_more() {
    let changed = Facts { accept_language: Some("en"), tls_fingerprint: Some("x"), ..home() };
    check(Signal::Language, 12 * 60, &[changed, changed], CLEAR);
    check(Signal::Language, 12 * 60, &[changed, changed, changed, changed], SAME);
    check(Signal::TlsFingerprint, 12 * 60, &[changed, changed, changed, changed], SAME);
}

#[test]
fn what_changed_a_day_ago_for_one_of_two_is_a_change_for_ever() {
    let thief = Facts { accept_language: Some("en"), ..home() };
    let both = [thief, home(), thief, home(), thief, home(), thief];
    check(Signal::Language, 12 * 60, &both, CLEAR);
}

#[test]
fn another_handshake_without_the_languages_is_stark() {
    let script = Facts { accept_language: None, tls_fingerprint: Some("x"), ..home() };
    check(Signal::TlsFingerprint, 1, &[script], STARK);
}

#[test]
fn an_old_copy_is_slight_within_the_grace_and_stark_after_its_successor_was_used() {
    let old = |seconds, successor_used| {
        let rotated = Duration::from_secs(seconds);
        Facts { old_copy: Some(OldCopy { rotated, successor_used }), ..home() }
    };
    check(Signal::Fork, 1, &[old(5, true)], SLIGHT);
    check(Signal::Fork, 1, &[old(500, false)], SLIGHT);
    check(Signal::Fork, 1, &[old(500, true)], STARK);
}

#[test]
fn a_broken_binding_is_stark() {
    check_one(Signal::Binding, |facts| facts.binding = Some(Binding::Broken), STARK);
}

#[test]
fn two_browsers_in_two_networks_at_once_are_stark_when_they_alternate() {
    let thief =
        Facts { address: Some([198, 51, 100, 1].into()), user_agent: Some(NEWER), ..home() };
    check(Signal::SeveralPlaces, 1, &[thief], CLEAR);
    check(Signal::SeveralPlaces, 1, &[thief, home()], STARK);
    check(Signal::SeveralPlaces, 60, &[thief, home()], SAME);
}

#[test]
fn an_ocean_in_an_hour_is_impossible_and_in_nine_a_flight() {
    let there = Facts { place: Some(abroad()), ..home() };
    check(Signal::Travel, 60, &[there], CLEAR);
    check(Signal::Travel, 9 * 60, &[there], SAME);
    check(Signal::Country, 60, &[there], CLEAR);
}

#[test]
fn idleness_and_age_grow() {
    check(Signal::Idle, 59, &[home()], SAME);
    check(Signal::Idle, 60, &[home()], SLIGHT);
    check(Signal::Idle, 24 * 60, &[home()], CLEAR);
    check(Signal::Age, 7 * 24 * 60, &[home()], SLIGHT);
    check(Signal::Age, 30 * 24 * 60, &[home()], CLEAR);
}

#[test]
fn failed_logins_grow() {
    check_one(Signal::LoginFailures, |facts| facts.login_failures = 5, SLIGHT);
    check_one(Signal::LoginFailures, |facts| facts.login_failures = 20, CLEAR);
}

#[test]
fn an_hour_is_unusual_only_in_a_session_of_a_week() {
    check(Signal::Hour, 120, &[home()], UNKNOWN);
    check(Signal::Hour, 7 * 24 * 60 + 120, &[home()], SLIGHT);
}

#[test]
fn the_naive_check_sees_every_change() {
    check_one(Signal::ExactAddress, |facts| facts.address = Some([192, 0, 2, 9].into()), STARK);
    check_one(Signal::ExactUserAgent, |facts| facts.user_agent = Some(NEWER), STARK);
}
