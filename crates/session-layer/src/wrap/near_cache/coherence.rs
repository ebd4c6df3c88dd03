/// How a [`NearCache`](super::NearCache) learns that a session was changed elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Coherence {
    /// The store tells it, at once.
    Told,
    /// The store would, but the connection for it is not up: nothing is kept, and every load goes
    /// to the store.
    Lost,
    /// The store doesn't: what is kept is used until it is too old.
    ByAge,
}

impl Coherence {
    /// One word for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Lost => "lost",
            Self::ByAge => "by_age",
        }
    }
}
