use jwt_layer::test_util::{Flaw, TestIssuer};
use jwt_layer::{Algorithm, JwtErrorKind, JwtLayer, RequireLayer, Requirement, Source};

use crate::api::{Api, accepted, me, refused, routes};
use crate::http_client::{Reply, Server};

/// Refused as an invalid request (RFC 6750 section 3.1), for this reason.
#[track_caller]
fn invalid_request(reply: &Reply, kind: JwtErrorKind) {
    assert_eq!((reply.status, reply.code().as_str()), (400, kind.code()), "{reply:?}");
    let challenge = reply.header("www-authenticate").unwrap();
    assert!(challenge.contains(r#"error="invalid_request""#), "{challenge}");
}

async fn with_authorization(value: impl FnOnce(&str) -> String) -> Reply {
    let api = Api::new(Algorithm::HS256).await;
    let value = value(&api.issuer.token("alice").sign());
    api.server.get("/me", &[("Authorization", &value)]).await
}

#[tokio::test]
async fn rfc6750_2_two_authorization_headers_are_an_invalid_request() {
    let api = Api::new(Algorithm::HS256).await;
    let token = format!("Bearer {}", api.issuer.token("alice").sign());
    for second in [token.as_str(), "Basic YTpi", ""] {
        let headers = [("Authorization", token.as_str()), ("Authorization", second)];
        invalid_request(&api.server.get("/me", &headers).await, JwtErrorKind::AmbiguousToken);
    }
}

#[tokio::test]
async fn rfc6750_2_two_methods_with_two_tokens_are_an_invalid_request() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let sources =
        [Source::bearer(), Source::cookie("token"), Source::dangerous_query("access_token")];
    let layer = JwtLayer::builder(issuer.verifier()).sources(sources).build().unwrap();
    let api = Api::with_layer(issuer, layer).await;
    let (one, other) = (api.issuer.token("alice").sign(), api.issuer.token("bob").sign());
    let bearer = format!("Bearer {one}");
    let query = format!("/me?access_token={other}");
    let in_query = api.server.get(&query, &[("Authorization", &bearer)]).await;
    invalid_request(&in_query, JwtErrorKind::AmbiguousToken);
    let cookie = format!("token={other}");
    let in_cookie = api.server.get("/me", &[("Authorization", &bearer), ("Cookie", &cookie)]).await;
    invalid_request(&in_cookie, JwtErrorKind::AmbiguousToken);
    // A browser sends the cookie whether it is asked to or not.
    let cookie = format!("token={one}");
    accepted(&api.server.get("/me", &[("Authorization", &bearer), ("Cookie", &cookie)]).await);
}

/// Section 2.2 is an option that the layer does not have: it never reads a body.
#[tokio::test]
async fn rfc6750_2_2_a_token_in_a_form_is_no_token() {
    let api = Api::new(Algorithm::HS256).await;
    let form = format!("access_token={}", api.issuer.token("alice").sign());
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let reply = api.server.send("POST", "/me", &headers, &form).await;
    assert_eq!((reply.status, reply.code().as_str()), (401, "missing_token"));
}

#[tokio::test]
async fn rfc6750_2_1_the_scheme_may_be_in_any_case() {
    for scheme in ["Bearer", "bearer", "BEARER", "bEARER"] {
        accepted(&with_authorization(|token| format!("{scheme} {token}")).await);
    }
}

/// `credentials = "Bearer" 1*SP b64token`.
#[tokio::test]
async fn rfc6750_2_1_one_or_more_spaces_follow_the_scheme() {
    for spaces in [" ", "  ", "     "] {
        accepted(&with_authorization(|token| format!("Bearer{spaces}{token}")).await);
    }
}

#[tokio::test]
async fn rfc6750_2_1_what_is_no_single_token_after_the_scheme_is_an_invalid_request() {
    let malformed: [fn(&str) -> String; 9] = [
        |_| "Bearer".to_owned(),
        |token| format!("Bearer\t{token}"),
        |token| format!("Bearer \t{token}"),
        |token| format!("Bearer {token} {token}"),
        |token| format!("Bearer {token},{token}"),
        |token| format!("Bearer {token}, Basic YTpi"),
        |token| format!("Bearer \"{token}\""),
        |token| format!("Bearer token={token}"),
        |token| format!("Bearer {token}\u{e9}"),
    ];
    for value in malformed {
        invalid_request(&with_authorization(value).await, JwtErrorKind::MalformedHeader);
    }
}

#[tokio::test]
async fn rfc6750_2_1_another_scheme_is_no_bearer_token() {
    let schemes: [fn(&str) -> String; 4] = [
        |_| "Basic YTpi".to_owned(),
        |token| format!("DPoP {token}"),
        |token| format!("Bearers {token}"),
        str::to_owned,
    ];
    for value in schemes {
        let reply = with_authorization(value).await;
        assert_eq!((reply.status, reply.code().as_str()), (401, "missing_token"));
    }
}

#[tokio::test]
async fn rfc6750_2_3_a_token_in_the_query_is_ignored_by_default() {
    let api = Api::new(Algorithm::HS256).await;
    let path = format!("/me?access_token={}", api.issuer.token("alice").sign());
    let reply = api.server.get(&path, &[]).await;
    assert_eq!((reply.status, reply.code().as_str()), (401, "missing_token"));
}

async fn with_query() -> Api {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let sources = [Source::bearer(), Source::dangerous_query("access_token")];
    let layer = JwtLayer::builder(issuer.verifier()).sources(sources).build().unwrap();
    Api::with_layer(issuer, layer).await
}

#[tokio::test]
async fn rfc6750_2_3_the_answer_to_a_token_in_the_query_is_private() {
    let api = with_query().await;
    let token = api.issuer.token("alice").sign();
    let reply = api.server.get(&format!("/me?a=b&access_token={token}"), &[]).await;
    accepted(&reply);
    assert_eq!(reply.header("cache-control"), Some("private"));
    assert_eq!(api.me(&token).await.header("cache-control"), None);
}

#[tokio::test]
async fn rfc6750_2_3_it_is_private_too_if_the_token_is_also_elsewhere() {
    let api = with_query().await;
    let token = api.issuer.token("alice").sign();
    let reply = api.server.get_with(&format!("/me?access_token={token}"), &token).await;
    accepted(&reply);
    assert_eq!(reply.header("cache-control"), Some("private"));
}

#[tokio::test]
async fn rfc6750_3_every_401_has_a_challenge() {
    let api = Api::new(Algorithm::HS256).await;
    for flaw in Flaw::ALL {
        let reply = api.me(&api.issuer.token("alice").flawed(flaw)).await;
        assert_eq!(reply.status, 401);
        assert!(reply.header("www-authenticate").unwrap().starts_with("Bearer realm=\"api\", "));
    }
}

#[tokio::test]
async fn rfc6750_3_no_error_is_given_where_no_token_was_sent() {
    let api = Api::new(Algorithm::HS256).await;
    let reply = api.server.get("/me", &[]).await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"api\""));
}

