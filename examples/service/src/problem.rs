use std::time::Duration;

use auth_core::{Problem, Rejection, Renderer, RequestHead};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{Request, StatusCode};

/// A "no" of a handler, as a problem (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(Rejection);

impl Refusal {
    /// A refusal with a word for programs and a fixed text for people.
    pub fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self(Rejection::new(status, code, detail))
    }

    /// The request is understood, and what it asks for is not possible.
    pub fn unprocessable(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// It is our mistake.
    pub fn internal() -> Self {
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What a status says where nobody has said more.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => ("not_found", "there is nothing at this path"),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "this resource does not know the method")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "the body is too large"),
            StatusCode::SERVICE_UNAVAILABLE => ("timeout", "the request took too long"),
            _ if status.is_server_error() => ("internal", "the server has failed"),
            _ => ("bad_request", "the request can not be understood"),
        };
        let refusal = Self::new(status, code, detail);
        match status {
            StatusCode::SERVICE_UNAVAILABLE => refusal.retry_after(Duration::from_secs(1)),
            _ => refusal,
        }
    }

    /// Says when to come back.
    pub fn retry_after(self, delay: Duration) -> Self {
        Self(self.0.retry_after(delay))
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self(rejection)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let request = Request::new(());
        Renderer::default().render(&self.0, &RequestHead::of_request(&request))
    }
}

/// Gives a problem to the errors of axum and of tower-http, which come without.
pub(crate) async fn give_every_error_a_problem(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let media_type = response.headers().get(CONTENT_TYPE);
    if !is_error || media_type.is_some_and(|media_type| media_type == Problem::MEDIA_TYPE) {
        return response;
    }
    let mut headers = response.headers().clone();
    headers.remove(CONTENT_LENGTH);
    let (problem, body) = Refusal::of_status(status).into_response().into_parts();
    headers.extend(problem.headers);
    (status, headers, body).into_response()
}
