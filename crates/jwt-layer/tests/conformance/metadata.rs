//! RFC 9728.

use axum::Router;
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, JwtLayer, ProtectedResource};
use serde_json::{Value, json};

use crate::api::routes;
use crate::http_client::Server;

fn resource() -> ProtectedResource {
    let resource = ProtectedResource::new("https://api.test/orders").unwrap();
    resource.authorization_server("https://login.test").scope("orders:read").scope("orders:write")
}

#[tokio::test]
async fn rfc9728_3_the_metadata_is_served_at_its_well_known_path() {
    let server = Server::start(resource().router()).await;
    let reply = server.get("/.well-known/oauth-protected-resource/orders", &[]).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let document: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(
        document,
        json!({
            "resource": "https://api.test/orders",
            "authorization_servers": ["https://login.test"],
            "scopes_supported": ["orders:read", "orders:write"],
            "bearer_methods_supported": ["header"],
        })
    );
}

#[tokio::test]
async fn rfc9728_3_a_resource_without_a_path_is_at_the_well_known_path_itself() {
    for identifier in ["https://api.test", "https://api.test/"] {
        let resource = ProtectedResource::new(identifier).unwrap();
        let server = Server::start(resource.router()).await;
        let reply = server.get("/.well-known/oauth-protected-resource", &[]).await;
        let document: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(document["resource"], identifier);
        assert_eq!(document.get("scopes_supported"), None);
    }
}

#[tokio::test]
async fn rfc9728_5_1_every_challenge_names_the_metadata() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let layer = JwtLayer::builder(issuer.verifier()).protected_resource(&resource());
    let app: Router = routes().layer(layer.build().unwrap()).merge(resource().router());
    let server = Server::start(app).await;
    let url = "https://api.test/.well-known/oauth-protected-resource/orders";
    let start = format!(r#"Bearer realm="api", resource_metadata="{url}""#);
    let missing = server.get("/me", &[]).await;
    assert_eq!(missing.header("www-authenticate"), Some(start.as_str()));
    for reply in [
        server.get_with("/me", &issuer.token("alice").expired()).await,
        server.get("/me", &[("Authorization", "Bearer")]).await,
    ] {
        let challenge = reply.header("www-authenticate").unwrap();
        assert!(challenge.starts_with(&format!("{start}, error=")), "{challenge}");
    }
    assert_eq!(server.get("/.well-known/oauth-protected-resource/orders", &[]).await.status, 200);
}

#[test]
fn rfc9728_1_2_an_identifier_is_an_https_url_without_query_and_fragment() {
    for bad in [
        "",
        "api.test",
        "http://api.test",
        "https://",
        "https://api.test?a=b",
        "https://api.test#a",
        "https://user@api.test",
        "/orders",
        "https://api.test/{id}",
        "ftp://api.test",
    ] {
        assert!(ProtectedResource::new(bad).is_err(), "{bad}");
    }
}
