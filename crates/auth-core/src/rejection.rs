use std::fmt;
use std::time::Duration;

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

use crate::{Challenge, Problem};

/// Every "no" of every layer: a status, challenges, and the problem that is the body.
///
/// How it becomes a response is the business of a [`Renderer`](crate::Renderer), which the user
/// may replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    status: StatusCode,
    code: &'static str,
    detail: &'static str,
    challenges: Vec<Challenge>,
    retry_after: Option<Duration>,
}

impl Rejection {
    /// A rejection. `code` is the one word that the problem, the metric and the log share;
    /// `detail` is a fixed text that a client may see.
    pub fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self { status, code, detail, challenges: Vec::new(), retry_after: None }
    }

    /// 401: nobody said who is asking. It carries no error, as RFC 6750 section 3.1 wants where
    /// no credentials were sent.
    pub fn missing_credentials(code: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, "this resource needs an access token")
    }

    /// 500: the program lacks a layer that `extractor` needs. The operator reads it in the log;
    /// the client learns nothing but that it is not its fault.
    pub fn missing_layer(extractor: &'static str, layer: &'static str) -> Self {
        tracing::error!(extractor, layer, "the router lacks a layer that this extractor needs");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "missing_layer",
            "the server is not set up for this request",
        )
    }

    /// Adds a challenge, sent in a `WWW-Authenticate` header of its own.
    pub fn challenge(mut self, challenge: Challenge) -> Self {
        self.challenges.push(challenge);
        self
    }

    /// Says when to come back (`Retry-After`, in whole seconds, at least one, of which none is too
    /// early).
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The kind of refusal in one word.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The fixed text for people.
    pub fn detail(&self) -> &'static str {
        self.detail
    }

    /// The challenges, in order.
    pub fn challenges(&self) -> &[Challenge] {
        &self.challenges
    }

    /// When to come back, in whole seconds.
    pub fn retry_after_secs(&self) -> Option<u64> {
        self.retry_after.map(|delay| whole_seconds(delay).max(1))
    }

    /// The body.
    pub fn problem(&self) -> Problem {
        Problem::new(self.status, self.code, self.detail)
    }
}

fn whole_seconds(delay: Duration) -> u64 {
    delay.as_secs().saturating_add(u64::from(delay.subsec_nanos() > 0))
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail)
    }
}

/// What the extractors of this workspace reject with: the [`Rejection`], and the response that
/// the user's renderer made of it.
#[derive(Debug)]
pub struct Refused(Box<(Rejection, Response)>);

impl Refused {
    pub(crate) fn new(rejection: Rejection, response: Response) -> Self {
        Self(Box::new((rejection, response)))
    }

    /// Why it was refused.
    pub fn rejection(&self) -> &Rejection {
        &self.0.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rejection().fmt(f)
    }
}

impl std::error::Error for Refused {}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_when_told_is_not_too_early() {
        let rejection = Rejection::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "too many");
        let seconds = |delay| rejection.clone().retry_after(delay).retry_after_secs();
        assert_eq!(seconds(Duration::ZERO), Some(1));
        assert_eq!(seconds(Duration::from_millis(1)), Some(1));
        assert_eq!(seconds(Duration::from_secs(2)), Some(2));
        assert_eq!(seconds(Duration::from_millis(2001)), Some(3));
        assert_eq!(seconds(Duration::MAX), Some(u64::MAX));
    }
}
