use example_service::Phase;
use http::StatusCode;
use http::header::CONNECTION;

use crate::service::Service;

#[tokio::test]
async fn a_serving_instance_is_healthy_and_ready() {
    let mut client = Service::new().client();
    assert_eq!(client.page("/health").await.text, r#"{"status":"alive"}"#);
    assert_eq!(
        client.page("/ready").await.text,
        r#"{"status":"up","stores":[{"store":"memory","status":"up"}]}"#
    );
}

#[tokio::test]
async fn a_starting_instance_is_not_ready() {
    let answer = Service::starting(&[]).client().page("/ready").await;
    answer.is_problem(
        r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"the instance is starting","code":"starting"}"#,
    );
}

#[tokio::test]
async fn a_draining_instance_is_not_ready_and_closes_each_connection() {
    let service = Service::new();
    service.lifecycle.enter(Phase::Draining);
    let answer = service.client().get("/ready").await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"draining".into())
    );
    for path in ["/health", "/cart", "/nowhere"] {
        assert_eq!(service.client().page(path).await.headers[CONNECTION], "close", "{path}");
    }
}
