//! Handlers as they are written for tower-sessions.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use session_layer::backend::Backend;
use session_layer::{Session, SessionExt, SessionLayer};

use crate::sessions::LIFETIME;

pub(crate) fn app(backend: impl Backend) -> Router {
    let layer = SessionLayer::builder(backend).lifetime(LIFETIME.idle, LIFETIME.absolute);
    Router::new()
        .route("/login/{user}", get(login))
        .route("/read", get(read))
        .route("/change", get(change))
        .layer(layer.build().unwrap())
        .with_state(())
}

/// Ten fields.
async fn login(session: Session, Path(user): Path<String>) -> String {
    session.login(user.as_str()).await.unwrap();
    for n in 0..10 {
        session.insert(&format!("field{n}"), format!("value number {n}")).await.unwrap();
    }
    "logged in".into()
}

async fn read(session: Session) -> String {
    session.get("field3").await.unwrap().unwrap()
}

async fn change(session: Session) -> String {
    let count: u64 = session.get("count").await.unwrap().unwrap_or(0);
    session.insert("count", count + 1).await.unwrap();
    count.to_string()
}
