//! A `GuardLayer` over real sessions: what a thief gets, and what the user.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod app;
mod challenge;
mod client;
mod decision;
mod ending;
#[cfg(feature = "metrics")]
mod figures;
mod memory;
mod old_id;
mod page;
mod places;
#[cfg(feature = "redis")]
mod redis;
mod requirement;
#[expect(dead_code, reason = "the tests of the layer need more of it")]
#[path = "../layer/spy.rs"]
mod spy;
