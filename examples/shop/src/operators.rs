use axum::Router;
use axum::extract::Extension;
use axum::middleware::from_fn;
use axum::response::Redirect;
use axum::routing::get;
use example_service::bounded;
use session_layer::{FreshLayer, NeedsSessionLayer};

use crate::app::ways_out;
use crate::site::Site;
use crate::{Shop, forgery, guard, page, page_headers, reauth};

/// What operators see, at an address of their own: the console, and what it takes to log in there.
pub fn operators(shop: Shop) -> Router {
    let pages = Router::new()
        .nest("/console", shop.console.router())
        .route(guard::PAGE, get(reauth::form).post(reauth::reauth))
        .route_layer(NeedsSessionLayer::new())
        .route("/", get(async || Redirect::to(Site::Operators.home())))
        .layer(shop.guard.clone())
        .layer(FreshLayer::new())
        .merge(ways_out().layer(shop.guard.exempt()));
    let pages = pages.with_state(shop.clone()).layer(shop.sessions.clone());
    let pages = bounded(pages.layer(forgery::layers()))
        .layer(from_fn(page::refusals_as_pages))
        .layer(page_headers::layer())
        .layer(Extension(Site::Operators));
    shop.instance.around(pages)
}
