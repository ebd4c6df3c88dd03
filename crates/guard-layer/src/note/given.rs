use serde::{Deserialize, Serialize};

/// A factor that the user gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Given {
    #[serde(rename = "n")]
    pub(crate) factor: String,
    #[serde(rename = "t")]
    pub(crate) at: u64,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) acr: Option<String>,
}
