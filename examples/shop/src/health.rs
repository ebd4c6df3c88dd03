use axum::extract::State;
use axum::response::Response;
use example_service::{Refusal, readiness};

use crate::Shop;

/// `GET /ready`: whether balancers may send it requests, and how its stores are. It is ready even
/// if they are down: all instances would go at once, and with them the pages that do without.
pub(crate) async fn ready(State(shop): State<Shop>) -> Result<Response, Refusal> {
    readiness(shop.lifecycle()).map(drop)?;
    Ok(shop.sessions.health().ready().await)
}
