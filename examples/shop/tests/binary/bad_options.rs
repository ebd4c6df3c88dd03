use std::net::TcpListener;

use example_service::test_util::Files;
use serde_json::json;
use test_servers::{Port, mmdb};

use crate::program::command;

/// It ends with exit code 2 and one line, which starts with this.
#[track_caller]
fn refused(options: &[&str], line: &str) {
    let output = command(options).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with(line), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn an_unknown_option_is_refused() {
    refused(&["--nonsense"], "error: unexpected argument '--nonsense' found\n");
}

#[test]
fn a_users_file_that_is_not_there_or_not_one_is_refused() {
    let line = "error: --users /nowhere/file: No such file or directory (os error 2)\n";
    refused(&["--users", "/nowhere/file"], line);
    let file = Files::new();
    let path = file.write("users", "alice hunter2\n");
    let reason = "line 1: this is no argon2 hash in PHC format, `$argon2id$v=19$…`";
    refused(&["--users", &path], &format!("error: --users {path}: {reason}\n"));
}

#[test]
fn a_throttle_key_that_is_not_there_or_too_short_is_refused() {
    let line = "error: --throttle-key /nowhere/key: No such file or directory (os error 2)\n";
    refused(&["--throttle-key", "/nowhere/key"], line);
    let files = Files::new();
    let path = files.write("key", "secret\n");
    let reason = "a secret has 32 random bytes or more";
    refused(&["--throttle-key", &path], &format!("error: --throttle-key {path}: {reason}\n"));
}

#[test]
fn a_database_of_places_that_is_not_there_or_not_one_is_refused() {
    let line = "error: --geo /nowhere/city.mmdb: No such file or directory (os error 2)\n";
    refused(&["--geo", "/nowhere/city.mmdb"], line);
    let files = Files::new();
    let notes = files.write("notes.txt", "these are notes and no database");
    let reason = "no whole database in MaxMind's format, download it again (";
    refused(&["--geo", &notes], &format!("error: --geo {notes}: {reason}"));
    let proxies = mmdb("GeoIP2-Anonymous-IP", [("192.0.2.0/24", json!({ "is_tor": true }))]);
    let path = files.path("proxies.mmdb");
    std::fs::write(&path, proxies.unwrap()).unwrap();
    let reason = "a database of the type \"GeoIP2-Anonymous-IP\", which knows neither countries";
    refused(&["--geo", &path], &format!("error: --geo {path}: {reason}"));
}

#[test]
fn a_lag_of_no_backup_or_of_more_than_a_minute_is_refused() {
    let missing = "error: the following required arguments were not provided: ";
    refused(&["--backup-lag", "200ms"], missing);
    let options = ["--backup-store", "memory", "--backup-lag", "61s"];
    refused(&options, "error: invalid value '61s' for '--backup-lag <DURATION>': ");
}

#[test]
fn a_memory_of_sessions_for_more_than_a_minute_is_refused() {
    let line = "error: invalid value '61s' for '--near-cache <DURATION>': ";
    refused(&["--near-cache", "61s"], line);
}

#[test]
fn a_session_that_lives_for_seconds_or_for_longer_than_any_is_refused() {
    for idle in ["59s", "13h"] {
        let line = format!("error: invalid value '{idle}' for '--session-idle <DURATION>': ");
        refused(&["--session-idle", idle], &line);
    }
}

#[test]
fn the_proxy_protocol_of_nobody_is_refused() {
    refused(&["--proxy-protocol"], "error: the following required arguments were not provided: ");
}

#[test]
fn a_network_that_is_none_is_refused() {
    let line = "error: --trusted-proxy: trusted proxy \"10.0.0.300\": neither an address nor";
    refused(&["--trusted-proxy", "10.0.0.300"], line);
}

#[test]
fn an_address_in_use_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = format!("error: --listen {address}: Address already in use");
    refused(&["--listen", &address], &line);
}

#[test]
fn a_store_of_no_known_kind_is_refused_without_its_password() {
    for store in ["", "sqlite:", "memcached://user:hunter2@cache", "hunter2"] {
        refused(&["--store", store], "error: --store: write `sqlite:PATH`, ");
        let output = command(&["--store", store]).output().unwrap();
        assert!(!String::from_utf8(output.stderr).unwrap().contains("hunter2"), "{store}");
    }
}

#[test]
fn a_store_that_is_not_there_is_told_without_its_password() {
    let nobody = Port::draw().unwrap();
    for kind in ["redis", "redis+cluster", "tower+redis"] {
        let store = format!("{kind}://user:hunter2@{}", nobody.address());
        let output = command(&["--store", &store, "--log-filter", "trace"]).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        let line = stderr.lines().last().unwrap();
        let told = "error: --store: the session backend can't be reached: ";
        assert!(line.starts_with(told), "{line}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
    }
}

#[test]
fn a_file_whose_folder_is_not_there_is_refused() {
    let line = "error: --store sqlite:/nowhere/shop.db: ";
    refused(&["--store", "sqlite:/nowhere/shop.db"], line);
}

#[test]
fn a_file_of_another_program_is_refused_and_left_alone() {
    let files = Files::new();
    let path = files.write("notes.txt", "these are notes and no sessions");
    let line = format!("error: --store sqlite:{path}: ");
    refused(&["--store", &format!("sqlite:{path}")], &line);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "these are notes and no sessions");
}
