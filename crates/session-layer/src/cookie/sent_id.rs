use http::HeaderMap;

use super::values;
use crate::backend::SessionKey;
use crate::config::Config;
use crate::engine::SessionId;

/// The id in a request's cookie; none for what no layer of ours has given.
#[derive(Debug)]
pub(crate) struct SentId(Option<SessionId>);

impl SentId {
    /// Reads it. Of two cookies with different values nobody can tell which is the client's own
    /// and which one was planted by another host of the domain: neither is believed.
    pub(crate) fn of(config: &Config, headers: &HeaderMap) -> Self {
        let mut values = values(headers, &config.cookie.name);
        let first = values.next().filter(|first| values.all(|other| other == *first));
        let text = first.and_then(|value| str::from_utf8(value).ok());
        let id = text.and_then(|text| match &config.signer {
            Some(signer) => signer.verify(text).map(|(id, _)| id),
            None => Some(text),
        });
        Self(id.and_then(SessionId::parse))
    }

    pub(crate) fn key(&self) -> Option<SessionKey> {
        self.0.as_ref().map(SessionId::key)
    }

    pub(crate) fn id(&self) -> Option<&SessionId> {
        self.0.as_ref()
    }
}
