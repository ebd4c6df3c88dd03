use http::HeaderMap;
use tower_sessions_core::session::Id;

use super::values;
use crate::backend::SessionKey;
use crate::config::Config;
use crate::engine::SessionId;

/// The id in a request's cookie; none for what no layer of ours has given.
#[derive(Debug)]
pub(crate) struct SentId {
    id: Option<SessionId>,
    predecessor: Option<Id>,
}

impl SentId {
    /// Reads it. Of two cookies with different values nobody can tell which is the client's own
    /// and which one was planted by another host of the domain: neither is believed.
    pub(crate) fn of(config: &Config, headers: &HeaderMap) -> Self {
        let text = sole(headers, &config.cookie.name);
        let id = text.and_then(|text| match &config.signer {
            Some(signer) => signer.verify(text).map(|(id, _)| id),
            None => Some(text),
        });
        match (id.and_then(SessionId::parse), &config.predecessor) {
            (None, Some(predecessor)) => Self::of_predecessor(headers, &predecessor.cookie.name),
            (id, _) => Self { id, predecessor: None },
        }
    }

    fn of_predecessor(headers: &HeaderMap, name: &str) -> Self {
        let predecessor: Option<Id> = sole(headers, name).and_then(|text| text.parse().ok());
        Self { id: predecessor.map(SessionId::of_predecessor), predecessor }
    }

    /// No id.
    #[cfg(feature = "guard")]
    pub(crate) fn none() -> Self {
        Self { id: None, predecessor: None }
    }

    pub(crate) fn key(&self) -> Option<SessionKey> {
        self.id.as_ref().map(SessionId::key)
    }

    pub(crate) fn id(&self) -> Option<&SessionId> {
        self.id.as_ref()
    }

    /// The id in the cookie of the layer that was there before.
    pub(crate) fn predecessor(&self) -> Option<Id> {
        self.predecessor
    }
}

fn sole<'a>(headers: &'a HeaderMap, name: &'a str) -> Option<&'a str> {
    let mut values = values(headers, name);
    let first = values.next().filter(|first| values.all(|other| other == *first))?;
    str::from_utf8(first).ok()
}
