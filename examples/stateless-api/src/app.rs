use axum::Router;
use axum::handler::Handler;
use axum::routing::{get, post};
use example_service::bounded;
use jwt_layer::{RequireLayer, Requirement};

use crate::{Api, admin, api_headers, health, login, me, orders};

/// The whole service, as it is deployed.
pub fn app(api: Api) -> Router {
    let routes = open_routes().merge(guarded_routes(&api)).with_state(api.clone());
    let routes = routes.merge(api.issuer.jwks_router());
    let routes = match &api.affinity {
        Some(affinity) => routes.layer(affinity.clone()),
        None => routes,
    };
    api.instance.around(bounded(routes).layer(api_headers::layer()))
}

/// Routes that need no token.
fn open_routes() -> Router<Api> {
    Router::new()
        .route("/login", post(login::login))
        .route("/health", get(example_service::health))
        .route("/ready", get(health::ready))
}

/// Routes that need a token. With `route_layer` a path that does not exist stays 404.
fn guarded_routes(api: &Api) -> Router<Api> {
    let routes = Router::new()
        .route("/admin", get(admin::admin.layer(RequireLayer::new(Requirement::Role("admin")))))
        .route("/me", get(me::me))
        .route("/orders", post(orders::order));
    let routes = match &api.token_guard {
        Some(guard) => routes.route_layer(guard.clone()),
        None => routes,
    };
    routes.route_layer(api.jwt.clone())
}
