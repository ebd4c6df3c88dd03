use std::fs;
use std::net::TcpListener;

use crate::program::command;

/// It ends with exit code 2 and one line, which is this, or starts with it.
#[track_caller]
fn refused(options: &[&str], line: &str) {
    let output = command(options).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with(line), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[track_caller]
fn file_is_refused(option: &str, contents: &str, reason: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, contents).unwrap();
    let file = file.to_str().unwrap();
    refused(&[option, file], &format!("error: {option} {file}: {reason}\n"));
}

#[test]
fn an_unknown_option_is_refused() {
    refused(&["--nonsense"], "error: unexpected argument '--nonsense' found\n");
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    for option in ["--key", "--publish-key", "--users"] {
        let reason = "/nowhere/file: No such file or directory (os error 2)\n";
        refused(&[option, "/nowhere/file"], &format!("error: {option} {reason}"));
    }
}

#[test]
fn a_short_secret_is_refused() {
    let reason =
        "an HS256 secret must have at least 32 bytes, drawn at random: `openssl rand -base64 32`";
    file_is_refused("--key", "hunter2\n", reason);
}

#[test]
fn a_public_key_is_no_key_to_sign_with() {
    let pem = pem::encode(&pem::Pem::new("PUBLIC KEY", [1, 2, 3]));
    file_is_refused("--key", &pem, "this is a public key; signing needs the private key");
}

#[test]
fn a_certificate_is_refused_with_advice() {
    let pem = pem::encode(&pem::Pem::new("CERTIFICATE", [1, 2, 3]));
    let reason = "this PEM text is a certificate; extract its key with `openssl x509 -pubkey -noout -in CERTIFICATE`";
    file_is_refused("--key", &pem, reason);
}

#[test]
fn a_key_of_no_known_kind_is_refused() {
    let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", [1, 2, 3]));
    let reason = "this is no key of RSA with 2048 to 8192 bits, P-256, P-384 or Ed25519";
    file_is_refused("--key", &pem, reason);
    file_is_refused("--publish-key", &pem, reason);
}

#[test]
fn a_users_file_with_a_password_in_it_is_refused() {
    let reason = "line 1: this is no argon2 hash in PHC format, `$argon2id$v=19$…`";
    file_is_refused("--users", "alice hunter2\n", reason);
}

#[test]
fn a_leeway_of_more_than_two_minutes_is_refused() {
    let line = "error: invalid value '121' for '--leeway <DURATION>': it may be 0 to 120 s";
    refused(&["--leeway", "121"], line);
}

#[test]
fn a_network_that_is_none_is_refused() {
    let line = "error: --trusted-proxy: trusted proxy \"10.0.0.300\": neither an address nor";
    refused(&["--trusted-proxy", "10.0.0.300"], line);
}

#[test]
fn an_issuer_with_unreadable_keys_is_refused() {
    let line = "error: --trust-issuer https://a.example: /nowhere/jwks.json can't be read: No such file or directory (os error 2)\n";
    refused(&["--trust-issuer", "https://a.example=/nowhere/jwks.json"], line);
}

#[test]
fn keys_over_plain_http_from_elsewhere_are_refused() {
    let line = "error: --trust-issuer a: ";
    refused(&["--trust-issuer", "a=http://a.example/jwks.json"], line);
}

#[test]
fn the_own_issuer_as_another_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let key = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    fs::write(&file, key).unwrap();
    let trusted = format!("a={}", file.display());
    refused(&["--issuer", "a", "--trust-issuer", &trusted], "error: an issuer is trusted twice");
}

#[test]
fn an_address_in_use_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = format!("error: --listen {address}: Address already in use");
    refused(&["--listen", &address], &line);
}

#[test]
fn a_cookie_setting_without_the_cookie_is_refused() {
    refused(&["--sticky-plain-http"], "error: the following required arguments were not provided");
}

#[test]
fn an_empty_issuer_or_audience_is_refused() {
    refused(
        &["--issuer="],
        "error: a value is required for '--issuer <NAME>' but none was supplied",
    );
    refused(&["--audience="], "error: a value is required for '--audience <NAME>' but none was");
}

#[test]
fn a_short_key_for_the_cookie_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "short").unwrap();
    let line = format!("error: --sticky-key {}: a signing key has fewer", file.display());
    refused(&["--sticky", "--sticky-key", file.to_str().unwrap()], &line);
}

#[test]
fn a_log_filter_that_is_none_is_refused() {
    refused(&["--log-filter", "a=b=c"], "error: --log-filter: ");
}
