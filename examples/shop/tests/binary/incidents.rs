use std::time::{Duration, Instant};

use example_service::test_util::{Connection, Exchange, Files, PASSWORD, Program, users};
use test_servers::{Redis, until};

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

const HOME: &str = "203.0.113.7";
const ELSEWHERE: &str = "198.51.100.9";

fn try_login(program: &Program) -> Exchange {
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    ask(program, HOME, "POST /login HTTP/1.1", &body)
}

/// The session's cookie, as a line of a head.
fn log_in(program: &Program) -> String {
    let answer = try_login(program);
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
    let moved = ask(&program, ELSEWHERE, &format!("GET /me HTTP/1.1\r\n{cookie}"), "");
    assert_eq!(moved.json()["code"], "session_ended");
    program.stop();
    let program = start(&options);
    let cookie = log_in(&program);
    let request = format!("GET /devices/incidents HTTP/1.1\r\n{cookie}");
    let incidents = ask(&program, HOME, &request, "").json();
    assert_eq!(incidents[0]["why"], "the network was another one", "{incidents}");
}

/// Less than the 10 s that a request may take at all: it is the store's own deadline that ends it.
const SOON: Duration = Duration::from_secs(9);

/// Every request is refused soon, and takes no cookie away.
fn all_are_refused(program: &Program, cookie: &str) {
    let of =
        |request: &str, body| ask(program, HOME, &format!("{request} HTTP/1.1\r\n{cookie}"), body);
    let requests: [&dyn Fn() -> Exchange; 5] = [
        &|| of("GET /me", ""),
        &|| of("GET /devices/incidents", ""),
        &|| of("POST /logout", r#"{"everywhere":false}"#),
        &|| of("POST /logout", r#"{"everywhere":true}"#),
        &|| try_login(program),
    ];
    for request in requests {
        let start = Instant::now();
        let answer = request();
        assert!(start.elapsed() < SOON, "{:?}: {answer:?}", start.elapsed());
        assert_eq!(answer.json()["code"], "store_unavailable", "{answer:?}");
        assert!(!answer.head.contains("set-cookie"), "{answer:?}");
    }
}

/// Who was logged in before still is, and what befalls their sessions is told.
async fn all_is_well(program: &Program, cookie: &str) {
    let of_cookie = |from: &str, path: &str, cookie: &str| {
        ask(program, from, &format!("GET {path} HTTP/1.1\r\n{cookie}"), "")
    };
    until("the shop is back", async || {
        (of_cookie(HOME, "/me", cookie).status == 200).then_some(())
    })
    .await
    .unwrap();
    of_cookie(ELSEWHERE, "/me", &log_in(program));
    until("it is told", async || {
        let told = of_cookie(HOME, "/devices/incidents", cookie).json();
        (told.as_array()?.first()?["why"] == "the network was another one").then_some(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn while_the_store_hangs_all_are_refused_soon_and_nobody_is_logged_out() {
    let (files, redis) = (Files::new(), Redis::start().await.unwrap());
    let program = over(&redis, &files);
    let cookie = log_in(&program);
    redis.freeze().await.unwrap();
    all_are_refused(&program, &cookie);
    redis.thaw().unwrap();
    all_is_well(&program, &cookie).await;
    redis.freeze().await.unwrap();
    // It panics if this takes too long.
    program.stop();
}

#[tokio::test]
async fn while_the_store_is_gone_all_are_refused_soon() {
    let (files, mut redis) = (Files::new(), Redis::start().await.unwrap());
    let program = over(&redis, &files);
    let cookie = log_in(&program);
    redis.kill().await.unwrap();
    all_are_refused(&program, &cookie);
    redis.restart().await.unwrap();
    until("it can be logged in", async || (try_login(&program).status == 200).then_some(()))
        .await
        .unwrap();
    all_is_well(&program, &log_in(&program)).await;
}

fn over(redis: &Redis, files: &Files) -> Program {
    let (users, store) = (files.write("users", &users()), redis.url());
    let options = ["--users", &users, "--store", &store, "--trusted-proxy", "127.0.0.1"];
    start(&[&options, ["--guard", "naive", "--drain", "0"].as_slice()].concat())
}
