//! A guard that has no session's layer around it.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use guard_layer::{GuardLayer, Peppers, Policy};
use tower::ServiceExt;

#[tokio::test]
async fn nobody_is_let_through_unguarded() {
    let guard = GuardLayer::builder(Policy::balanced(), Peppers::new(1, &[1; 32]));
    let app = Router::new().route("/", get(async || "served")).layer(guard.build().unwrap());
    let request = Request::get("/").body(Body::empty()).unwrap();
    let status = app.oneshot(request).await.unwrap().status();
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
}
