use example_service::Phase;
use example_service::test_util::Answer;
use http::header::{CACHE_CONTROL, CONNECTION, RETRY_AFTER};

use crate::service::Service;

#[track_caller]
fn is_unready(answer: &Answer, code: &str, detail: &str) {
    answer.is_problem(&format!(
        r#"{{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"{detail}","code":"{code}"}}"#
    ));
    assert_eq!(answer.headers[RETRY_AFTER], "1");
}

#[tokio::test]
async fn a_serving_instance_is_ready() {
    let answer = Service::new().get("/ready").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"status":"ready"}"#));
    assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn a_starting_instance_is_not_ready() {
    let answer = Service::starting().get("/ready").await;
    is_unready(&answer, "starting", "the instance is starting");
}

#[tokio::test]
async fn a_draining_instance_is_not_ready() {
    let service = Service::new();
    service.lifecycle.enter(Phase::Draining);
    is_unready(&service.get("/ready").await, "draining", "the instance is about to stop");
}

#[tokio::test]
async fn an_instance_is_healthy_as_long_as_it_serves() {
    let service = Service::starting();
    for phase in [Phase::Starting, Phase::Serving, Phase::Draining, Phase::Closed] {
        service.lifecycle.enter(phase);
        let answer = service.get("/health").await;
        assert_eq!(answer.text, r#"{"status":"alive"}"#, "{phase:?}");
    }
}

#[tokio::test]
async fn a_draining_instance_closes_each_connection() {
    let service = Service::new();
    assert!(!service.get("/health").await.headers.contains_key(CONNECTION));
    service.lifecycle.enter(Phase::Draining);
    for path in ["/health", "/ready", "/me", "/nowhere"] {
        assert_eq!(service.get(path).await.headers[CONNECTION], "close", "{path}");
    }
}