#[tokio::test]
async fn rfc6750_3_1_each_error_has_its_status() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let app = routes()
        .route("/orders", axum::routing::get(me))
        .route_layer(RequireLayer::new(Requirement::Scope("orders:write")))
        .layer(JwtLayer::new(issuer.verifier()));
    let server = Server::start(app).await;
    let token = issuer.token("alice").scope("orders:read");
    let invalid_request = server.get("/orders", &[("Authorization", "Bearer")]).await;
    let invalid_token = server.get_with("/orders", &token.expired()).await;
    let insufficient_scope = server.get_with("/orders", &token.sign()).await;
    let good = server.get_with("/orders", &token.scope("orders:write").sign()).await;
    for (reply, status, error) in [
        (invalid_request, 400, r#"error="invalid_request""#),
        (invalid_token, 401, r#"error="invalid_token""#),
        (insufficient_scope, 403, r#"error="insufficient_scope""#),
    ] {
        assert_eq!(reply.status, status);
        assert!(reply.header("www-authenticate").unwrap().contains(error), "{reply:?}");
        if status == 403 {
            let scope = r#"scope="orders:write""#;
            assert!(reply.header("www-authenticate").unwrap().contains(scope), "{reply:?}");
        }
    }
    accepted(&good);
}

/// `error` and `error_description` hold visible ASCII but for `"` and `\`, whatever is sent.
#[tokio::test]
async fn rfc6750_3_nothing_of_a_token_gets_into_a_challenge() {
    let api = Api::new(Algorithm::HS256).await;
    let evil = "evil\"\\\r\nSet-Cookie: a=b\u{e9}\u{1f600}";
    for claim in ["sub", "iss", "aud", "scope", "jti", "exp"] {
        let token = api.issuer.token("alice").claim(claim, evil).header("kid", evil);
        for token in [token.sign(), token.expired(), token.header("typ", evil).sign()] {
            let reply = api.me(&token).await;
            assert_eq!(reply.status, 401);
            assert!(reply.all("set-cookie").is_empty());
            let challenge = reply.header("www-authenticate").unwrap();
            let description = challenge.split("error_description=\"").nth(1).unwrap();
            let description = description.strip_suffix('"').unwrap();
            let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
            assert!(description.chars().all(allowed) && !challenge.contains("evil"), "{challenge}");
            assert!(!reply.body.contains("evil"), "{}", reply.body);
        }
    }
}

#[tokio::test]
async fn rfc6750_3_a_realm_is_quoted() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let layer = JwtLayer::builder(issuer.verifier()).realm("a \"b\" \\ c\r\nX: y").build().unwrap();
    let api = Api::with_layer(issuer, layer).await;
    let reply = api.server.get("/me", &[]).await;
    let expected = r#"Bearer realm="a \"b\" \\ c??X: y""#;
    assert_eq!(reply.header("www-authenticate"), Some(expected));
}

/// Section 5.3: a 401 must not be kept for the next one who asks.
#[tokio::test]
async fn rfc6750_5_3_a_refusal_is_not_stored() {
    let api = Api::new(Algorithm::HS256).await;
    let reply = api.server.get("/me", &[]).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let reply = api.me("x").await;
    refused(&reply, JwtErrorKind::MalformedToken);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}
