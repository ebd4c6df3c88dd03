//! Arbitrary headers and queries, through all sources of tokens, and through what finds out the
//! client's address.

#![no_main]

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::ConnectInfo;
use futures_util::FutureExt;
use guard_layer::{ClientAddr, ClientAddrLayer};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, JwtLayer, Source, Token};
use libfuzzer_sys::fuzz_target;
use tower::{Layer, ServiceExt, service_fn};

struct World {
    good: String,
    other: String,
    jwt: JwtLayer,
    addresses: [ClientAddrLayer; 4],
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let sources = [
        Source::bearer(),
        Source::cookie("token"),
        Source::header("x-token"),
        Source::websocket_protocol(),
        Source::dangerous_query("token"),
    ];
    let proxies = || ClientAddrLayer::builder().trusted_proxies(["10.0.0.0/8", "fd00::/8"]);
    let hops = || ClientAddrLayer::builder().trusted_hops(2);
    World {
        good: issuer.token("alice").sign(),
        other: issuer.token("bob").sign(),
        jwt: JwtLayer::builder(issuer.verifier()).sources(sources).build().unwrap(),
        addresses: [
            proxies().build().unwrap(),
            proxies().forwarded().build().unwrap(),
            hops().build().unwrap(),
            hops().forwarded().build().unwrap(),
        ],
    }
});

const NAMES: [&str; 6] = [
    "authorization",
    "cookie",
    "x-token",
    "sec-websocket-protocol",
    "x-forwarded-for",
    "forwarded",
];

/// A request whose lines are the input's: the first byte of each chooses the header, or the query.
/// `@` and `~` stand for two good tokens.
fn request(world: &World, data: &[u8]) -> Option<Request<Body>> {
    let mut request = Request::new(Body::empty());
    for line in data.split(|byte| *byte == b'\n') {
        let Some((choice, value)) = line.split_first() else { continue };
        let mut text = Vec::new();
        for byte in value {
            match byte {
                b'@' => text.extend_from_slice(world.good.as_bytes()),
                b'~' => text.extend_from_slice(world.other.as_bytes()),
                byte => text.push(*byte),
            }
        }
        match NAMES.get(usize::from(choice % 7)) {
            Some(name) => {
                let value = HeaderValue::from_bytes(&text).ok()?;
                request.headers_mut().append(HeaderName::from_static(name), value);
            }
            None => {
                let query = String::from_utf8(text).ok()?;
                *request.uri_mut() = format!("/path?{query}").parse::<Uri>().ok()?;
            }
        }
    }
    Some(request)
}

fn holds(request: &Request<Body>, token: &str) -> bool {
    let contains = |text: &[u8]| text.windows(token.len()).any(|window| window == token.as_bytes());
    request.headers().values().any(|value| contains(value.as_bytes()))
        || request.uri().query().is_some_and(|query| contains(query.as_bytes()))
}

fuzz_target!(|data: &[u8]| {
    let world = &*WORLD;
    if let Some(request) = request(world, data) {
        authenticate(world, request);
    }
    for peer in [IpAddr::from([10, 0, 0, 1]), IpAddr::from([192, 0, 2, 1])] {
        for (index, layer) in world.addresses.iter().enumerate() {
            if let Some(request) = request(world, data) {
                locate(layer, request, peer, index < 2);
            }
        }
    }
});

fn authenticate(world: &World, request: Request<Body>) {
    let (good, other) = (holds(&request, &world.good), holds(&request, &world.other));
    let inner = service_fn(async |request: Request<Body>| {
        let subject = Token::from_extensions(request.extensions());
        let subject = subject.and_then(Token::subject).unwrap_or("nobody").to_owned();
        Ok::<_, Infallible>(Response::new(Body::from(subject)))
    });
    let response = world.jwt.layer(inner).oneshot(request).now_or_never();
    let response = response.expect("no keys to wait for").unwrap();
    let challenge = response.headers().get("www-authenticate").is_some();
    match response.status() {
        StatusCode::OK => assert!(!challenge),
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => assert!(challenge),
        status => panic!("{status}"),
    }
    if response.status() == StatusCode::OK {
        let body = axum::body::to_bytes(response.into_body(), 100).now_or_never().unwrap().unwrap();
        match &*body {
            b"nobody" => {}
            b"alice" => assert!(good, "alice sent nothing"),
            b"bob" => assert!(other, "bob sent nothing"),
            body => panic!("{body:?}"),
        }
    }
}

fn locate(layer: &ClientAddrLayer, mut request: Request<Body>, peer: IpAddr, by_network: bool) {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 1)));
    let inner = service_fn(async |request: Request<Body>| {
        let address = request.extensions().get::<ClientAddr>().copied();
        let mut response = Response::new(Body::empty());
        response.extensions_mut().extend(
            address
                .map(|address| {
                    let mut extensions = http::Extensions::new();
                    extensions.insert(address);
                    extensions
                })
                .unwrap_or_default(),
        );
        Ok::<_, Infallible>(response)
    });
    let response = layer.layer(inner).oneshot(request).now_or_never().expect("nothing to wait for");
    let address = response.unwrap().extensions().get::<ClientAddr>().copied();
    let address = address.expect("a request that passes has an address, known or not");
    if by_network && peer == IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)) {
        assert_eq!(address.ip(), Some(peer), "a stranger was believed");
    }
    let _ = address.to_string();
}
