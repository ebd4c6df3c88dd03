//! What a `SessionLayer` promises, over HTTP and the memory backend.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod app;
mod browser;
mod commit;
mod concurrency;
mod config;
mod cookie;
mod devices;
mod encryption;
mod events;
mod foreign_records;
mod health;
mod laziness;
mod lifetime;
mod login;
mod logout;
#[cfg(feature = "metrics")]
mod metrics;
mod misuse;
mod outage;
mod predecessor;
mod rotation;
mod server_errors;
mod spy;
mod stale;
