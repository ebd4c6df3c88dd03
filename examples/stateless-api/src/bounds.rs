use std::time::Duration;

/// The longest that a request may take, with its body.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest body, in bytes.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;
