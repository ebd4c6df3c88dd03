use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;

/// What a router answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// Reads a whole response.
    pub async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, text }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Checks that it is this problem, to the byte.
    #[track_caller]
    pub fn is_problem(&self, json: &str) {
        assert_eq!(self.text, json);
        let problem: Value = serde_json::from_str(json).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
    }
}
