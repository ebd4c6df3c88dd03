//! Absent, invalid and good are three things, for every extractor.

use auth_core::Principal;
use axum::Router;
use axum::extract::OptionalFromRequestParts;
use axum::routing::get;
use jwt_layer::test_util::{Flaw, TestIssuer};
use jwt_layer::{
    Algorithm, Both, Claims, Either, Guard, JwtErrorKind, JwtLayer, Permit, Requirement,
};
use serde::Deserialize;

use crate::api::{accepted, refused};
use crate::http_client::Server;

#[derive(Deserialize)]
struct User {
    sub: String,
    tenant: Option<u32>,
}

#[derive(Deserialize)]
struct Needy {
    #[expect(dead_code, reason = "it is only to be there")]
    tenant: u32,
}

fn greet(user: &Claims<User>) -> String {
    format!("{} of {:?} {:?}", user.sub, user.tenant, user.token().id().is_some())
}

async fn needed(user: Claims<User>) -> String {
    greet(&user)
}

async fn optional(user: Option<Claims<User>>) -> String {
    user.map_or_else(|| "nobody".to_owned(), |user| greet(&user))
}

async fn server(issuer: &TestIssuer) -> Server {
    let principal = async |who: Principal| format!("{} by {:?}", who.subject(), who.issuer());
    let maybe = async |who: Option<Principal>| who.is_some().to_string();
    let app = Router::new()
        .route("/needed", get(needed))
        .route("/optional", get(optional))
        .route("/needy", get(async |_: Claims<Needy>| ""))
        .route("/maybe-needy", get(async |user: Option<Claims<Needy>>| user.is_some().to_string()))
        .route("/principal", get(principal))
        .route("/maybe-principal", get(maybe))
        .route("/either", get(async |_: Permit<Either<Write, Admin>>| ""))
        .route("/both", get(async |_: Permit<Both<Write, Admin>>| ""))
        .layer(JwtLayer::new(issuer.verifier()));
    Server::start(app).await
}

struct Write;

impl Guard for Write {
    const REQUIREMENT: Requirement = Requirement::Scope("orders:write");
}

struct Admin;

impl Guard for Admin {
    const REQUIREMENT: Requirement = Requirement::Role("admin");
}

#[tokio::test]
async fn optional_claims_are_none_without_a_token() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let server = server(&issuer).await;
    let reply = server.get("/optional", &[]).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "nobody"));
    assert_eq!(server.get("/needed", &[]).await.code(), "missing_token");
}

#[tokio::test]
async fn optional_claims_are_those_of_a_good_token() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let server = server(&issuer).await;
    let token = issuer.token("alice").claim("tenant", 7).sign();
    for path in ["/optional", "/needed"] {
        assert_eq!(server.get_with(path, &token).await.body, "alice of Some(7) true");
    }
}

#[tokio::test]
async fn optional_claims_of_a_bad_token_are_a_refusal_and_never_none() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let server = server(&issuer).await;
    for flaw in Flaw::ALL {
        let token = issuer.token("alice").flawed(flaw);
        refused(&server.get_with("/optional", &token).await, flaw.refusal());
        refused(&server.get_with("/maybe-principal", &token).await, flaw.refusal());
    }
}

#[tokio::test]
async fn claims_that_do_not_fit_the_type_are_a_refusal_and_never_none() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let server = server(&issuer).await;
    for path in ["/needy", "/maybe-needy"] {
        let token = issuer.token("alice").sign();
        refused(&server.get_with(path, &token).await, JwtErrorKind::MalformedToken);
        let token = issuer.token("alice").claim("tenant", 7).sign();
        accepted(&server.get_with(path, &token).await);
    }
}

#[tokio::test]
async fn a_principal_is_the_subject_with_its_issuer() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let server = server(&issuer).await;
    let reply = server.get_with("/principal", &issuer.token("alice").sign()).await;
    assert_eq!(reply.body, "alice by Some(\"https://issuer.test\")");
    assert_eq!(server.get("/principal", &[]).await.code(), "missing_token");
    assert_eq!(server.get("/maybe-principal", &[]).await.body, "false");
}

#[tokio::test]
async fn permits_combine_with_and_and_or() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let server = server(&issuer).await;
    let token = issuer.token("alice");
    let (write, admin) = (token.clone().scope("orders:write"), token.clone().role("admin"));
    let both = write.clone().role("admin");
    for (token, either_status, both_status) in
        [(&token, 403, 403), (&write, 200, 403), (&admin, 200, 403), (&both, 200, 200)]
    {
        let token = token.sign();
        assert_eq!(server.get_with("/either", &token).await.status, either_status);
        assert_eq!(server.get_with("/both", &token).await.status, both_status);
    }
    assert_eq!(server.get("/either", &[]).await.code(), "missing_token");
}

#[tokio::test]
async fn a_scope_is_a_whole_word_of_scope_or_scp() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let server = server(&issuer).await;
    let token = || issuer.token("alice");
    for (token, status) in [
        (token().claim("scope", "a orders:write b"), 200),
        (token().claim("scope", ["a", "orders:write"]), 200),
        (token().claim("scp", ["orders:write"]), 200),
        (token().claim("scp", "a orders:write"), 200),
        (token().claim("scope", "orders:writes"), 403),
        (token().claim("scope", "ORDERS:WRITE"), 403),
        (token().claim("scope", "orders:write\ta"), 403),
        (token().claim("scope", ""), 403),
        (token().claim("scope", "a").claim("scp", "orders:write"), 403),
        (token().claim("roles", ["orders:write"]), 403),
        (token().claim("roles", "admin"), 200),
        (token().claim("roles", "user admin"), 403),
    ] {
        let reply = server.get_with("/either", &token.sign()).await;
        assert_eq!(reply.status, status, "{token:?}");
    }
}

/// That it compiles is the test: axum 0.8 asks for this trait.
#[test]
fn claims_are_optional_from_request_parts() {
    fn is_optional<T: OptionalFromRequestParts<()>>() {}
    is_optional::<Claims<User>>();
}
