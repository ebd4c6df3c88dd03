use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_request, map_response};
use axum::routing::{get, post};
use axum::{Router, handler::Handler};
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, StatusCode};
use jwt_layer::{RequireLayer, Requirement};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::bounds::{BODY_LIMIT, REQUEST_TIMEOUT};
use crate::request_id::{self, RandomId, X_REQUEST_ID};
use crate::{Api, admin, drain, health, logging, login, me, orders, panics, problem};

/// The header that names the instance in every response.
const X_SERVED_BY: HeaderName = HeaderName::from_static("x-served-by");

/// The whole service, as it is deployed.
pub fn app(api: Api) -> Router {
    let routes = open_routes().merge(guarded_routes(&api)).with_state(api.clone());
    let routes = routes.merge(api.issuer.jwks_router());
    let routes = match &api.affinity {
        Some(affinity) => routes.layer(affinity.clone()),
        None => routes,
    };
    bounded(routes).layer((
        SetSensitiveRequestHeadersLayer::new([AUTHORIZATION, COOKIE]),
        SetResponseHeaderLayer::overriding(X_SERVED_BY, api.instance),
        from_fn_with_state(api.lifecycle, drain::close_connections),
        api.client_addr,
        map_request(request_id::drop_unusable),
        SetRequestIdLayer::new(X_REQUEST_ID, RandomId),
        PropagateRequestIdLayer::new(X_REQUEST_ID),
        from_fn(logging::log_request),
    ))
}

/// Routes that need no token.
fn open_routes() -> Router<Api> {
    Router::new()
        .route("/login", post(login::login))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
}

/// Routes that need a token. With `route_layer` a path that does not exist stays 404.
fn guarded_routes(api: &Api) -> Router<Api> {
    Router::new()
        .route("/admin", get(admin::admin.layer(RequireLayer::new(Requirement::Role("admin")))))
        .route("/me", get(me::me))
        .route("/orders", post(orders::order))
        .route_layer(api.jwt.clone())
}

/// Bounds what one request may take, and gives a problem to whatever fails on the way.
fn bounded(routes: Router) -> Router {
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
    use http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn get(handler: axum::routing::MethodRouter) -> String {
        let app = bounded(Router::new().route("/", handler));
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_ended() {
        let problem = get(axum::routing::get(std::future::pending::<()>)).await;
        let expected = r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"the request took too long","code":"timeout"}"#;
        assert_eq!(problem, expected);
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_says_nothing_of_it() {
        let panics = async || -> () { std::panic::panic_any("secret") };
        let problem = get(axum::routing::get(panics)).await;
        let expected = r#"{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"the server has failed","code":"internal"}"#;
        assert_eq!(problem, expected);
    }
}
