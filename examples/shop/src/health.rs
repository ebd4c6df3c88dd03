use axum::extract::State;
use example_service::{Fine, Refusal, readiness};

use crate::Shop;

/// `GET /ready`: whether balancers may send it requests. It does not ask the store: when that is
/// down, all instances would go at once, and with them the pages that do without it.
pub(crate) async fn ready(State(shop): State<Shop>) -> Result<Fine, Refusal> {
    readiness(shop.lifecycle())
}
