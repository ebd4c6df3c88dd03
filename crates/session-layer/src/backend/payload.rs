use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::engine::Content;

/// A session's content, opaque to a backend: it stores the bytes and gives the same back.
///
/// A backend in this process may keep the value as it is; clones share it, and what it holds is
/// then made bytes, or read from them, at most once.
#[derive(Clone, Default)]
pub struct Payload(Arc<Inner>);

#[derive(Default)]
struct Inner {
    bytes: OnceLock<Bytes>,
    content: OnceLock<Arc<Content>>,
}

impl Payload {
    /// Content that a backend has stored.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        let inner = Inner { bytes: OnceLock::from(bytes.into()), content: OnceLock::new() };
        Self(Arc::new(inner))
    }

    /// The content for a backend to store.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.bytes.get_or_init(|| {
            let content = self.0.content.get();
            content.map(|content| content.to_json().into()).unwrap_or_default()
        })
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// Content whose bytes are its JSON.
    pub(crate) fn of(content: Arc<Content>) -> Self {
        Self(Arc::new(Inner { bytes: OnceLock::new(), content: OnceLock::from(content) }))
    }

    /// What was read from the bytes before.
    pub(crate) fn content(&self) -> Option<&Arc<Content>> {
        self.0.content.get()
    }

    /// Keeps what was read from the bytes.
    pub(crate) fn remember(&self, content: &Arc<Content>) {
        // Whoever was quicker has read the same.
        let _ = self.0.content.set(Arc::clone(content));
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Payload {}

/// Without the content, which is the user's.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.len())
    }
}
