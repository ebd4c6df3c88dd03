use axum::Router;
use axum::middleware::from_fn;
use axum::response::Redirect;
use axum::routing::{delete, get, post, put};
use example_service::bounded;
use session_layer::NeedsSessionLayer;

use crate::{
    Shop, cart, devices, forgery, health, login, logout, me, page, page_headers, preferences,
};

/// The whole service, as it is deployed.
pub fn app(shop: Shop) -> Router {
    let probes = bounded(probes().with_state(shop.clone()));
    let pages = bounded(
        pages().with_state(shop.clone()).layer(shop.sessions.clone()).layer(forgery::layers()),
    );
    let pages = pages.layer(from_fn(page::refusals_as_pages)).layer(page_headers::layer());
    // A path that does not exist is one of the second.
    shop.instance.around(probes.merge(pages))
}

fn probes() -> Router<Shop> {
    Router::new().route("/health", get(example_service::health)).route("/ready", get(health::ready))
}

/// What people and programs come for. What a program does with another method than `POST`, a form
/// does at a path of its own.
fn pages() -> Router<Shop> {
    Router::new()
        .route("/", get(async || Redirect::to("/cart")))
        .route("/login", get(login::form).post(login::login))
        .route("/logout", post(logout::logout))
        .route("/style.css", get(page::style))
        .merge(own_pages().route_layer(NeedsSessionLayer::new()))
}

/// What would be wrong, rather than empty, while the store can't be asked.
fn own_pages() -> Router<Shop> {
    Router::new()
        .route("/me", get(me::me))
        .route("/cart", get(cart::cart))
        .route("/cart/items", post(cart::add))
        .route("/preferences", get(preferences::all).post(preferences::set_by_form))
        .route("/preferences/{name}", put(preferences::set))
        .route("/devices", get(devices::all))
        .route("/devices/{handle}", delete(devices::end))
        .route("/devices/{handle}/logout", post(devices::end))
}
