use std::net::TcpStream;
use std::time::Instant;

use example_service::test_util::{Connection, DEADLINE, get};
use rustix::process::Signal;

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
    program.signal(Signal::TERM);
    program.logs("draining");
    assert_eq!(get(program.address, "/ready").json()["code"], "draining");
    let last = get(program.address, "/cart");
    assert!(last.status == 200 && last.closes(), "{last:?}");
}

#[test]
fn an_addition_in_flight_is_finished() {
    let program = start(&["--drain", "0"]);
    let mut connection = Connection::to(program.address);
    connection.send(
        "POST /cart/items HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n\
         content-length: 26\r\n\r\n{\"sku\":\"tea\",",
    );
    program.signal(Signal::TERM);
    let since = Instant::now();
    while TcpStream::connect(program.address).is_ok() {
        assert!(since.elapsed() < DEADLINE, "it still lets clients in");
    }
    connection.send("\"quantity\":2}");
    let answer = connection.answer();
    assert!(answer.status == 200 && answer.closes(), "{answer:?}");
    assert_eq!(answer.body, r#"{"items":[{"sku":"tea","quantity":2}]}"#);
    assert_eq!(program.end().0.code(), Some(0));
}
