use std::fmt;
use std::sync::Arc;

use axum_core::body::Body;
use axum_core::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};

use crate::{Problem, Refused, Rejection};

/// What a renderer sees of the request that is refused.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The target.
    pub uri: &'a Uri,
    /// The headers; they may hold the caller's secrets.
    pub headers: &'a HeaderMap,
}

impl<'a> RequestHead<'a> {
    /// The head of a request that has been taken apart.
    pub fn of(parts: &'a Parts) -> Self {
        Self { method: &parts.method, uri: &parts.uri, headers: &parts.headers }
    }

    /// The head of a whole request.
    pub fn of_request<B>(request: &'a Request<B>) -> Self {
        Self { method: request.method(), uri: request.uri(), headers: request.headers() }
    }
}

/// Without the headers, which may hold secrets, and the query, which may too.
impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", self.method)
            .field("path", &self.uri.path())
            .finish_non_exhaustive()
    }
}

/// Makes a response of a [`Rejection`].
///
/// The default answers a gRPC request with a status in the headers, and everybody else with
/// `application/problem+json`. A user gives another one to send browsers to a login page:
///
/// ```
/// use auth_core::Renderer;
/// use axum_core::response::IntoResponse;
/// use http::{StatusCode, header};
///
/// let renderer = Renderer::new(|rejection, request| {
///     let accept = request.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
///     let wants_page = accept.is_some_and(|accept| accept.contains("text/html"));
///     if wants_page && rejection.status() == StatusCode::UNAUTHORIZED {
///         return (StatusCode::SEE_OTHER, [(header::LOCATION, "/login")]).into_response();
///     }
///     Renderer::default().render(rejection, request)
/// });
/// # let _ = renderer;
/// ```
#[derive(Clone, Default)]
pub struct Renderer(Option<Arc<Render>>);

type Render = dyn Fn(&Rejection, &RequestHead<'_>) -> Response + Send + Sync;

impl Renderer {
    /// A renderer of the user's own.
    pub fn new<F>(render: F) -> Self
    where
        F: Fn(&Rejection, &RequestHead<'_>) -> Response + Send + Sync + 'static,
    {
        Self(Some(Arc::new(render)))
    }

    /// Renders the rejection of a request.
    pub fn render(&self, rejection: &Rejection, request: &RequestHead<'_>) -> Response {
        match &self.0 {
            Some(render) => render(rejection, request),
            None if is_grpc(request.headers) => grpc_response(rejection),
            None => problem_response(rejection),
        }
    }

    /// Renders the rejection for an extractor.
    pub fn refuse(&self, rejection: Rejection, request: &RequestHead<'_>) -> Refused {
        let response = self.render(&rejection, request);
        Refused::new(rejection, response)
    }
}

impl fmt::Debug for Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Renderer(given)" } else { "Renderer(default)" })
    }
}

fn problem_response(rejection: &Rejection) -> Response {
    let mut response = Response::new(Body::from(rejection.problem().to_json()));
    *response.status_mut() = rejection.status();
    let media_type = HeaderValue::from_static(Problem::MEDIA_TYPE);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    insert_common_headers(response.headers_mut(), rejection);
    response
}

/// A response that is nothing but trailers, sent as headers (gRPC over HTTP/2, "Trailers-Only").
fn grpc_response(rejection: &Rejection) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert("grpc-status", HeaderValue::from_static(grpc_status(rejection.status())));
    headers.insert("grpc-message", HeaderValue::from_static(rejection.detail()));
    insert_common_headers(headers, rejection);
    response
}

fn insert_common_headers(headers: &mut HeaderMap, rejection: &Rejection) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for challenge in rejection.challenges() {
        headers.append(WWW_AUTHENTICATE, challenge.header_value());
    }
    if let Some(seconds) = rejection.retry_after_secs() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|value| value.starts_with(b"application/grpc"))
}

fn grpc_status(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "3",          // INVALID_ARGUMENT
        StatusCode::FORBIDDEN => "7",            // PERMISSION_DENIED
        StatusCode::TOO_MANY_REQUESTS => "8",    // RESOURCE_EXHAUSTED
        StatusCode::SERVICE_UNAVAILABLE => "14", // UNAVAILABLE
        StatusCode::UNAUTHORIZED => "16",        // UNAUTHENTICATED
        _ => "13",                               // INTERNAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Challenge;
    use std::time::Duration;

    fn rejection(status: StatusCode) -> Rejection {
        Rejection::new(status, "some_code", "a fixed text").challenge(Challenge::bearer())
    }

    fn render(rejection: &Rejection, content_type: &str) -> Response {
        let request = Request::builder().header(CONTENT_TYPE, content_type).body(()).unwrap();
        Renderer::default().render(rejection, &RequestHead::of_request(&request))
    }

    #[test]
    fn a_refusal_is_a_problem_that_is_not_stored() {
        let response = render(&rejection(StatusCode::FORBIDDEN), "text/plain");
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
    }

    #[test]
    fn the_problem_has_the_members_of_rfc_9457_and_a_code() {
        let json = rejection(StatusCode::FORBIDDEN).problem().to_json();
        let expected = r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"a fixed text","code":"some_code"}"#;
        assert_eq!(json, expected);
    }

    #[test]
    fn a_grpc_request_is_refused_with_a_grpc_status() {
        for (status, grpc) in [(StatusCode::UNAUTHORIZED, "16"), (StatusCode::FORBIDDEN, "7")] {
            let response = render(&rejection(status), "application/grpc+proto");
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(response.headers()["grpc-status"], grpc);
            assert_eq!(response.headers()["grpc-message"], "a fixed text");
        }
    }

    #[test]
    fn retry_after_is_at_least_one_second() {
        let rejection = rejection(StatusCode::SERVICE_UNAVAILABLE).retry_after(Duration::ZERO);
        assert_eq!(render(&rejection, "text/plain").headers()[RETRY_AFTER], "1");
    }

    #[test]
    fn a_renderer_of_the_user_replaces_the_default() {
        let renderer = Renderer::new(|_, _| Response::new(Body::from("own")));
        let request = Request::new(());
        let refused =
            renderer.refuse(rejection(StatusCode::FORBIDDEN), &RequestHead::of_request(&request));
        assert_eq!(refused.rejection().code(), "some_code");
    }
}
