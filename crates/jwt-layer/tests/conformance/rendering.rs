//! A renderer of the user's own makes every refusal, of layers and extractors alike.

use auth_core::Renderer;
use axum::response::IntoResponse;
use http::{StatusCode, header};
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, JwtLayer, RequireLayer, Requirement};

use crate::api::routes;
use crate::http_client::Server;

fn login_page() -> Renderer {
    Renderer::new(|rejection, request| {
        let accept = request.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        if accept.is_some_and(|accept| accept.contains("text/html")) {
            let location = format!("/login?because={}", rejection.code());
            return (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
        }
        Renderer::default().render(rejection, request)
    })
}

async fn server(issuer: &TestIssuer) -> Server {
    let layer = JwtLayer::builder(issuer.verifier()).renderer(login_page()).build().unwrap();
    let guarded = axum::Router::new()
        .route("/admin", axum::routing::get(async || ""))
        .route_layer(RequireLayer::new(Requirement::Role("admin")));
    Server::start(routes().merge(guarded).layer(layer)).await
}

#[tokio::test]
async fn a_browser_is_sent_to_the_login_page() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let server = server(&issuer).await;
    let bearer = |token: String| format!("Bearer {token}");
    for (path, token, because) in [
        ("/me", None, "missing_token"),
        ("/admin", None, "missing_token"),
        ("/me", Some(bearer(issuer.token("alice").expired())), "expired"),
        ("/me", Some("Bearer".to_owned()), "malformed_header"),
        ("/admin", Some(bearer(issuer.token("alice").sign())), "forbidden"),
    ] {
        let mut headers = vec![("Accept", "text/html,*/*")];
        headers.extend(token.as_deref().map(|token| ("Authorization", token)));
        let reply = server.get(path, &headers).await;
        assert_eq!(reply.status, 303, "{path} {because}");
        assert_eq!(reply.header("location"), Some(&*format!("/login?because={because}")));
    }
}

#[tokio::test]
async fn others_get_what_they_always_get() {
    let server = server(&TestIssuer::new(Algorithm::HS256)).await;
    let reply = server.get("/me", &[("Accept", "application/json")]).await;
    assert_eq!((reply.status, reply.code().as_str()), (401, "missing_token"));
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
}
