use std::process::Command;

use example_service::test_util::{Connection, Files, Program, get};
use rustix::process::Signal;
use serde_json::Value;
use test_servers::{Redis, RedisCluster, asn, city, mmdb, until};

use crate::program::{command, start};

#[test]
fn it_is_ready_when_it_says_that_it_listens() {
    let program = start(&[]);
    while get(program.address, "/ready").status != 200 {}
    assert_eq!(get(program.address, "/health").body, r#"{"status":"alive"}"#);
}

#[test]
fn the_demo_users_and_the_store_are_printed() {
    let mut program = start(&[]);
    program.prints("/cart -H 'accept: application/json'");
    let printed = program.printed();
    for line in ["demo user: alice password: ", "demo user: bob password: ", "demo user: admin "] {
        assert!(printed.contains(line), "{printed}");
    }
    assert!(printed.contains("sessions are kept in memory\n"), "{printed}");
}

const ADD: &str = "POST /cart/items HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n\
                   content-length: 26\r\n\r\n{\"sku\":\"tea\",\"quantity\":2}";

/// The `name=value` of the session's cookie that a head sets.
pub(crate) fn cookie(head: &str) -> &str {
    let mut cookies = head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookies.find(|cookie| cookie.contains("sid=")).unwrap();
    cookie.split(';').next().unwrap()
}

/// Without the option, in the folder that it is started in.
#[test]
fn a_cart_is_in_a_file_that_outlives_the_program() {
    let files = Files::new();
    let start = || {
        let mut command = Program::command(env!("CARGO_BIN_EXE_shop"), &["--drain", "0"]);
        Program::start(command.current_dir(files.path("")))
    };
    let mut program = start();
    program.prints("sessions are kept in sqlite:shop.db");
    let head = fill_cart(&program);
    // Killed.
    drop(program);
    has_cart(&start(), &head);
}

#[tokio::test]
async fn a_cart_in_a_store_of_tower_sessions_is_there_for_all_instances() {
    let redis = Redis::start().await.unwrap();
    let store = format!("tower+{}", redis.url());
    let mut program = start(&["--store", &store]);
    program.prints("sessions are kept in tower+redis:…");
    let head = fill_cart(&program);
    let other = start(&["--store", &store]);
    // Killed.
    drop(program);
    has_cart(&other, &head);
}

#[tokio::test]
async fn a_cart_in_a_cluster_of_redis_is_there_for_all_instances() {
    let cluster = RedisCluster::start().await.unwrap();
    let store = cluster.url();
    let mut program = start(&["--store", &store]);
    program.prints("sessions are kept in redis+cluster:…");
    let head = fill_cart(&program);
    let other = start(&["--store", &store]);
    // Killed.
    drop(program);
    has_cart(&other, &head);
}

#[tokio::test]
async fn a_backup_that_may_lag_has_all_when_the_program_has_ended() {
    let (redis, files) = (Redis::start().await.unwrap(), Files::new());
    let backup = format!("sqlite:{}", files.path("backup.db"));
    let stores = ["--store", &redis.url(), "--backup-store", &backup, "--backup-lag", "10s"];
    let program = start(&[&stores[..], &["--drain", "0"]].concat());
    let head = fill_cart(&program);
    let ready = get(program.address, "/ready").json();
    assert!(ready["stores"][1]["lag_ms"].is_u64(), "{ready}");
    for _ in 0..20 {
        let mut connection = Connection::to(program.address);
        let with_cookie = format!("host: shop\r\ncookie: {}\r\n", cookie(&head));
        connection.send(&ADD.replace("host: shop\r\n", &with_cookie));
        assert_eq!(connection.answer().status, 200);
    }
    program.signal(Signal::TERM);
    assert_eq!(program.end().0.code(), Some(0));
    let alone = start(&["--store", &backup]);
    assert_eq!(cart(&alone, &head), r#"{"items":[{"sku":"tea","quantity":42}]}"#);
}

/// How an instance learns what others have changed, once it has read a session.
async fn near_cache(stores: &[&str]) -> Value {
    let program = start(&[stores, &["--near-cache", "2s"]].concat());
    let head = fill_cart(&program);
    until("its near cache is in use", async || {
        has_cart(&program, &head);
        let told = get(program.address, "/ready").json()["stores"][0]["near_cache"].clone();
        (told != "lost").then_some(told)
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn what_is_read_from_memory_is_as_old_as_the_store_tells_or_the_option_says() {
    let (redis, files) = (Redis::start().await.unwrap(), Files::new());
    let (redis, sqlite) = (redis.url(), format!("sqlite:{}", files.path("shop.db")));
    assert_eq!(near_cache(&["--store", &redis]).await, "told");
    assert_eq!(near_cache(&["--store", &sqlite]).await, "by_age");
    let both = ["--store", &redis, "--backup-store", &sqlite];
    assert_eq!(near_cache(&both).await, "by_age");
}

/// The head of the answer.
pub(crate) fn fill_cart(program: &Program) -> String {
    let mut connection = Connection::to(program.address);
    connection.send(ADD);
    connection.answer().head
}

#[track_caller]
fn has_cart(program: &Program, head: &str) {
    assert_eq!(cart(program, head), r#"{"items":[{"sku":"tea","quantity":2}]}"#);
}

fn cart(program: &Program, head: &str) -> String {
    let mut connection = Connection::to(program.address);
    connection.send(&format!(
        "GET /cart HTTP/1.1\r\nhost: shop\r\naccept: application/json\r\ncookie: {}\r\n\r\n",
        cookie(head)
    ));
    connection.answer().body
}

#[test]
fn options_come_from_the_environment_too() {
    let mut command = command(&[]);
    command.env("SHOP_INSTANCE", "shop-7").env("SHOP_INSECURE_HTTP", "true");
    let program = Program::start(&mut command);
    let mut connection = Connection::to(program.address);
    connection.send(ADD);
    let head = connection.answer().head;
    assert!(head.contains("x-served-by: shop-7\r\n"), "{head}");
    assert!(head.contains("set-cookie: sid="), "{head}");
}

#[test]
fn no_line_holds_a_password_or_the_id_of_a_session() {
    let mut program = start(&["--drain", "0", "--log-filter", "trace"]);
    let demo = program.demo();
    let body = serde_json::json!({ "username": demo.name, "password": demo.password }).to_string();
    let length = body.len();
    let mut connection = Connection::to(program.address);
    connection.send(&format!(
        "POST /login HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    ));
    let head = connection.answer().head;
    let cookie = cookie(&head);
    let id = cookie.split_once('=').unwrap().1;
    connection.send(&format!("GET /me HTTP/1.1\r\nhost: shop\r\ncookie: {cookie}\r\n\r\n"));
    assert_eq!(connection.answer().status, 200);
    let lines = program.stop().join("\n");
    assert!(lines.contains("/me"), "{lines}");
    for secret in [id, &demo.password] {
        assert!(!lines.contains(secret), "{secret} in {lines}");
    }
}

#[test]
fn databases_of_places_come_from_the_environment_too() {
    let files = Files::new();
    let paths = ["city.mmdb", "asn.mmdb"].map(|name| files.path(name));
    std::fs::write(&paths[0], mmdb("City", [("192.0.2.0/24", city("DE", 52.5, 13.4))]).unwrap())
        .unwrap();
    std::fs::write(&paths[1], mmdb("ASN", [("192.0.2.0/24", asn(64_500))]).unwrap()).unwrap();
    let mut command = command(&[]);
    command.env("SHOP_GEO", paths.join(","));
    let program = Program::start(&mut command);
    assert_eq!(get(program.address, "/health").status, 200);
}

/// Needs a shell and curl.
#[test]
fn the_lines_to_try_work_when_pasted() {
    let mut program = start(&[]);
    program.prints("/cart -H 'accept: application/json'");
    let printed = program.printed();
    let script = printed.split_once("\njar=").unwrap().1;
    let shell = Command::new("sh").args(["-eu", "-c", &format!("jar={script}")]).output();
    let output = String::from_utf8(shell.unwrap().stdout).unwrap();
    assert_eq!(output.matches("HTTP/1.1 200 OK").count(), 3, "{output}");
    let cart = r#"{"items":[{"sku":"tea","quantity":2}]}"#;
    assert_eq!(output.matches(cart).count(), 2, "{output}");
}
