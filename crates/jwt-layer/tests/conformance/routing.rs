//! Layers guard the routes that exist, and axum's answers to others stay what they are.

use axum::Router;
use axum::routing::get;
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, JwtLayer, RequireLayer, Requirement};

use crate::api::{accepted, routes};
use crate::http_client::Server;

async fn statuses(app: Router, token: Option<&str>) -> [u16; 4] {
    let server = Server::start(app).await;
    let mut statuses = [0; 4];
    let requests = [("GET", "/me"), ("GET", "/maybe"), ("GET", "/nowhere"), ("DELETE", "/maybe")];
    for (status, (method, path)) in statuses.iter_mut().zip(requests) {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> =
            bearer.iter().map(|value| ("Authorization", value.as_str())).collect();
        *status = server.send(method, path, &headers, "").await.status;
    }
    statuses
}

#[tokio::test]
async fn with_layer_an_unknown_path_is_404_with_and_without_a_token() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let app = || routes().layer(JwtLayer::new(issuer.verifier()));
    assert_eq!(statuses(app(), None).await, [401, 200, 404, 405]);
    let good = issuer.token("alice").sign();
    assert_eq!(statuses(app(), Some(&good)).await, [200, 200, 404, 405]);
    // A bad token is refused wherever it is sent.
    assert_eq!(statuses(app(), Some("bad")).await, [401, 401, 401, 401]);
}

#[tokio::test]
async fn with_route_layer_a_required_token_leaves_404_as_it_is() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let layer = JwtLayer::builder(issuer.verifier()).required().build().unwrap();
    let app = || routes().route_layer(layer.clone());
    assert_eq!(statuses(app(), None).await, [401, 401, 404, 401]);
    let good = issuer.token("alice").sign();
    assert_eq!(statuses(app(), Some(&good)).await, [200, 200, 404, 405]);
}

#[tokio::test]
async fn with_route_layer_a_requirement_leaves_404_as_it_is() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let app = || {
        routes()
            .route_layer(RequireLayer::new(Requirement::Role("admin")))
            .layer(JwtLayer::new(issuer.verifier()))
    };
    assert_eq!(statuses(app(), None).await, [401, 401, 404, 401]);
    let plain = issuer.token("alice");
    assert_eq!(statuses(app(), Some(&plain.sign())).await, [403, 403, 404, 403]);
    assert_eq!(statuses(app(), Some(&plain.role("admin").sign())).await, [200, 200, 404, 405]);
}

#[tokio::test]
async fn one_route_of_a_router_can_be_guarded() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let admin = get(async || "secrets").layer(RequireLayer::new(Requirement::Role("admin")));
    let app = routes().route("/admin", admin).layer(JwtLayer::new(issuer.verifier()));
    let server = Server::start(app).await;
    let token = issuer.token("alice");
    assert_eq!(server.get_with("/admin", &token.sign()).await.status, 403);
    accepted(&server.get_with("/me", &token.sign()).await);
    accepted(&server.get_with("/admin", &token.role("admin").sign()).await);
}
