//! Calls of a backend, counted, timed and traced with the feature `metrics`.

#[cfg(feature = "metrics")]
pub(crate) use crate::metrics::Calls;

#[cfg(not(feature = "metrics"))]
use crate::backend::Backend;

#[cfg(not(feature = "metrics"))]
pub(crate) struct Calls;

#[cfg(not(feature = "metrics"))]
impl Calls {
    pub(crate) fn of(_backend: &'static str) -> Self {
        Self
    }

    pub(crate) async fn call<T>(
        &self,
        _backend: &dyn Backend,
        _verb: &'static str,
        call: impl Future<Output = T>,
    ) -> T {
        call.await
    }
}
