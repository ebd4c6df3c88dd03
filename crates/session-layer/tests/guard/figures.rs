//! What operators see of the guard.

use axum::http::StatusCode;
use guard_layer::Policy;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::app::Shop;

#[tokio::test]
async fn decisions_and_what_was_noticed_are_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _figures = metrics::set_default_local_recorder(&recorder);
    let shop = Shop::new(Policy::balanced());
    let (_, mut thief) = shop.robbed().await;
    thief.post("/reauth/wrong").await.is(StatusCode::OK);
    shop.logged_in("bob").await.get("/cart").await.says("cart");
    let text = recorder.handle().render();
    for line in [
        "guard_decisions_total{decision=\"allow\"} 1",
        "guard_decisions_total{decision=\"challenge\"} 2",
        "guard_decisions_total{decision=\"end\"} 0",
        "guard_events_total{kind=\"judged\"} 1",
        "guard_reasons_total{reason=\"user_agent\",would=\"challenge\"} 1",
        "guard_events_total{kind=\"challenge_failed\"} 1",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}
