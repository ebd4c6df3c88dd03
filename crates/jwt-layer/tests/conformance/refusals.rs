//! Every kind of refusal, byte for byte as a client gets it.

use axum::Router;
use axum::routing::get;
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{
    Algorithm, Claims, Guard, JwtLayer, Permit, RequireLayer, Requirement, RevocationList, Token,
    Verifier,
};

use crate::api::{Api, me, routes};
use crate::http_client::{Reply, Server};

/// What a client gets for a refusal.
struct Expected<'a> {
    status: u16,
    title: &'a str,
    challenge: Option<&'a str>,
    detail: &'a str,
    code: &'a str,
}

#[track_caller]
fn check(reply: &Reply, expected: &Expected<'_>) {
    let Expected { status, title, challenge, detail, code } = expected;
    assert_eq!(reply.status, *status, "{reply:?}");
    assert_eq!(reply.header("www-authenticate"), *challenge);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let retry_after = (*status == 503).then_some("5");
    assert_eq!(reply.header("retry-after"), retry_after);
    let body = format!(
        r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":"{detail}","code":"{code}"}}"#
    );
    assert_eq!(reply.body, body);
}

/// A token that is no good: 401 with this description.
#[track_caller]
fn check_invalid(reply: &Reply, code: &str, detail: &str) {
    let challenge =
        format!(r#"Bearer realm="api", error="invalid_token", error_description="{detail}""#);
    let challenge = Some(challenge.as_str());
    check(reply, &Expected { status: 401, title: "Unauthorized", challenge, detail, code });
}

async fn with_token(token: impl FnOnce(&TestIssuer) -> String) -> Reply {
    let api = Api::new(Algorithm::Ed25519).await;
    api.me(&token(&api.issuer)).await
}

#[tokio::test]
async fn a_missing_token() {
    let reply = Api::new(Algorithm::Ed25519).await.server.get("/me", &[]).await;
    check(
        &reply,
        &Expected {
            status: 401,
            title: "Unauthorized",
            challenge: Some(r#"Bearer realm="api""#),
            detail: "this resource needs an access token",
            code: "missing_token",
        },
    );
}

#[tokio::test]
async fn an_ambiguous_token() {
    let headers = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")];
    let reply = Api::new(Algorithm::Ed25519).await.server.get("/maybe", &headers).await;
    check(
        &reply,
        &Expected {
            status: 400,
            title: "Bad Request",
            challenge: Some(
                r#"Bearer realm="api", error="invalid_request", error_description="the request carries more than one token""#,
            ),
            detail: "the request carries more than one token",
            code: "ambiguous_token",
        },
    );
}

#[tokio::test]
async fn a_malformed_header() {
    let headers = [("Authorization", "Bearer a b")];
    let reply = Api::new(Algorithm::Ed25519).await.server.get("/maybe", &headers).await;
    check(
        &reply,
        &Expected {
            status: 400,
            title: "Bad Request",
            challenge: Some(
                r#"Bearer realm="api", error="invalid_request", error_description="the header that carries the token is malformed""#,
            ),
            detail: "the header that carries the token is malformed",
            code: "malformed_header",
        },
    );
}

#[tokio::test]
async fn a_malformed_token() {
    let reply = with_token(|issuer| issuer.token("alice").malformed()).await;
    check_invalid(&reply, "malformed_token", "the token is malformed");
}

#[tokio::test]
async fn an_expired_token() {
    let reply = with_token(|issuer| issuer.token("alice").expired()).await;
    check_invalid(&reply, "expired", "the token has expired");
}

#[tokio::test]
async fn a_token_that_is_not_yet_valid() {
    let reply = with_token(|issuer| issuer.token("alice").not_yet_valid()).await;
    check_invalid(&reply, "not_yet_valid", "the token is not valid yet");
}

#[tokio::test]
async fn a_bad_signature() {
    let reply = with_token(|issuer| issuer.token("alice").bad_signature()).await;
    check_invalid(&reply, "bad_signature", "the signature of the token is not valid");
}

#[tokio::test]
async fn an_unknown_key() {
    let reply = with_token(|issuer| issuer.token("alice").unknown_key()).await;
    check_invalid(&reply, "unknown_key", "the token was signed with an unknown key");
}

#[tokio::test]
async fn a_wrong_issuer() {
    let reply = with_token(|issuer| issuer.token("alice").wrong_issuer()).await;
    check_invalid(&reply, "wrong_issuer", "the issuer of the token is not trusted");
}

#[tokio::test]
async fn a_wrong_audience() {
    let reply = with_token(|issuer| issuer.token("alice").wrong_audience()).await;
    check_invalid(&reply, "wrong_audience", "the token is meant for another audience");
}

#[tokio::test]
async fn a_wrong_type() {
    let reply = with_token(|issuer| issuer.token("alice").wrong_type()).await;
    check_invalid(&reply, "wrong_type", "the token is of another type");
}

#[tokio::test]
async fn a_revoked_token() {
    let issuer = TestIssuer::new(Algorithm::Ed25519);
    let list = RevocationList::with_clock(std::time::Duration::from_secs(3600), issuer.clock());
    let verifier = Verifier::builder().trust(issuer.trusted()).clock(issuer.clock());
    let verifier = verifier.revocations(list.clone()).build().unwrap();
    let token = issuer.token("alice").sign();
    assert!(list.revoke(&verifier.verify(&token).unwrap()));
    let reply = Api::with_verifier(issuer, verifier).await.me(&token).await;
    check_invalid(&reply, "revoked", "the token has been revoked");
}

/// An API whose handlers ask for a scope and a role.
async fn guarded(requirement: Requirement) -> (TestIssuer, Server) {
    let issuer = TestIssuer::new(Algorithm::Ed25519);
    let app = routes()
        .route_layer(RequireLayer::new(requirement))
        .layer(JwtLayer::new(issuer.verifier()));
    (issuer, Server::start(app).await)
}

#[tokio::test]
async fn an_insufficient_scope() {
    const EITHER: Requirement = Requirement::Any(&[
        Requirement::Scope("orders:write"),
        Requirement::All(&[Requirement::Scope("orders:all"), Requirement::Role("staff")]),
    ]);
    let (issuer, server) = guarded(EITHER).await;
    let reply = server.get_with("/me", &issuer.token("alice").sign()).await;
    check(
        &reply,
        &Expected {
            status: 403,
            title: "Forbidden",
            challenge: Some(
                r#"Bearer realm="api", error="insufficient_scope", error_description="the token does not permit this request", scope="orders:write orders:all""#,
            ),
            detail: "the token does not permit this request",
            code: "insufficient_scope",
        },
    );
}

const FORBIDDEN: Expected<'_> = Expected {
    status: 403,
    title: "Forbidden",
    challenge: None,
    detail: "the caller does not have the role that this resource needs",
    code: "forbidden",
};

#[tokio::test]
async fn a_missing_role() {
    let (issuer, server) = guarded(Requirement::Role("admin")).await;
    check(&server.get_with("/me", &issuer.token("alice").role("user").sign()).await, &FORBIDDEN);
}

struct Admin;

impl Guard for Admin {
    const REQUIREMENT: Requirement = Requirement::Role("admin");
}

#[tokio::test]
async fn a_missing_role_that_a_handler_asks_for() {
    let issuer = TestIssuer::new(Algorithm::Ed25519);
    let handler = async |_: Permit<Admin>| "secrets";
    let app = Router::new().route("/", get(handler)).layer(JwtLayer::new(issuer.verifier()));
    let server = Server::start(app).await;
    check(&server.get_with("/", &issuer.token("alice").sign()).await, &FORBIDDEN);
    let good = server.get_with("/", &issuer.token("alice").role("admin").sign()).await;
    assert_eq!((good.status, good.body.as_str()), (200, "secrets"));
}

#[tokio::test]
async fn a_missing_layer() {
    let claims = async |_: Claims<serde_json::Value>| "";
    let optional = async |_: Option<Token>| "";
    let app = routes()
        .route("/claims", get(claims))
        .route("/optional", get(optional))
        .route("/permit", get(async |_: Permit<Admin>| ""))
        .merge(
            Router::new()
                .route("/require", get(me))
                .route_layer(RequireLayer::new(Requirement::Role("admin"))),
        );
    let server = Server::start(app).await;
    for path in ["/me", "/maybe", "/claims", "/optional", "/permit", "/require"] {
        let reply = server.get_with(path, "x").await;
        check(
            &reply,
            &Expected {
                status: 500,
                title: "Internal Server Error",
                challenge: None,
                detail: "the server is not set up for this request",
                code: "missing_layer",
            },
        );
    }
}

#[cfg(feature = "remote")]
#[tokio::test]
async fn keys_that_are_not_to_be_had() {
    use jwt_layer::test_util::JwksServer;
    use jwt_layer::{RemoteKeys, TrustedIssuer};

    let issuer = TestIssuer::new(Algorithm::Ed25519);
    let server = JwksServer::from(&issuer);
    server.fail(http::StatusCode::INTERNAL_SERVER_ERROR);
    let keys = RemoteKeys::jwks(server.url()).clock(issuer.clock()).build().unwrap();
    let trusted = TrustedIssuer::new(issuer.name(), keys).audience(issuer.audience());
    let verifier = issuer.verifier_of(trusted);
    let api = Api::with_verifier(issuer, verifier).await;
    let reply = api.me(&api.issuer.token("alice").sign()).await;
    check(
        &reply,
        &Expected {
            status: 503,
            title: "Service Unavailable",
            challenge: None,
            detail: "the token can not be verified at the moment",
            code: "keys_unavailable",
        },
    );
}
