//! What operators see of logins.

use metrics_exporter_prometheus::PrometheusBuilder;

use crate::desk::{Desk, HOME, Outcome, address};

#[tokio::test]
async fn tries_are_counted_by_what_became_of_them() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _figures = metrics::set_default_local_recorder(&recorder);
    let desk = Desk::open();
    assert_eq!(desk.right("alice", HOME).await, Outcome::In);
    for _ in 0..5 {
        assert_eq!(desk.wrong("bob", HOME).await, Outcome::Wrong);
    }
    assert!(matches!(desk.wrong("bob", HOME).await, Outcome::Wait(_)));
    desk.throttle.begin("carol", address(HOME), None).await.unwrap().withdrawn().await;
    let text = recorder.handle().render();
    for line in [
        "guard_logins_total{outcome=\"begun\"} 7",
        "guard_logins_total{outcome=\"succeeded\"} 1",
        "guard_logins_total{outcome=\"withdrawn\"} 1",
        "guard_logins_total{outcome=\"refused\"} 1",
        "guard_logins_total{outcome=\"unavailable\"} 0",
        "guard_logins_refused_total{counted=\"account\"} 1",
    ] {
        assert!(text.lines().any(|written| written == line), "{line} is not in {text}");
    }
}
