use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use axum::response::Redirect;
use axum::routing::{delete, get, post, put};
use example_service::bounded;
use guard_layer::{GuardLayer, RequireFresh};
use session_layer::{FreshLayer, NeedsSessionLayer};

use crate::{
    Shop, account, cart, devices, forgery, guard, health, login, logout, me, page, page_headers,
    preferences, reauth,
};

/// The whole service, as it is deployed.
pub fn app(shop: Shop) -> Router {
    let probes = bounded(probes().with_state(shop.clone()));
    let pages = bounded(
        guarded(&shop.guard)
            .with_state(shop.clone())
            .layer(shop.sessions.clone())
            .layer(forgery::layers()),
    );
    let pages = pages.layer(from_fn(page::refusals_as_pages)).layer(page_headers::layer());
    // A path that does not exist is one of the second.
    shop.instance.around(probes.merge(pages))
}

fn probes() -> Router<Shop> {
    Router::new().route("/health", get(example_service::health)).route("/ready", get(health::ready))
}

/// Who is suspected comes to the pages that ask for a password, and to none else.
fn guarded(guard: &GuardLayer) -> Router<Shop> {
    let pages = pages().layer(guard.clone());
    // Outside of the guard, which reads the session first.
    let fresh_pages = fresh_pages().layer(guard.clone()).layer(FreshLayer::new());
    pages.merge(fresh_pages).merge(ways_out().layer(guard.exempt()))
}

/// Open to whoever is suspected.
pub(crate) fn ways_out() -> Router<Shop> {
    Router::new()
        .route("/login", get(login::form).post(login::login))
        .route("/logout", post(logout::logout))
        .route("/style.css", get(page::style))
}

/// What people and programs come for. What a program does with another method than `POST`, a form
/// does at a path of its own.
fn pages() -> Router<Shop> {
    Router::new()
        .route("/", get(async || Redirect::to("/cart")))
        .merge(own_pages().route_layer(NeedsSessionLayer::new()))
}

/// What needs a password of lately, and where that is asked for.
fn fresh_pages() -> Router<Shop> {
    Router::new()
        .route("/account/email", post(account::email))
        .route("/checkout", post(account::checkout))
        .route_layer(RequireFresh::within(FRESH))
        .route(guard::PAGE, get(reauth::form).post(reauth::reauth))
        .route_layer(NeedsSessionLayer::new())
}

const FRESH: Duration = Duration::from_secs(300);

/// What would be wrong, rather than empty, while the store can't be asked.
fn own_pages() -> Router<Shop> {
    Router::new()
        .route("/me", get(me::me))
        .route("/cart", get(cart::cart))
        .route("/cart/items", post(cart::add))
        .route("/preferences", get(preferences::all).post(preferences::set_by_form))
        .route("/preferences/{name}", put(preferences::set))
        .route("/devices", get(devices::all))
        .route("/devices/incidents", get(devices::incidents))
        .route("/devices/{handle}", delete(devices::end))
        .route("/devices/{handle}/logout", post(devices::end))
}
