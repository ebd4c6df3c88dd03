use http::StatusCode;
use jwt_layer::{RemoteKeys, TrustedIssuer};

use crate::key_server::KeyServer;
use crate::program::{app, call, key, token};
use crate::time::Time;

#[tokio::test]
async fn a_token_of_one_issuer_never_verifies_with_a_key_of_another() {
    let time = Time::stop();
    let names = ["https://one.example", "https://two.example"];
    // The same ids on both sides, so that only the issuer tells them apart.
    let (keys_of_one, keys_of_two) = (key("k"), key("k"));
    let servers = [KeyServer::of(&[&keys_of_one]).await, KeyServer::of(&[&keys_of_two]).await];
    let mut trusted = Vec::new();
    for (name, server) in names.iter().zip(&servers) {
        let keys = RemoteKeys::jwks(server.jwks()).clock(time.clock.clone()).build().unwrap();
        keys.ready().await;
        trusted.push(TrustedIssuer::new(*name, keys));
    }
    let router = app(trusted, &time);
    for (name, key, expected) in [
        (names[0], &keys_of_one, StatusCode::OK),
        (names[1], &keys_of_two, StatusCode::OK),
        (names[0], &keys_of_two, StatusCode::UNAUTHORIZED),
        (names[1], &keys_of_one, StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(call(&router, &token(name, key, &time.clock)).await.status(), expected);
    }
}

#[tokio::test]
async fn issuers_have_their_own_quota_and_their_own_outages() {
    let (time, a, b, new) = (Time::stop(), key("a"), key("b"), key("new"));
    let (one, two) = (KeyServer::of(&[&a]).await, KeyServer::of(&[&b]).await);
    let down = KeyServer::start().await;
    let keys = |server: &KeyServer| {
        RemoteKeys::jwks(server.jwks()).clock(time.clock.clone()).build().unwrap()
    };
    let (of_one, of_two) = (keys(&one), keys(&two));
    of_one.ready().await;
    of_two.ready().await;
    let router = app(
        [
            TrustedIssuer::new("one", of_one),
            TrustedIssuer::new("two", of_two),
            TrustedIssuer::new("down", keys(&down)),
        ],
        &time,
    );
    let status =
        async |issuer: &str, key| call(&router, &token(issuer, key, &time.clock)).await.status();
    assert_eq!(status("down", &a).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(status("one", &new).await, StatusCode::UNAUTHORIZED);
    two.publish(&[&b, &new]);
    assert_eq!(status("two", &new).await, StatusCode::OK);
    assert_eq!((one.fetches(), two.fetches()), (2, 2));
}
