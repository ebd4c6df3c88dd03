//! The promises of a [`Backend`] as tests: what every backend of this crate passes, for those of
//! your own.

use std::time::Duration;

use async_trait::async_trait;

use crate::backend::Backend;

/// A backend under test, that nobody else uses meanwhile.
#[async_trait]
pub trait Subject: Sync {
    /// The backend.
    fn backend(&self) -> &dyn Backend;

    /// Lets time pass, as the backend sees it: by a clock that it was given, or by making all that
    /// it holds older. No test sleeps.
    async fn advance(&self, by: Duration);
}
