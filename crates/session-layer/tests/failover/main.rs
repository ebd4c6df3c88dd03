//! `Failover` over two stores, of which one or the other is gone.

#![expect(clippy::unwrap_used, clippy::as_conversions, clippy::indexing_slicing, reason = "tests")]

mod both_gone;
mod chaos;
mod faulty;
mod health;
mod lagging;
mod normal;
mod primary_gone;
#[cfg(all(feature = "mysql", feature = "redis"))]
mod servers;
mod stores;

session_layer::conformance::conformance_tests!(stores::Stores::new());
session_layer::conformance::conformance_tests!(stores::Stores::new() => stats_do_not_drift);
