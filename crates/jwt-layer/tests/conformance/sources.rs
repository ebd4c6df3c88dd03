//! Where in a request a token may be.

use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, JwtErrorKind, JwtLayer, Source};

use crate::api::{Api, accepted, refused};

async fn api(sources: impl IntoIterator<Item = Source>) -> Api {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let layer = JwtLayer::builder(issuer.verifier()).sources(sources).build().unwrap();
    Api::with_layer(issuer, layer).await
}

#[tokio::test]
async fn a_cookie_holds_a_token() {
    let api = api([Source::cookie("token")]).await;
    let token = api.issuer.token("alice").sign();
    for cookie in [
        format!("token={token}"),
        format!("a=b; token={token}; c=d"),
        format!("a=b;token=\"{token}\""),
    ] {
        accepted(&api.server.get("/me", &[("Cookie", &cookie)]).await);
    }
    let split = [("Cookie", "a=b"), ("Cookie", &format!("token={token}"))];
    accepted(&api.server.get("/me", &split).await);
}

#[tokio::test]
async fn another_cookie_and_an_empty_one_are_no_token() {
    let api = api([Source::cookie("token")]).await;
    let token = api.issuer.token("alice").sign();
    for cookie in [
        format!("Token={token}"),
        format!("xtoken={token}"),
        format!("tokens={token}"),
        "token=".to_owned(),
        "token".to_owned(),
        String::new(),
    ] {
        let reply = api.server.get("/me", &[("Cookie", &cookie)]).await;
        assert_eq!((reply.status, reply.code().as_str()), (401, "missing_token"), "{cookie}");
    }
    let bearer = api.me(&token).await;
    assert_eq!(bearer.code(), "missing_token");
}

#[tokio::test]
async fn two_cookies_of_the_name_with_different_tokens_are_refused() {
    let api = api([Source::cookie("token")]).await;
    let (one, other) = (api.issuer.token("alice").sign(), api.issuer.token("bob").sign());
    let in_one = format!("token={one}; token={other}");
    let reply = api.server.get("/maybe", &[("Cookie", &in_one)]).await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "ambiguous_token"));
    let (one, other) = (format!("token={one}"), format!("token={other}"));
    let reply = api.server.get("/maybe", &[("Cookie", &one), ("Cookie", &other)]).await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "ambiguous_token"));
}

#[tokio::test]
async fn a_header_of_a_given_name_holds_a_token_and_nothing_else() {
    let api = api([Source::header("X-Token")]).await;
    let token = api.issuer.token("alice").sign();
    accepted(&api.server.get("/me", &[("x-token", &token)]).await);
    let with_scheme = format!("Bearer {token}");
    let reply = api.server.get("/me", &[("x-token", &with_scheme)]).await;
    refused(&reply, JwtErrorKind::MalformedToken);
    let twice = [("x-token", token.as_str()), ("x-token", token.as_str())];
    assert_eq!(api.server.get("/me", &twice).await.code(), "ambiguous_token");
}

#[tokio::test]
async fn a_websocket_subprotocol_holds_a_token() {
    let api = api([Source::bearer(), Source::websocket_protocol()]).await;
    let token = api.issuer.token("alice").sign();
    for protocols in [
        format!("bearer.{token}"),
        format!("chat.v1, bearer.{token}"),
        format!("chat.v1,bearer.{token},chat.v2"),
    ] {
        accepted(&api.server.get("/me", &[("Sec-WebSocket-Protocol", &protocols)]).await);
    }
    for none in ["chat.v1", "bearer", ""] {
        let reply = api.server.get("/me", &[("Sec-WebSocket-Protocol", none)]).await;
        assert_eq!(reply.code(), "missing_token");
    }
    let other = format!("bearer.{token}, bearer.{}", api.issuer.token("bob").sign());
    let reply = api.server.get("/me", &[("Sec-WebSocket-Protocol", &other)]).await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "ambiguous_token"));
}

#[tokio::test]
async fn a_real_handshake_never_gets_the_token_back() {
    let api = api([Source::websocket_protocol()]).await;
    let token = api.issuer.token("alice").sign();
    let protocols = format!("chat.v1, bearer.{token}");
    let headers = [
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Protocol", &protocols),
    ];
    let reply = api.server.get("/me", &headers).await;
    accepted(&reply);
    assert!(!format!("{reply:?}").contains(&token));
}

#[tokio::test]
async fn a_query_parameter_holds_a_token_where_it_was_asked_for() {
    let api = api([Source::dangerous_query("t")]).await;
    let (token, other) = (api.issuer.token("alice").sign(), api.issuer.token("bob").sign());
    accepted(&api.server.get(&format!("/me?t={token}"), &[]).await);
    accepted(&api.server.get(&format!("/me?a=1&t={token}&b"), &[]).await);
    assert_eq!(api.server.get(&format!("/me?tt={token}"), &[]).await.code(), "missing_token");
    assert_eq!(api.server.get("/me?t=", &[]).await.code(), "missing_token");
    let two = api.server.get(&format!("/me?t={token}&t={other}"), &[]).await;
    assert_eq!((two.status, two.code().as_str()), (400, "ambiguous_token"));
}

#[tokio::test]
async fn a_bad_token_is_refused_though_a_good_one_is_elsewhere() {
    let api = api([Source::bearer(), Source::cookie("token")]).await;
    let good = format!("token={}", api.issuer.token("alice").sign());
    let bad = format!("Bearer {}", api.issuer.token("alice").expired());
    let reply = api.server.get("/maybe", &[("Cookie", &good), ("Authorization", &bad)]).await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "ambiguous_token"));
}

#[test]
fn sources_that_can_not_be_are_refused_at_build_time() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let builds = |sources: &[Source]| {
        JwtLayer::builder(issuer.verifier()).sources(sources.iter().cloned()).build().is_ok()
    };
    assert!(!builds(&[]));
    assert!(!builds(&[Source::bearer(), Source::bearer()]));
    assert!(!builds(&[Source::cookie("a"), Source::bearer(), Source::cookie("a")]));
    for bad in ["", "a b", "a;b", "a=b", "a\r\n", "\u{e9}"] {
        assert!(!builds(&[Source::cookie(bad)]), "cookie {bad:?}");
        assert!(!builds(&[Source::header(bad)]), "header {bad:?}");
        assert!(!builds(&[Source::dangerous_query(bad)]), "query {bad:?}");
    }
    assert!(builds(&[Source::cookie("a"), Source::cookie("b"), Source::header("a")]));
}
