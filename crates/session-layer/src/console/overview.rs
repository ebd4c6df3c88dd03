use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{OriginalUri, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect};
use futures_util::StreamExt as _;
use http::HeaderMap;
use serde::Deserialize;

use super::Console;
use super::feed::Happening;
use super::page;

/// `GET /`: to the page, by a link that holds wherever the console is nested.
pub(super) async fn entrance(OriginalUri(uri): OriginalUri) -> Redirect {
    // What a browser resolves links against ends before the last part of the path. With a dot in
    // front of it no part of a path is taken for a scheme.
    match uri.path().rsplit('/').next() {
        None | Some("") => Redirect::to("./overview"),
        Some(last) => Redirect::to(&format!("./{last}/overview")),
    }
}

/// `GET /overview`, and `GET /live` for the script.
pub(super) async fn overview(State(console): State<Console>) -> page::Page {
    console.overview().await.page()
}

#[derive(Deserialize)]
pub(super) struct From {
    /// The number of the latest event that the page has.
    #[serde(default)]
    after: u64,
}

/// `GET /events`: what the guard notices, as it does (server-sent events).
pub(super) async fn events(
    State(console): State<Console>,
    headers: HeaderMap,
    from: Result<Query<From>, QueryRejection>,
) -> impl IntoResponse {
    let of_page = from.map_or(0, |Query(from)| from.after);
    // What a browser sends when it connects again.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let happenings = Arc::clone(console.feed()).follow(last.unwrap_or(0).max(of_page));
    let events = happenings.map(|happening| Ok::<_, Infallible>(told(&happening)));
    Sse::new(events).keep_alive(KeepAlive::default())
}

fn told(happening: &Happening) -> Event {
    let row = page::event(happening).into_string();
    Event::default().id(happening.number.to_string()).data(row)
}
