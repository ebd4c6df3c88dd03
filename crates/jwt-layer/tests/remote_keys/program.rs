use auth_core::ManualClock;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use http::{Request, StatusCode};
use jwt_layer::{
    Algorithm, Grant, Issuer, JwtLayer, RemoteKeys, RemoteKeysBuilder, SigningKey, Token,
    TrustedIssuer, Verifier,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::key_server::KeyServer;
use crate::time::Time;

pub(crate) const ISSUER: &str = "https://login.example";

pub(crate) fn key(id: &str) -> SigningKey {
    SigningKey::generate(Algorithm::ES256).unwrap().with_id(id)
}

/// A program that trusts an issuer, whose keys come from a server.
pub(crate) struct Program {
    pub(crate) keys: RemoteKeys,
    clock: ManualClock,
    router: Router,
}

impl Program {
    /// One that asks the server for its set.
    pub(crate) fn of(server: &KeyServer, time: &Time) -> Self {
        Self::with(RemoteKeys::jwks(server.jwks()), time)
    }

    pub(crate) fn with(keys: RemoteKeysBuilder, time: &Time) -> Self {
        let keys = keys.clock(time.clock.clone()).build().unwrap();
        let router = app([TrustedIssuer::new(ISSUER, keys.clone())], time);
        Self { keys, router, clock: time.clock.clone() }
    }

    /// One that has its keys already.
    pub(crate) async fn ready(server: &KeyServer, time: &Time) -> Self {
        let program = Self::of(server, time);
        program.keys.ready().await;
        program
    }

    /// What a request with a new token of this key is answered.
    pub(crate) async fn status(&self, key: &SigningKey) -> StatusCode {
        self.call(&self.token(key)).await.status()
    }

    pub(crate) async fn call(&self, token: &str) -> Response {
        call(&self.router, token).await
    }

    pub(crate) fn token(&self, key: &SigningKey) -> String {
        token(ISSUER, key, &self.clock)
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.keys.keys().iter().map(|key| key.id().unwrap_or("-").to_owned()).collect()
    }
}

pub(crate) fn app(issuers: impl IntoIterator<Item = TrustedIssuer>, time: &Time) -> Router {
    let verifier = Verifier::builder().clock(time.clock.clone());
    let trust = |builder: jwt_layer::VerifierBuilder, issuer: TrustedIssuer| {
        builder.trust(issuer.audience("api"))
    };
    let verifier = issuers.into_iter().fold(verifier, trust).build().unwrap();
    let whoami = async |token: Token| token.subject().unwrap_or_default().to_owned();
    Router::new().route("/", get(whoami)).layer(JwtLayer::new(verifier))
}

pub(crate) async fn call(router: &Router, token: &str) -> Response {
    let request = Request::get("/").header(AUTHORIZATION, format!("Bearer {token}"));
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap());
    response.await.unwrap()
}

pub(crate) fn token(issuer: &str, key: &SigningKey, clock: &ManualClock) -> String {
    let issuer = Issuer::builder(issuer, key.clone()).audience("api").clock(clock.clone());
    issuer.build().unwrap().issue(&Grant::to("alice")).unwrap().into_string()
}

/// A token of a key that nobody has.
pub(crate) fn forged(id: &str) -> String {
    forged_with(json!({"alg": "ES256", "kid": id}), ISSUER)
}

pub(crate) fn forged_with(header: Value, issuer: &str) -> String {
    let claims = json!({"iss": issuer, "aud": "api", "exp": 1_900_000_000, "sub": "mallory"});
    let [header, claims] = [header, claims].map(|value| URL_SAFE_NO_PAD.encode(value.to_string()));
    format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([7; 64]))
}
