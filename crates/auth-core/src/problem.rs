use bytes::Bytes;
use serde::Serialize;

/// A problem detail (RFC 9457), the body of every refusal: `application/problem+json`.
///
/// Its texts are fixed in the program: nothing of a backend, a library or the request gets in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The kind of problem, as a URI; `about:blank` says that the status tells it all.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The same status code as the response's.
    pub status: u16,
    /// What went wrong, one fixed text for each code.
    pub detail: &'static str,
    /// The kind of refusal in one word, the same as in metrics and logs.
    pub code: &'static str,
}

impl Problem {
    /// The media type of a problem's JSON form.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    pub(crate) fn new(status: http::StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail,
            code,
        }
    }

    /// The problem as JSON.
    pub fn to_json(&self) -> Bytes {
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}
