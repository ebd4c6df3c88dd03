//! What operators see of tokens and keys.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::UNIX_EPOCH;

use auth_core::Clock;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use jwt_layer::test_util::{JwksServer, TestIssuer};
use jwt_layer::{Algorithm, JwtLayer, RemoteKeys, Token, Verifier};
use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tower::ServiceExt;

/// The figures of this test's thread, as Prometheus is given them.
struct Figures {
    handle: PrometheusHandle,
    _guard: LocalRecorderGuard<'static>,
}

impl Figures {
    fn begin() -> Self {
        let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
        let handle = recorder.handle();
        Self { handle, _guard: metrics::set_default_local_recorder(recorder) }
    }

    /// Zero for what was never counted.
    fn of(&self, series: &str) -> f64 {
        let text = self.handle.render();
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().unwrap())
    }

    #[track_caller]
    fn are<const N: usize>(&self, expected: [(&str, f64); N]) {
        let measured = expected.map(|(series, _)| (series, self.of(series)));
        assert_eq!(measured, expected, "{}", self.handle.render());
    }
}

fn app(verifier: Verifier) -> Router {
    let me = async |token: Token| token.subject().unwrap_or_default().to_owned();
    Router::new()
        .route("/me", get(me))
        .layer(JwtLayer::builder(verifier).required().build().unwrap())
}

async fn call(app: &Router, token: &str) -> StatusCode {
    let request = Request::get("/me").header("authorization", format!("Bearer {token}"));
    app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn good_tokens_are_counted_and_whether_they_were_cached() {
    let (figures, issuer) = (Figures::begin(), TestIssuer::new(Algorithm::ES256));
    let (app, token) = (app(issuer.verifier()), issuer.token("alice").sign());
    for _ in 0..3 {
        assert_eq!(call(&app, &token).await, StatusCode::OK);
    }
    figures.are([
        ("jwt_verified_total{cached=\"false\"}", 1.0),
        ("jwt_verified_total{cached=\"true\"}", 2.0),
    ]);
}

#[tokio::test]
async fn refusals_are_counted_by_their_code() {
    let (figures, issuer) = (Figures::begin(), TestIssuer::new(Algorithm::HS256));
    let (app, token) = (app(issuer.verifier()), issuer.token("alice"));
    call(&app, &token.expired()).await;
    call(&app, &token.expired()).await;
    call(&app, &token.bad_signature()).await;
    let request = Request::get("/me").body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap();
    figures.are([
        ("jwt_refused_total{kind=\"expired\"}", 2.0),
        ("jwt_refused_total{kind=\"bad_signature\"}", 1.0),
        ("jwt_refused_total{kind=\"missing_token\"}", 1.0),
        ("jwt_verified_total{cached=\"false\"}", 0.0),
    ]);
}

#[tokio::test]
async fn fetches_of_keys_are_counted_and_their_age_is_known() {
    let (figures, issuer) = (Figures::begin(), TestIssuer::new(Algorithm::ES256));
    let server = JwksServer::start(issuer.jwks());
    let keys = RemoteKeys::jwks(server.url()).clock(issuer.clock()).build().unwrap();
    keys.ready().await;
    let from = server.url();
    // The task that has fetched them tells of it when it is next polled.
    while figures.of(&format!("jwt_keys{{from=\"{from}\"}}")) == 0.0 {
        tokio::task::yield_now().await;
    }
    let now = issuer.clock().now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    figures.are([
        (&format!("jwt_key_refreshes_total{{from=\"{from}\",outcome=\"fetched\"}}"), 1.0),
        (&format!("jwt_keys{{from=\"{from}\"}}"), 1.0),
        (&format!("jwt_keys_fetched_timestamp_seconds{{from=\"{from}\"}}"), now),
    ]);
}

#[tokio::test]
async fn a_failed_fetch_is_counted_by_its_reason() {
    let figures = Figures::begin();
    let server = JwksServer::start("{}");
    server.fail(StatusCode::BAD_GATEWAY);
    let _keys = RemoteKeys::jwks(format!("{}?code=hush", server.url())).build().unwrap();
    let series = format!("jwt_key_refreshes_total{{from=\"{}\",outcome=\"status\"}}", server.url());
    while figures.of(&series) == 0.0 {
        tokio::task::yield_now().await;
    }
    assert!(!figures.handle.render().contains("hush"), "{}", figures.handle.render());
}
