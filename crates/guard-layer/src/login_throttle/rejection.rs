//! How the throttle says that it can't count.

use std::time::Duration;

use auth_core::Rejection;
use http::StatusCode;

pub(super) fn store_unavailable() -> Rejection {
    let detail = "logins are not possible at the moment";
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    Rejection::new(unavailable, "store_unavailable", detail).retry_after(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_is_a_problem() {
        assert_eq!(
            store_unavailable().problem().to_json(),
            r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"logins are not possible at the moment","code":"store_unavailable"}"#
        );
    }
}
