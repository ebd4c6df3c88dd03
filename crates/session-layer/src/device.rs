use std::time::SystemTime;

/// A live session as its user's list of devices has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Device {
    /// The name by which [`end_device`](crate::SessionExt::end_device) ends it: 16 characters of
    /// base64url. It stays the same when the session gets another id, and opens nothing.
    pub handle: String,
    /// What the login called it.
    pub label: Option<String>,
    /// When the user logged in.
    pub created: SystemTime,
    /// When it was last seen, to a tenth of its idle time.
    pub last_seen: SystemTime,
    /// When it ends unless it is seen before.
    pub expires: SystemTime,
    /// Whether the browser keeps it when it is closed.
    pub remembered: bool,
    /// Whether it is the one that asks.
    pub current: bool,
}
