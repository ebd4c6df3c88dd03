use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::get;
use guard_layer::{ClientAddr, ClientAddrLayer};
use http::{HeaderName, HeaderValue, Request};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// The tests' proxies are in 10.0.0.0/8 and fd00::/8, their clients elsewhere.
pub(crate) const PROXIES: [&str; 2] = ["10.0.0.0/8", "fd00::/8"];

/// A router that answers with the client's address.
pub(crate) fn app(layer: &ClientAddrLayer) -> Router {
    let show = |client: ClientAddr| async move { client.to_string() };
    Router::new().route("/", get(show)).layer(layer.clone())
}

/// Sends the header lines, written like `Name: value`, from the peer, and compares what the
/// handler sees.
#[track_caller]
pub(crate) fn check(layer: &ClientAddrLayer, peer: &str, lines: &[&str], expected: &str) {
    let lines: Vec<_> = lines.iter().map(|line| line.split_once(": ").unwrap()).collect();
    let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    assert_eq!(seen(layer, peer.parse().unwrap(), &lines), expected, "{lines:?}");
}

pub(crate) fn seen(layer: &ClientAddrLayer, peer: IpAddr, lines: &[(&str, &[u8])]) -> String {
    let mut request = request(lines);
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 50_000)));
    answer(app(layer), request)
}

pub(crate) fn request(lines: &[(&str, &[u8])]) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
    }
    request
}

pub(crate) fn answer(app: Router, request: Request<Body>) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(async {
        let response = app.oneshot(request).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    });
    String::from_utf8(body.to_vec()).unwrap()
}
