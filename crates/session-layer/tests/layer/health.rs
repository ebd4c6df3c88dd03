//! What `/health` and `/ready` say.

use axum::Router;
use axum::http::StatusCode;
use session_layer::backend::HealthStatus;

use crate::app::App;
use crate::browser::Browser;

fn probes(app: &App) -> Browser {
    Browser::of(app.layer.health().router())
}

#[tokio::test]
async fn a_backend_that_answers_is_ready() {
    let app = App::new();
    let answer = probes(&app).get("/ready").await;
    answer.says(r#"{"status":"up","stores":[{"store":"other","status":"up"}]}"#);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_backend_that_is_down_is_told_without_its_secrets_and_takes_no_instance_out() {
    let app = App::new();
    app.spy.go_down(true);
    let answer = probes(&app).get("/ready").await;
    answer.says(
        r#"{"status":"down","stores":[{"store":"other","status":"down","error":"unavailable"}]}"#,
    );
}

#[tokio::test]
async fn a_service_that_is_of_no_use_without_sessions_says_so() {
    let app = App::new();
    let routes = app.layer.health().unready_from(HealthStatus::Down);
    let mut probes = Browser::of(routes.router());
    probes.get("/ready").await.is(StatusCode::OK);
    app.spy.go_down(true);
    let answer = probes.get("/ready").await;
    answer.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers["retry-after"], "1");
    assert!(answer.text.starts_with(r#"{"status":"down""#), "{}", answer.text);
}

#[tokio::test]
async fn whether_it_lives_is_not_asked_of_the_backend() {
    let app = App::new();
    app.spy.go_down(true);
    let mut probes = Browser::of(Router::new().merge(app.layer.health().router()));
    probes.get("/health").await.says(r#"{"status":"alive"}"#);
    assert_eq!(app.spy.calls(), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_hangs_is_told_before_a_balancer_gives_up() {
    let app = App::new();
    app.spy.hang();
    let asked = tokio::time::Instant::now();
    let answer = probes(&app).get("/ready").await;
    answer.says(
        r#"{"status":"down","stores":[{"store":"other","status":"down","error":"timeout"}]}"#,
    );
    assert_eq!(asked.elapsed().as_millis(), 300);
}
