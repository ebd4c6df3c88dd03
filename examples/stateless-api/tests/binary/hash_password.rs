use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use example_service::test_util::Login;

use crate::exchange::login;
use crate::program::start;

fn hash_password(options: &[&str], stdin: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stateless-api"));
    command.env_clear().arg("hash-password").args(options);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_user_that_it_writes_can_log_in() {
    let options = ["alice", "--scope", "orders:write", "--role", "admin"];
    let line = hash_password(&options, "open sesame\n").stdout;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users");
    fs::write(&file, line).unwrap();
    let program = start(&["--users", file.to_str().unwrap()]);
    let alice = Login { name: "alice".to_owned(), password: "open sesame".to_owned() };
    assert_eq!(login(program.address, &alice).json()["scope"], "orders:write");
}

#[test]
fn an_empty_password_is_refused() {
    let output = hash_password(&["alice"], "\n");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stderr, b"error: stdin: there is no password\n");
}

#[test]
fn a_name_with_a_space_is_refused() {
    let output = hash_password(&["alice b"], "open sesame");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
