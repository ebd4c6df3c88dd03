use axum::Json;
use jwt_layer::Token;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Welcome {
    admin: String,
}

/// `GET /admin`, behind a layer that asks for the role `admin`.
pub(crate) async fn admin(token: Token) -> Json<Welcome> {
    Json(Welcome { admin: token.subject().unwrap_or_default().to_owned() })
}
