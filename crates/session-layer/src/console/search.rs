use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::Console;
use super::page::{self, Found, Page};
use crate::{SessionError, SessionErrorKind};

/// Whose sessions are looked for, and how many were just ended.
#[derive(Default, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    user: String,
    ended: Option<u32>,
}

/// `GET /sessions`
pub(super) async fn search(
    State(console): State<Console>,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Page, SessionError> {
    let Query(Search { user, ended }) = search.unwrap_or_default();
    let devices = match console.sessions().of_user(&user).await {
        // Nobody's name is such a one.
        Err(error) if error.kind() == SessionErrorKind::InvalidUser => Vec::new(),
        devices => devices?,
    };
    let now = console.sessions().now();
    Ok(page::sessions(&Found { user: &user, devices, ended, now }))
}
