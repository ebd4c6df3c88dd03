//! A panic: one log line without its text, which may hold anything, and a 500 for the client.

use std::any::Any;
use std::panic::Location;

use axum::response::{IntoResponse, Response};

use crate::Refusal;

/// Logs panics like everything else.
pub(crate) fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(Location::to_string).unwrap_or_default();
        tracing::error!(location, "panic");
    }));
}

/// What the client gets.
pub(crate) fn respond(_panic: Box<dyn Any + Send>) -> Response {
    Refusal::internal().into_response()
}
