//! What operators see of sessions.

use std::sync::Arc;
use std::time::Duration;

use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use session_layer::keep_swept;
use test_servers::until;

use crate::app::App;

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

#[tokio::test]
async fn a_session_is_counted_from_its_beginning_to_its_end() {
    let (figures, app) = (Figures::begin(), App::new());
    let mut browser = app.browser();
    for path in ["/set/a/1", "/login/alice", "/rotate", "/logout"] {
        browser.get(path).await;
    }
    figures.are([
        ("session_created_total", 1.0),
        ("session_replaced_total", 1.0),
        ("session_renewed_total", 1.0),
        ("session_ended_total{by=\"logout\"}", 1.0),
        ("session_duration_seconds_count{end=\"replaced\"}", 1.0),
        ("session_duration_seconds_count{end=\"ended\"}", 1.0),
    ]);
}

#[tokio::test]
async fn a_session_that_expires_is_counted_with_how_long_it_had_lived() {
    let (figures, app) = (Figures::begin(), App::new());
    app.logged_in("alice").await.get("/logout").await;
    app.browser().get("/set/a/1").await;
    figures.are([("session_expired_total", 0.0)]);
    app.clock.advance(Duration::from_secs(3_600));
    let sweeps = tokio::spawn(keep_swept(Arc::new(app.spy.clone()), Duration::from_millis(1)));
    until("it is told", async || (figures.of("session_expired_total") > 0.0).then_some(()))
        .await
        .unwrap();
    sweeps.abort();
    figures.are([
        ("session_expired_total", 1.0),
        ("session_duration_seconds_count{end=\"expired\"}", 1.0),
        ("session_duration_seconds_sum{end=\"expired\"}", 1_800.0),
    ]);
}

#[tokio::test]
async fn loads_are_counted_by_what_was_found() {
    let (figures, app) = (Figures::begin(), App::new());
    let mut browser = app.logged_in("alice").await;
    let gone = browser.clone();
    browser.get("/user").await;
    browser.get("/logout").await;
    gone.request("/user").await;
    figures.are([
        ("session_loads_total{outcome=\"found\"}", 1.0),
        ("session_loads_total{outcome=\"absent\"}", 1.0),
        ("session_unknown_total", 1.0),
    ]);
}

#[tokio::test]
async fn live_sessions_are_counted_by_the_backend_every_few_seconds() {
    let (figures, app) = (Figures::begin(), App::new());
    let [mut one, mut two] = [(); 2].map(|()| app.browser());
    for browser in [&mut one, &mut two] {
        browser.get("/set/a/1").await;
    }
    two.get("/logout").await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(6)).await;
    one.get("/get/a").await;
    tokio::time::resume();
    until("they are counted", async || (figures.of("session_active") == 1.0).then_some(()))
        .await
        .unwrap();
    figures.are([("session_store_up{store=\"other\",role=\"only\"}", 1.0)]);
}

/// Its figures are asked for with each of these requests, which come some seconds apart.
async fn counted(configure: impl FnOnce(&App), requests: u32) -> u32 {
    let (figures, app) = (Figures::begin(), App::new());
    configure(&app);
    let mut browser = app.browser();
    for number in 1..=requests {
        browser.get("/set/a/1").await;
        until("they are counted", async || {
            // The gauge is set last.
            let is_counted = figures.of("session_active") == 1.0 && app.spy.counted() >= number;
            is_counted.then_some(())
        })
        .await
        .unwrap();
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(6)).await;
        tokio::time::resume();
    }
    app.spy.counted()
}

#[tokio::test]
async fn the_backend_is_asked_for_its_figures_once_at_a_time() {
    assert_eq!(counted(|_| (), 3).await, 3);
}

#[tokio::test]
async fn a_backend_that_tells_its_health_without_its_figures_is_asked_for_them() {
    assert_eq!(counted(|app| app.spy.keep_figures(), 2).await, 2);
}

/// A request that changes the session which another one of this path has changed meanwhile.
async fn overtaken_by(app: &App, path: &str) {
    let mut browser = app.logged_in("alice").await;
    let slow = browser.clone();
    let slow = tokio::spawn(async move { slow.request("/hold/a/1").await });
    app.gate.loaded.notified().await;
    browser.get(path).await;
    app.gate.go_on.notify_one();
    slow.await.unwrap();
}

#[tokio::test]
async fn a_change_that_meets_another_one_is_a_conflict() {
    let (figures, app) = (Figures::begin(), App::new());
    overtaken_by(&app, "/set/b/2").await;
    figures.are([("session_conflicts_total", 1.0)]);
}

#[tokio::test]
async fn a_change_of_a_session_that_has_ended_is_a_resurrection_prevented() {
    let (figures, app) = (Figures::begin(), App::new());
    overtaken_by(&app, "/logout").await;
    figures.are([("session_resurrections_prevented_total", 1.0)]);
}

#[tokio::test]
async fn calls_of_the_backend_are_timed_and_their_faults_counted() {
    let (figures, app) = (Figures::begin(), App::new());
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    browser.get("/user").await;
    figures.are([
        ("session_backend_duration_seconds_count{backend=\"other\",verb=\"create\"}", 1.0),
        ("session_backend_duration_seconds_count{backend=\"other\",verb=\"load\"}", 1.0),
        ("session_backend_errors_total{backend=\"other\",verb=\"load\",kind=\"unavailable\"}", 1.0),
    ]);
}

#[tokio::test]
async fn nothing_of_a_session_or_a_user_is_in_the_figures() {
    let (figures, app) = (Figures::begin(), App::new());
    let mut browser = app.logged_in("mallory@shop.example").await;
    browser.get("/set/basket/silver-spoon").await;
    app.spy.go_down(true);
    browser.get("/user").await;
    let text = figures.handle.render();
    let cookie = browser.cookie.unwrap();
    let id = cookie.split_once('=').unwrap().1;
    for secret in ["mallory", "basket", "silver-spoon", id, "secret of the spy"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
