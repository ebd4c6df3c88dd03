use serde::{Deserialize, Serialize};

/// What a user is asked to prove, for the page that asks for it: from
/// [`Reauth::asked`](crate::Reauth::asked).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Asked {
    /// The guard doubts that it is still the same person: any factor will do.
    #[serde(rename = "d", default)]
    pub doubted: bool,
    /// A factor that was given at most so many seconds ago.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// This authentication context class.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// This factor.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<String>,
}

impl Asked {
    /// By the guard itself.
    pub(crate) fn by_doubt() -> Self {
        Self { doubted: true, ..Self::default() }
    }
}
