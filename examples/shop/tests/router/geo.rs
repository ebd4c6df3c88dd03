//! Where addresses are, with a database of cities and one of systems.

use example_service::test_util::Files;
use http::StatusCode;
use serde_json::json;
use test_servers::{asn, city, mmdb};

use crate::client::{Client, leads_to};
use crate::service::Service;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const IN_BERLIN: &str = "203.0.113.7";
const IN_PARIS: &str = "198.51.100.9";

/// Alice in Berlin, and her browser in Paris at the same moment.
async fn travelled(options: &[&str]) -> Client {
    let proxied = ["--trusted-proxy", "127.0.0.1"];
    let service = Service::with(&[&proxied, options].concat());
    let mut alice = service.client().seen_as(IN_BERLIN, FIREFOX);
    alice.log_in("alice").await;
    alice.seen_as(IN_PARIS, FIREFOX)
}

fn cities(files: &Files) -> String {
    let cities =
        [("203.0.113.0/24", city("DE", 52.5, 13.4)), ("198.51.100.0/24", city("FR", 48.9, 2.4))];
    write(files, "GeoLite2-City.mmdb", mmdb("GeoLite2-City", cities).unwrap())
}

fn systems(files: &Files) -> String {
    let systems = [("203.0.113.0/24", asn(64_500)), ("198.51.100.0/24", asn(64_501))];
    write(files, "GeoLite2-ASN.mmdb", mmdb("GeoLite2-ASN", systems).unwrap())
}

fn write(files: &Files, name: &str, content: Vec<u8>) -> String {
    std::fs::write(files.path(name), content).unwrap();
    files.path(name)
}

#[tokio::test]
async fn impossible_travel_is_challenged_by_a_guard_that_knows_of_places() {
    let files = Files::new();
    let mut alice = travelled(&["--guard", "strict", "--geo", &cities(&files)]).await;
    assert_eq!(alice.get("/me").await.json()["code"], "step_up_required");
    leads_to(&alice.page("/devices").await, "/reauth");
}

#[tokio::test]
async fn without_a_database_another_network_is_no_more_than_that() {
    let mut alice = travelled(&["--guard", "strict"]).await;
    assert_eq!(alice.user().await.as_deref(), Some("alice"));
}

#[tokio::test]
async fn who_moves_to_another_system_pays_with_a_password() {
    let files = Files::new();
    let mut alice = travelled(&["--geo", &cities(&files), "--geo", &systems(&files)]).await;
    alice.add("tea", 2).await;
    let answer = alice.post("/checkout", json!({})).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
    let mut alice = travelled(&["--geo", &cities(&files)]).await;
    alice.add("tea", 2).await;
    assert_eq!(alice.post("/checkout", json!({})).await.json()["articles"], 1);
}
