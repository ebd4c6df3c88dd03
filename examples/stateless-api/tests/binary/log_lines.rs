use example_service::test_util::{Connection, Login, get};
use serde_json::Value;

use crate::exchange::{get_with, login, post, token};
use crate::program::start;

#[test]
fn a_request_is_one_json_line() {
    let mut program = start(&["--log", "json", "--drain", "0"]);
    let mut connection = Connection::to(program.address);
    connection.send("GET /me?a=secret HTTP/1.1\r\nhost: api\r\nx-request-id: abc\r\n\r\n");
    connection.answer();
    let mut line: Value = serde_json::from_str(&program.logs("\"/me\"")).unwrap();
    assert!(line["latency_ms"].is_number() && line["timestamp"].is_string(), "{line}");
    for varying in ["latency_ms", "timestamp", "target"] {
        line.as_object_mut().unwrap().remove(varying);
    }
    let expected = serde_json::json!({
        "level": "INFO",
        "message": "request",
        "method": "GET",
        "path": "/me",
        "status": 401,
        "client": "127.0.0.1",
        "request_id": "abc",
    });
    assert_eq!(line, expected);
}

#[test]
fn every_line_is_json() {
    let program = start(&["--log", "json", "--drain", "0", "--log-filter", "debug"]);
    get(program.address, "/ready");
    get_with(program.address, "/me", "nonsense");
    let lines = program.stop();
    assert!(lines.len() > 3, "{lines:#?}");
    for line in lines {
        assert!(serde_json::from_str::<Value>(&line).is_ok(), "{line}");
    }
}

#[test]
fn why_a_token_is_refused_is_logged_under_the_id_of_the_request() {
    let mut program = start(&["--log", "json", "--drain", "0"]);
    get_with(program.address, "/me", "nonsense");
    let line: Value = serde_json::from_str(&program.logs("malformed_token")).unwrap();
    assert_eq!(line["span"]["request_id"].as_str().map(str::len), Some(32), "{line}");
}

#[test]
fn probes_are_not_logged_at_info() {
    let program = start(&["--drain", "0"]);
    get(program.address, "/health");
    get(program.address, "/nowhere");
    let lines = program.stop().join("\n");
    assert!(lines.contains("/nowhere") && !lines.contains("/health"), "{lines}");
}

/// At the most talkative level, too.
#[test]
fn no_line_holds_a_token_a_password_a_card_number_or_a_query() {
    let mut program = start(&["--drain", "0", "--log-filter", "trace"]);
    let (address, demo) = (program.address, program.demo());
    let token = token(address, &demo);
    let wrong = Login { name: demo.name.clone(), password: "open barley".to_owned() };
    assert_eq!(login(address, &wrong).status, 401);
    let order =
        r#"{"cart_items":[],"payment_info":{"method":"card","card_number":"4111111111111111"}}"#;
    post(address, "/orders", &token, order);
    get_with(address, "/me?access_token=inthequery", &token);
    get_with(address, "/me", &format!("{token}x"));
    let lines = program.stop().join("\n");
    let signature = token.rsplit('.').next().unwrap();
    for secret in [signature, &demo.password, "open barley", "4111111111111111", "inthequery"] {
        assert!(!lines.contains(secret), "{secret} in {lines}");
    }
}
