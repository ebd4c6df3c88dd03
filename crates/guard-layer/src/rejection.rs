//! How each "no" of this crate is rendered: the only place that knows statuses and challenges.

use std::time::Duration;

use auth_core::{Challenge, Rejection};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, StatusCode};

use crate::note::Asked;

/// RFC 9470 section 3.
pub(crate) fn step_up(asked: &Asked) -> Rejection {
    let challenge = Challenge::bearer()
        .param("error", "insufficient_user_authentication")
        .param("error_description", STEP_UP);
    let challenge = match &asked.acr {
        Some(acr) => challenge.param("acr_values", acr.clone()),
        None => challenge,
    };
    let challenge = match asked.max_age.or(asked.doubted.then_some(0)) {
        Some(seconds) => challenge.param("max_age", seconds.to_string()),
        None => challenge,
    };
    Rejection::new(StatusCode::UNAUTHORIZED, "step_up_required", STEP_UP).challenge(challenge)
}

/// The browser's way to the page that asks for a factor. It gets there by `GET`.
pub(crate) fn to_page(page: &HeaderValue) -> Response {
    let headers = [(LOCATION, page.clone()), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

pub(crate) fn session_ended() -> Rejection {
    let detail = "the session was ended for its safety; log in again";
    Rejection::new(StatusCode::UNAUTHORIZED, "session_ended", detail)
}

/// RFC 6750 section 3.1: whoever has the token asks for another one.
pub(crate) fn wrong_binding() -> Rejection {
    let challenge = Challenge::bearer()
        .param("error", "invalid_token")
        .param("error_description", WRONG_BINDING);
    Rejection::new(StatusCode::UNAUTHORIZED, "wrong_binding", WRONG_BINDING).challenge(challenge)
}

pub(crate) fn too_many_attempts(wait: Duration) -> Rejection {
    let detail = "this was tried too often; try again later";
    Rejection::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail).retry_after(wait)
}

pub(crate) fn challenge_unknown() -> Rejection {
    let detail = "this challenge is not open any more; begin again";
    Rejection::new(StatusCode::FORBIDDEN, "challenge_unknown", detail)
}

pub(crate) fn unavailable() -> Rejection {
    let detail = "the server can't do this at the moment; try again soon";
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    Rejection::new(unavailable, "unavailable", detail).retry_after(Duration::from_secs(1))
}

const WRONG_BINDING: &str = "the token is bound to another client";
const STEP_UP: &str = "this needs a fresh proof of who you are";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(asked: &Asked, parameters: &str) {
        let rejection = step_up(asked);
        let expected = format!(
            "Bearer error=\"insufficient_user_authentication\", \
             error_description=\"this needs a fresh proof of who you are\"{parameters}"
        );
        let challenges: Vec<_> = rejection.challenges().iter().map(|one| one.to_string()).collect();
        assert_eq!(challenges, [expected]);
    }

    #[test]
    fn what_was_tried_too_often_is_a_problem() {
        assert_eq!(
            too_many_attempts(Duration::ZERO).problem().to_json(),
            r#"{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"this was tried too often; try again later","code":"too_many_attempts"}"#
        );
    }

    #[test]
    fn a_challenge_says_what_is_asked() {
        check(&Asked::by_doubt(), ", max_age=\"0\"");
        check(&Asked { max_age: Some(300), ..Asked::default() }, ", max_age=\"300\"");
        check(&Asked { acr: Some("gold".into()), ..Asked::default() }, ", acr_values=\"gold\"");
        check(&Asked { factor: Some("otp".into()), ..Asked::default() }, "");
    }
}
