//! `--bind-tokens`, as it is run.

use example_service::test_util::{Connection, Exchange};

use crate::exchange::login;
use crate::program::{command, start};
use crate::start::the_lines_to_try_work;

fn get_me(address: std::net::SocketAddr, token: &str, cookie: &str) -> Exchange {
    let mut connection = Connection::to(address);
    connection.send(&format!(
        "GET /me HTTP/1.1\r\nhost: api\r\nauthorization: Bearer {token}\r\ncookie: {cookie}\r\n\r\n"
    ));
    connection.answer()
}

#[test]
fn a_stolen_token_alone_is_of_no_use() {
    let mut program = start(&["--bind-tokens", "--admin-listen", "127.0.0.1:0", "--drain", "0"]);
    let (admin, address, demo) = (program.admin(), program.address, program.demo());
    let answer = login(address, &demo);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let cookie = answer.head.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap();
    assert_eq!(get_me(address, &token, cookie).status, 200);
    assert_eq!(get_me(address, &token, "a=b").json()["code"], "wrong_binding");
    let figures = example_service::test_util::get(admin, "/metrics").body;
    assert!(figures.contains("guard_decisions_total{decision=\"end\"} 1\n"), "{figures}");
    let lines = program.stop().join("\n");
    assert!(lines.contains("guard_layer::event") && lines.contains("Binding"), "{lines}");
    let secrets = [cookie.split('=').nth(1).unwrap(), &token];
    assert!(!secrets.iter().any(|secret| lines.contains(secret)), "{lines}");
}

#[test]
fn instances_that_can_not_know_each_others_tokens_are_warned_of() {
    let mut program = start(&["--bind-tokens"]);
    assert!(program.logs("there is no --bind-key").contains("WARN"));
}

/// Needs a shell, curl and sed.
#[test]
fn the_lines_to_try_send_the_cookie() {
    the_lines_to_try_work(&["--bind-tokens"]);
}

#[test]
fn a_key_for_tokens_that_are_not_bound_is_refused() {
    let output = command(&["--bind-key", "/nowhere/file"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("required arguments were not provided"), "{stderr}");
}
