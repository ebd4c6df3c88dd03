use std::sync::Arc;

use session_layer::SessionErrorKind;
use session_layer::backend::{
    Backend, Draft, Lifetime, MemoryBackend, Payload, RedisBackend, SessionKey, UserId,
};
use session_layer::console::Node;
use test_servers::{Redis, until};

use crate::app::{App, MINUTE};

async fn redis(server: &Redis) -> Arc<dyn Backend> {
    let backend = RedisBackend::builder(server.url()).build().unwrap();
    backend.connect().await.unwrap();
    Arc::new(backend)
}

/// Comes back when the page of this instance lists the node.
async fn lists(app: &App, name: &str) -> String {
    let mut operator = app.operator().await;
    let heading = format!("<h3>{name}</h3>");
    until(&format!("{name} is listed"), async || {
        let text = operator.get("/console/overview").await.text;
        text.contains(&heading).then_some(text)
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn instances_over_one_redis_see_each_other() {
    let server = Redis::start().await.unwrap();
    let one = App::node("shop-1", redis(&server).await);
    let two = App::node("shop-2", redis(&server).await);
    for app in [&one, &two] {
        tokio::spawn(app.console.clone().keep_watch());
    }
    for app in [&one, &two] {
        let text = lists(app, "shop-1").await + &lists(app, "shop-2").await;
        assert!(text.contains("<dt>redis</dt><dd>up</dd>"), "{text}");
        assert!(text.contains("<dt>Version</dt><dd>1.2.3</dd>"), "{text}");
    }
}

#[tokio::test]
async fn an_instance_without_a_console_is_listed_too_until_it_has_been_silent_for_a_minute() {
    let app = App::new();
    let reports = Node::new("api-1", "0.9").keep_reported(app.layer.sessions());
    let reports = tokio::spawn(reports);
    lists(&app, "api-1").await;
    reports.abort();
    app.wait(MINUTE + MINUTE);
    app.operator().await.get("/console/overview").await.shows("No instance reports.");
}

#[tokio::test]
async fn a_node_is_one_record_however_often_it_reports_no_session_and_no_device_of_anybody() {
    tokio::time::pause();
    let app = App::new();
    let reports = Node::new("api-1", "0.9").keep_reported(app.layer.sessions());
    let reports = tokio::spawn(reports);
    crate::app::pass(MINUTE * 5).await;
    let ours = "\u{1}session-layer nodes";
    assert_eq!(app.spy.of_user(&UserId::new(ours).unwrap()).await.unwrap().len(), 1);
    assert_eq!(app.layer.sessions().stats().await.unwrap().live, 0);
    let error = app.layer.sessions().of_user(ours).await.unwrap_err();
    assert_eq!(error.kind(), SessionErrorKind::InvalidUser);
    reports.abort();
}

#[tokio::test]
async fn nobody_logs_in_as_what_the_layer_keeps() {
    let app = App::new();
    let answer = app.client().get("/login/%01session-layer%20nodes").await;
    assert_eq!(answer.status, 500);
}

#[tokio::test]
async fn a_report_that_can_not_be_read_is_left_out_and_one_of_a_newer_version_is_read() {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::new());
    let reports = [
        "no report".to_owned(),
        r#"{"name":"far-off","version":"1","started":{"secs_since_epoch":99999999999999,"nanos_since_epoch":0},"status":"up","stores":[]}"#.to_owned(),
        r#"{"name":"newer","version":"9","started":{"secs_since_epoch":1,"nanos_since_epoch":0},"status":"fine","stores":[],"mood":"good"}"#.to_owned(),
    ];
    for (number, report) in (0_u8..).zip(reports) {
        let user = UserId::new("\u{1}session-layer nodes");
        let lifetime = Lifetime { idle: MINUTE, absolute: MINUTE };
        let payload = Payload::from_bytes(report.into_bytes());
        let draft = Draft { payload, user, lifetime, cap: None };
        backend.create(&SessionKey::from_bytes([number; 32]), &draft).await.unwrap();
    }
    let text = lists(&App::node("shop-1", backend), "newer").await;
    assert!(text.contains("<h3>far-off</h3>") && text.contains("unknown"), "{text}");
    assert!(!text.contains("no report"), "{text}");
}
