use example_service::test_util::{Connection, Exchange, Files, PASSWORD, Program, users};

use crate::program::start;
use crate::start::cookie;

fn ask(program: &Program, from: &str, request: &str, body: &str) -> Exchange {
    let mut connection = Connection::to(program.address);
    connection.send(&format!(
        "{request}\r\nhost: shop\r\nx-forwarded-for: {from}\r\ncontent-type: application/json\r\n\
         accept: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    connection.answer()
}

/// The session's cookie, as a line of a head.
fn log_in(program: &Program) -> String {
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    let answer = ask(program, "203.0.113.7", "POST /login HTTP/1.1", &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    format!("cookie: {}", cookie(&answer.head))
}

#[test]
fn what_was_told_just_before_an_instance_ends_is_shown_by_the_next() {
    let files = Files::new();
    let (users, store) =
        (files.write("users", &users()), format!("sqlite:{}", files.path("store")));
    let options = ["--users", &users, "--store", &store, "--trusted-proxy", "127.0.0.1"];
    let options = [&options, ["--guard", "naive", "--drain", "0"].as_slice()].concat();
    let program = start(&options);
    let cookie = log_in(&program);
    let moved = ask(&program, "198.51.100.9", &format!("GET /me HTTP/1.1\r\n{cookie}"), "");
    assert_eq!(moved.json()["code"], "session_ended");
    program.stop();
    let program = start(&options);
    let cookie = log_in(&program);
    let request = format!("GET /devices/incidents HTTP/1.1\r\n{cookie}");
    let incidents = ask(&program, "203.0.113.7", &request, "").json();
    assert_eq!(incidents[0]["why"], "the network was another one", "{incidents}");
}
