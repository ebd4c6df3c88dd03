//! How each "no" of the throttle is rendered.

use std::time::Duration;

use auth_core::Rejection;
use http::StatusCode;

/// In whole seconds, of which none is too early.
pub(super) fn too_many_attempts(wait: Duration) -> Rejection {
    let detail = "there were too many failed logins; try again later";
    let whole = Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    Rejection::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail).retry_after(whole)
}

pub(super) fn store_unavailable() -> Rejection {
    let detail = "logins are not possible at the moment";
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    Rejection::new(unavailable, "store_unavailable", detail).retry_after(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_when_told_is_not_too_early() {
        let seconds = |wait| too_many_attempts(wait).retry_after_secs();
        assert_eq!(seconds(Duration::from_millis(1)), Some(1));
        assert_eq!(seconds(Duration::from_secs(2)), Some(2));
        assert_eq!(seconds(Duration::from_millis(2001)), Some(3));
    }

    #[test]
    fn the_refusals_are_problems() {
        assert_eq!(
            too_many_attempts(Duration::ZERO).problem().to_json(),
            r#"{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"there were too many failed logins; try again later","code":"too_many_attempts"}"#
        );
        assert_eq!(
            store_unavailable().problem().to_json(),
            r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"logins are not possible at the moment","code":"store_unavailable"}"#
        );
    }
}
