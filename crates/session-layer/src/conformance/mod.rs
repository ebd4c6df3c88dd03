//! The promises of a [`Backend`] as tests: what every backend of this crate passes, for those of
//! your own.
//!
//! Every promise is a public async function of its own, which panics if the backend breaks it. Run
//! them all with [`conformance_tests!`](crate::conformance_tests), in a file of your tests:
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use auth_core::{ManualClock, SharedClock};
//! use session_layer::backend::{Backend, MemoryBackend};
//! use session_layer::conformance::{Subject, conformance_tests};
//!
//! struct Memory(MemoryBackend, ManualClock);
//!
//! async fn memory() -> Memory {
//!     let clock = ManualClock::new(SystemTime::now());
//!     let builder = MemoryBackend::builder().clock(SharedClock::new(clock.clone()));
//!     Memory(builder.build().expect("the defaults are good"), clock)
//! }
//!
//! #[async_trait::async_trait]
//! impl Subject for Memory {
//!     fn backend(&self) -> &dyn Backend { &self.0 }
//!     async fn advance(&self, by: Duration) { self.1.advance(by); }
//! }
//!
//! conformance_tests!(memory());
//! ```
//!
//! One of them, [`concurrent_histories_are_linearizable`], makes random calls of several clients at
//! the same time. The environment's `CONFORMANCE_HISTORIES` says how many histories that are, 200 by
//! default, and `CONFORMANCE_SEED` with which it begins; a failure says its seed.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "tests: a panic is how they say no, and their numbers are small"
)]

mod cap;
mod client;
mod concurrency;
mod content;
mod create;
mod delete;
mod drift;
mod expiry;
mod history;
mod load;
mod of_user;
mod renew;
mod renewed;
mod replace;
mod restore;
mod sample;
mod stats;
mod suite;
mod sweep;
mod touch;
mod update;

pub use cap::*;
pub use concurrency::*;
pub use content::*;
pub use create::*;
pub use delete::*;
pub use drift::*;
pub use expiry::*;
pub use history::*;
pub use load::*;
pub use of_user::*;
pub use renew::*;
pub use renewed::*;
pub use replace::*;
pub use restore::*;
pub use stats::*;
pub use sweep::*;
pub use touch::*;
pub use update::*;

pub use crate::conformance_tests;

use std::time::Duration;

use async_trait::async_trait;

use crate::backend::Backend;

/// A backend under test, that is empty at first and that nobody else uses meanwhile.
#[async_trait]
pub trait Subject: Send + Sync + 'static {
    /// The backend.
    fn backend(&self) -> &dyn Backend;

    /// Lets time pass, as the backend sees it: by a clock that it was given, or by making all that
    /// it holds older. No test sleeps.
    async fn advance(&self, by: Duration);
}
