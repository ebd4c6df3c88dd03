use http::StatusCode;
use serde_json::{Value, json};

use crate::key_server::{KeyServer, jwk, set};
use crate::program::{Program, key};
use crate::time::{Time, minutes, until};

/// Keys `a` and `b` are held, and then the server answers this, again and again.
async fn after(time: &Time, answer: impl FnOnce(&KeyServer)) -> Vec<String> {
    let (a, b) = (key("a"), key("b"));
    let server = KeyServer::of(&[&a, &b]).await;
    let program = Program::ready(&server, time).await;
    answer(&server);
    // The third attempt is made when the second answer has been dealt with.
    time.pass_until(|| server.fetches() >= 3).await;
    for key in [&a, &b] {
        let known = program.ids().iter().any(|id| Some(id.as_str()) == key.id());
        let expected = if known { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        assert_eq!(program.status(key).await, expected);
    }
    program.ids()
}

async fn after_text(time: &Time, text: &str) -> Vec<String> {
    after(time, |server| server.answer("/jwks", text.to_owned())).await
}

async fn after_members(time: &Time, members: Vec<Value>) -> Vec<String> {
    after(time, |server| server.publish_members(members)).await
}

#[tokio::test]
async fn a_failed_answer_throws_nothing_away() {
    let time = Time::stop();
    let statuses = [201, 204, 206, 401, 404, 429, 500, 503];
    for status in statuses.map(|status| StatusCode::from_u16(status).unwrap()) {
        assert_eq!(
            after(&time, |server| server.fail("/jwks", status)).await,
            ["a", "b"],
            "{status}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_no_set_throws_nothing_away() {
    let time = Time::stop();
    for text in ["", "{}", "[]", "null", "{\"keys\": {}}", "<html>", "{\"keys\": [", "\u{feff}{}"] {
        assert_eq!(after_text(&time, text).await, ["a", "b"], "{text}");
    }
}

#[tokio::test]
async fn an_answer_without_a_usable_key_throws_nothing_away() {
    let time = Time::stop();
    assert_eq!(after_members(&time, vec![]).await, ["a", "b"]);
    assert_eq!(after_members(&time, vec![json!({"kty": "oct", "k": "AAAA"})]).await, ["a", "b"]);
    assert_eq!(after_members(&time, vec![json!({"kid": "a"}), json!(7)]).await, ["a", "b"]);
}

#[tokio::test]
async fn a_status_other_than_200_is_no_answer_even_with_keys() {
    let time = Time::stop();
    let c = key("c");
    let text = set(&[jwk(&c)]);
    let ids = after(&time, |server| {
        server.answer_with("/jwks", move || {
            axum::response::IntoResponse::into_response((StatusCode::ACCEPTED, text.clone()))
        });
    });
    assert_eq!(ids.await, ["a", "b"]);
}

#[tokio::test]
async fn a_held_key_that_is_listed_in_a_broken_form_stays() {
    let time = Time::stop();
    let c = key("c");
    let broken = json!({"kid": "a", "kty": "EC", "crv": "P-256", "x": "AA"});
    assert_eq!(after_members(&time, vec![jwk(&c), broken]).await, ["c", "a"]);
}

#[tokio::test]
async fn all_keys_stay_if_nobody_can_tell_which_one_is_broken() {
    let time = Time::stop();
    assert_eq!(after_members(&time, vec![jwk(&key("c")), json!(7)]).await, ["c", "a", "b"]);
}

#[tokio::test]
async fn a_key_that_is_listed_no_more_is_removed_beside_foreign_ones() {
    let time = Time::stop();
    let foreign = [
        json!({"kty": "oct", "kid": "s", "k": "AAAA"}),
        json!({"kty": "RSA", "use": "enc", "n": "AAAA", "e": "AQAB"}),
    ];
    assert_eq!(
        after_members(&time, [jwk(&key("c"))].into_iter().chain(foreign).collect()).await,
        ["c"]
    );
}

#[tokio::test]
async fn keys_that_do_not_fit_are_left_out() {
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::start().await;
    let spoilt = |name: &str, value: Value| {
        let mut member = jwk(&key("x"));
        member[name] = value;
        member["kid"] = format!("{name}-x").into();
        member
    };
    let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";
    server.publish_members(vec![
        json!({"kty": "oct", "kid": "oct", "alg": "HS256", "k": secret}),
        spoilt("use", json!("enc")),
        spoilt("key_ops", json!(["sign"])),
        spoilt("alg", json!("RS256")),
        spoilt("alg", json!("none")),
        spoilt("crv", json!("P-384")),
        spoilt("kty", json!("RSA")),
        jwk(&a),
        spoilt("kid", json!(7)),
    ]);
    let program = Program::ready(&server, &time).await;
    assert!(program.ids().contains(&"a".to_owned()));
    let strays: Vec<_> =
        program.ids().into_iter().filter(|id| id != "a" && id != "kid-x").collect();
    assert_eq!(strays, Vec::<String>::new());
}

#[tokio::test]
async fn a_key_that_keeps_its_id_and_changes_is_replaced() {
    let (time, old, new) = (Time::stop(), key("a"), key("a"));
    let server = KeyServer::of(&[&old]).await;
    let program = Program::ready(&server, &time).await;
    let token = program.token(&old);
    assert_eq!(program.call(&token).await.status(), StatusCode::OK);
    server.publish(&[&new]);
    time.pass(minutes(5)).await;
    server.until_asked(2).await;
    let held = || program.keys.keys().iter().map(|key| format!("{key:?}")).collect::<Vec<_>>();
    until(|| held().len() == 1).await;
    time.pass_until(|| server.fetches() == 3).await;
    assert_eq!(program.call(&token).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(program.status(&new).await, StatusCode::OK);
}
