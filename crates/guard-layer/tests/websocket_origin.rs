//! Which pages may open a WebSocket.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::MockConnectInfo;
use axum::routing::any;
use guard_layer::{ClientAddrLayer, ConfigErrorKind, WebSocketOriginLayer};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

const HANDSHAKE: [&str; 3] = ["Host: shop.example", "Connection: Upgrade", "Upgrade: websocket"];

async fn send(layer: WebSocketOriginLayer, method: &str, lines: &[&str]) -> (StatusCode, String) {
    let client_addr = ClientAddrLayer::builder().trusted_proxies(["10.0.0.1"]).build().unwrap();
    let app = Router::new().route("/socket", any(|| async {})).layer((client_addr, layer));
    let proxied = lines.iter().any(|line| line.starts_with("X-Forwarded"));
    let peer = SocketAddr::from(([10, 0, 0, if proxied { 1 } else { 9 }], 1));
    let mut request = Request::builder().method(method).uri("/socket").body(Body::empty()).unwrap();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        let name = http::HeaderName::try_from(name).unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    let response = app.layer(MockConnectInfo(peer)).oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// Whether a handshake with these lines more passes.
async fn passes(lines: &[&str]) -> bool {
    let (status, _) = send(WebSocketOriginLayer::new(), "GET", &[&HANDSHAKE, lines].concat()).await;
    status == StatusCode::OK
}

#[tokio::test]
async fn a_page_of_this_server_may_open_a_socket() {
    for origin in ["https://shop.example", "http://shop.example", "https://SHOP.example"] {
        assert!(passes(&[&format!("Origin: {origin}")]).await, "{origin}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_may_not() {
    for origin in [
        "https://evil.example",
        "https://shop.example.evil.example",
        "https://evil.shop.example",
        "https://shop.example:8443",
        "null",
        "",
        "file://",
        "chrome-extension://shop.example",
        "shop.example",
        "\u{e9}",
    ] {
        assert!(!passes(&[&format!("Origin: {origin}")]).await, "{origin}");
    }
    assert!(!passes(&["Origin: https://shop.example", "Origin: https://evil.example"]).await);
}

#[tokio::test]
async fn the_refusal_is_a_problem() {
    let lines = [&HANDSHAKE, ["Origin: https://evil.example"].as_slice()].concat();
    let (status, body) = send(WebSocketOriginLayer::new(), "GET", &lines).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let expected = r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"this request comes from another site","code":"cross_origin"}"#;
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_program_that_names_no_origin_may_open_a_socket() {
    assert!(passes(&[]).await);
}

#[tokio::test]
async fn requests_that_open_no_socket_are_left_to_others() {
    for upgrade in ["Upgrade: h2c", "X: y"] {
        let lines = ["Host: shop.example", "Origin: https://evil.example", upgrade];
        let (status, _) = send(WebSocketOriginLayer::new(), "POST", &lines).await;
        assert_eq!(status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_socket_is_known_however_it_is_asked_for() {
    let origin = "Origin: https://evil.example";
    for (method, upgrade) in
        [("GET", "Upgrade: h2c, WebSocket"), ("POST", "Upgrade: websocket"), ("CONNECT", "X: y")]
    {
        let lines = ["Host: shop.example", origin, upgrade];
        let (status, _) = send(WebSocketOriginLayer::new(), method, &lines).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {upgrade}");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_its_scheme_and_host_count() {
    let forwarded = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https"];
    let with = |line| [forwarded[0], forwarded[1], line];
    assert!(passes(&with("Origin: https://shop.example")).await);
    assert!(!passes(&with("Origin: http://shop.example")).await);
    let outside = "X-Forwarded-Host: outside.example:443";
    assert!(passes(&[outside, forwarded[1], "Origin: https://outside.example"]).await);
    assert!(!passes(&[outside, forwarded[1], "Origin: https://shop.example"]).await);
}

#[tokio::test]
async fn a_trusted_origin_may_open_a_socket() {
    let trusting = WebSocketOriginLayer::new().trust("https://app.example").unwrap();
    let trusting = trusting.trust("http://localhost:3000").unwrap();
    let expected = [
        ("https://app.example", StatusCode::OK),
        ("http://localhost:3000", StatusCode::OK),
        ("https://shop.example", StatusCode::OK),
        ("http://app.example", StatusCode::FORBIDDEN),
        ("http://localhost", StatusCode::FORBIDDEN),
    ];
    for (origin, status) in expected {
        let line = format!("Origin: {origin}");
        let lines = [&HANDSHAKE, [line.as_str()].as_slice()].concat();
        assert_eq!(send(trusting.clone(), "GET", &lines).await.0, status, "{origin}");
    }
}

#[test]
fn an_origin_that_no_browser_sends_is_refused() {
    for origin in [
        "",
        "null",
        "app.example",
        "https://app.example/",
        "https://App.example",
        "https://app.example:443",
        "http://app.example:80",
        "wss://app.example",
        "https://user@app.example",
        "https://app.example/path",
        "\u{e9}",
        "a\nb",
    ] {
        let refused = WebSocketOriginLayer::new().trust(origin);
        let kind = refused.err().map(|error| error.kind());
        assert_eq!(kind, Some(ConfigErrorKind::InvalidOrigin), "{origin}");
    }
}
