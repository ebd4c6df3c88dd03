use std::net::TcpStream;
use std::time::Instant;

use example_service::test_util::{Connection, DEADLINE, get};
use rustix::process::Signal;

use crate::exchange::{post_text, token};
use crate::program::start;

#[test]
fn a_signal_ends_it_with_exit_code_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let program = start(&["--drain", "0"]);
        program.signal(signal);
        assert_eq!(program.end().0.code(), Some(0), "{signal:?}");
    }
}

#[test]
fn it_goes_on_serving_while_it_drains() {
    let mut program = start(&["--drain", "600"]);
    let mut kept = Connection::to(program.address);
    assert!(!kept.get("/health").closes());
    program.signal(Signal::TERM);
    program.logs("draining");
    assert_eq!(get(program.address, "/ready").json()["code"], "draining");
    let last = kept.get("/health");
    assert!(last.status == 200 && last.closes(), "{last:?}");
    assert!(kept.is_closed());
}

#[test]
fn a_second_signal_ends_the_wait() {
    let mut program = start(&["--drain", "600"]);
    program.signal(Signal::TERM);
    program.logs("draining");
    program.signal(Signal::TERM);
    assert_eq!(program.end().0.code(), Some(0));
}

#[test]
fn a_request_in_flight_is_finished() {
    let mut program = start(&["--drain", "0"]);
    let (address, demo) = (program.address, program.demo());
    let order = r#"{"cart_items":[{"sku":"tea","quantity":2,"unit_price_cents":450}],"payment_info":{"method":"invoice"}}"#;
    let request = post_text("/orders", &token(address, &demo), order);
    let (begin, end) = request.split_at(request.len() - 10);
    let mut connection = Connection::to(address);
    connection.send(begin);
    program.signal(Signal::TERM);
    let since = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(since.elapsed() < DEADLINE, "it still lets clients in");
    }
    connection.send(end);
    let answer = connection.answer();
    assert!(answer.status == 200 && answer.closes(), "{answer:?}");
    assert_eq!(program.end().0.code(), Some(0));
}

#[test]
fn an_idle_connection_does_not_keep_it() {
    let program = start(&["--drain", "0"]);
    let mut idle = Connection::to(program.address);
    idle.get("/health");
    program.signal(Signal::TERM);
    assert!(idle.is_closed());
    assert_eq!(program.end().0.code(), Some(0));
}
