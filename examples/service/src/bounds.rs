use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::{panics, problem};

/// The longest that a request may take, with its body.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// Bounds what one request may take (10 s, and 64 KiB of body), and gives a problem to whatever
/// fails on the way.
pub fn bounded(routes: Router) -> Router {
    routes
        .layer((DefaultBodyLimit::disable(), RequestBodyLimitLayer::new(BODY_LIMIT)))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::custom(panics::respond))
        .layer(map_response(problem::give_every_error_a_problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::response::IntoResponse;
    use axum::routing::{MethodRouter, get};
    use http::{HeaderMap, Request};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn answer(handler: MethodRouter) -> (HeaderMap, String) {
        let app = bounded(Router::new().route("/", handler));
        let (parts, body) = app.oneshot(Request::new(Body::empty())).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_ended() {
        let (_, problem) = answer(get(std::future::pending::<()>)).await;
        let expected = r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"the request took too long","code":"timeout"}"#;
        assert_eq!(problem, expected);
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_says_nothing_of_it() {
        let panics = async || -> () { std::panic::panic_any("secret") };
        let (_, problem) = answer(get(panics)).await;
        let expected = r#"{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"the server has failed","code":"internal"}"#;
        assert_eq!(problem, expected);
    }

    #[tokio::test]
    async fn an_error_that_becomes_a_problem_keeps_its_other_headers() {
        let error =
            async || (StatusCode::BAD_REQUEST, [("set-cookie", "a=b")], "why").into_response();
        let (headers, problem) = answer(get(error)).await;
        assert_eq!(headers["set-cookie"], "a=b");
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers["content-length"], problem.len().to_string());
    }
}
