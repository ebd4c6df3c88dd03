//! Calls of a backend, counted, timed and traced with the feature `metrics`.

#[cfg(feature = "metrics")]
pub(crate) use crate::metrics::call as observed;

#[cfg(not(feature = "metrics"))]
pub(crate) async fn observed<T>(
    _backend: &'static str,
    _verb: &'static str,
    call: impl Future<Output = T>,
) -> T {
    call.await
}
