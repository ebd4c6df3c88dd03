//! The key server of `test_util`, over HTTP.

use std::net::TcpStream;

use http::StatusCode;
use jwt_layer::test_util::{JwksServer, TestIssuer};
use jwt_layer::{Algorithm, KeySet};
use serde_json::Value;
use std::io::{Read, Write};

fn address(server: &JwksServer) -> String {
    server.issuer().strip_prefix("http://").unwrap().to_owned()
}

fn get(address: &str, path: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    let status = response.split(' ').nth(1).unwrap().parse().unwrap();
    (status, response.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[test]
fn it_serves_a_set_that_can_change_and_counts_who_asked() {
    let issuer = TestIssuer::new(Algorithm::ES256);
    let server = JwksServer::from(&issuer);
    let (status, body) = get(&address(&server), "/jwks.json");
    assert_eq!((status, body.as_str()), (200, issuer.jwks().as_str()));
    assert_eq!(KeySet::from_jwks(&body).unwrap().keys()[0].id(), issuer.key().id());
    server.publish("something else");
    assert_eq!(get(&address(&server), "/jwks.json").1, "something else");
    server.fail(StatusCode::BAD_GATEWAY);
    assert_eq!(get(&address(&server), "/jwks.json").0, 502);
    assert_eq!((server.requests(), server.discovery_requests()), (3, 0));
}

#[test]
fn it_has_a_discovery_document_that_leads_to_the_set() {
    let server = JwksServer::start("{}");
    let path = "/.well-known/openid-configuration";
    let document: Value = serde_json::from_str(&get(&address(&server), path).1).unwrap();
    assert_eq!(document["issuer"], server.issuer());
    assert_eq!(document["jwks_uri"], server.url());
    server.discover_issuer("https://evil.test");
    let document: Value = serde_json::from_str(&get(&address(&server), path).1).unwrap();
    assert_eq!(document["issuer"], "https://evil.test");
    server.discover_with(|| StatusCode::NOT_FOUND);
    assert_eq!(get(&address(&server), path).0, 404);
    assert_eq!((server.requests(), server.discovery_requests()), (0, 3));
}

#[test]
fn it_keeps_who_asks_waiting_until_it_is_released() {
    let server = JwksServer::start("{}");
    server.hold();
    let address = address(&server);
    let client = std::thread::spawn(move || get(&address, "/jwks.json"));
    while server.requests() == 0 {
        std::thread::yield_now();
    }
    assert!(!client.is_finished());
    server.release();
    assert_eq!(client.join().unwrap(), (200, "{}".to_owned()));
}

#[test]
fn it_stops_when_it_is_dropped_though_somebody_waits() {
    let server = JwksServer::start("{}");
    server.hold();
    let address = address(&server);
    let mut waiting = TcpStream::connect(&address).unwrap();
    waiting.write_all(b"GET /jwks.json HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    while server.requests() == 0 {
        std::thread::yield_now();
    }
    drop(server);
    assert!(TcpStream::connect(&address).is_err());
}
