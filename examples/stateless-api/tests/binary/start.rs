use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::time::Instant;

use example_service::test_util::{Connection, DEADLINE, Program, get};
use serde_json::Value;

use crate::exchange::{get_with, post, token};
use crate::program::{command, start};

const ORDER: &str = r#"{"cart_items":[{"sku":"tea","quantity":2,"unit_price_cents":450}],"payment_info":{"method":"card","card_number":"4111111111111111"}}"#;

#[test]
fn the_demo_user_logs_in_and_orders() {
    let mut program = start(&[]);
    let (address, demo) = (program.address, program.demo());
    let token = token(address, &demo);
    assert_eq!(get_with(address, "/me", &token).json()["sub"], demo.name);
    assert_eq!(post(address, "/orders", &token, ORDER).json()["total_cents"], 900);
    assert_eq!(get_with(address, "/admin", &token).status, 403);
}

#[test]
fn it_is_ready_when_it_says_that_it_listens() {
    let program = start(&[]);
    while get(program.address, "/ready").status != 200 {}
    assert_eq!(get(program.address, "/health").body, r#"{"status":"alive"}"#);
}

#[test]
fn it_is_not_ready_before_the_keys_of_other_issuers_are_there() {
    let issuer = TcpListener::bind("127.0.0.1:0").unwrap();
    let trusted = format!("a=http://{}/jwks.json", issuer.local_addr().unwrap());
    let program = start(&["--trust-issuer", &trusted]);
    assert_eq!(get(program.address, "/ready").json()["code"], "starting");
    assert_eq!(get(program.address, "/health").status, 200);
    answer_with_keys(&issuer);
    let since = Instant::now();
    while get(program.address, "/ready").status != 200 {
        assert!(since.elapsed() < DEADLINE);
    }
}

fn answer_with_keys(issuer: &TcpListener) {
    let keys = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let (mut stream, _) = issuer.accept().unwrap();
    assert_ne!(stream.read(&mut [0; 4096]).unwrap(), 0);
    let length = keys.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all((head + keys).as_bytes()).unwrap();
}

#[test]
fn options_come_from_the_environment_too() {
    let mut command = command(&[]);
    command.env("STATELESS_API_INSTANCE", "api-7").env("STATELESS_API_STICKY", "true");
    let program = Program::start(&mut command);
    let head = get(program.address, "/health").head;
    assert!(head.contains("x-served-by: api-7\r\n"), "{head}");
    assert!(head.contains("set-cookie: srv_id=api-7;"), "{head}");
}

#[test]
fn a_fresh_key_is_warned_of() {
    let mut program = start(&[]);
    assert!(program.logs("there is no --key").contains("WARN"));
}

#[test]
fn the_client_is_the_one_that_a_trusted_proxy_names() {
    let mut program = start(&["--trusted-proxy", "127.0.0.1/32", "--log", "json"]);
    let mut connection = Connection::to(program.address);
    connection
        .send("GET /me HTTP/1.1\r\nhost: api\r\nx-forwarded-for: 192.0.2.66, 198.51.100.7\r\n\r\n");
    connection.answer();
    let line: Value = serde_json::from_str(&program.logs("\"/me\"")).unwrap();
    assert_eq!(line["client"], "198.51.100.7");
}

#[test]
fn nobody_else_is_believed_about_the_client() {
    let mut program = start(&["--log", "json"]);
    let mut connection = Connection::to(program.address);
    connection.send("GET /me HTTP/1.1\r\nhost: api\r\nx-forwarded-for: 192.0.2.66\r\n\r\n");
    connection.answer();
    let line: Value = serde_json::from_str(&program.logs("\"/me\"")).unwrap();
    assert_eq!(line["client"], "127.0.0.1");
}

/// Needs a shell, curl and sed.
#[test]
fn the_lines_to_try_work_when_pasted() {
    the_lines_to_try_work(&[]);
}

#[track_caller]
pub(crate) fn the_lines_to_try_work(options: &[&str]) {
    let mut program = start(options);
    program.prints("/orders");
    let printed = program.printed();
    let script = printed.split_once("\n\n").unwrap().1;
    let shell = Command::new("sh").args(["-eu", "-c", script]).output();
    let output = String::from_utf8(shell.unwrap().stdout).unwrap();
    assert_eq!(output.matches("HTTP/1.1 200 OK").count(), 2, "{output}");
    assert!(output.contains(r#""total_cents":900"#), "{output}");
}

#[test]
fn help_tells_every_option_and_its_variable() {
    let output = command(&["--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for option in ["listen", "instance", "key", "publish-key", "trust-issuer", "users", "drain"] {
        let variable = format!("STATELESS_API_{}", option.to_uppercase().replace('-', "_"));
        assert!(help.contains(&format!("--{option} ")) && help.contains(&variable), "{option}");
    }
}
