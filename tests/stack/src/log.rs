//! What an instance wrote.

use serde::Deserialize;

/// The line that the API logs for a request.
#[derive(Clone, Debug, Deserialize)]
pub struct LogLine {
    /// The path that was asked for.
    pub path: String,
    /// Whom the API takes for the caller.
    pub client: String,
}

impl LogLine {
    /// The lines of requests among all that was written.
    pub(crate) fn all_of(text: &str) -> Vec<Self> {
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
