use super::content::Content;
use super::seal::{Sealer, Unopened};
use crate::backend::{BackendError, BackendErrorKind, Payload, SessionKey};

/// Makes payloads of contents and back: JSON, sealed if there is a key for it.
#[derive(Debug, Default)]
pub(crate) struct Codec {
    sealer: Option<Sealer>,
}

impl Codec {
    pub(crate) fn new(sealer: Option<Sealer>) -> Self {
        Self { sealer }
    }

    /// None if it can't be sealed for want of randomness.
    pub(crate) fn encode(&self, session: &SessionKey, content: &Content) -> Option<Payload> {
        let json = serde_json::to_vec(content).ok()?;
        match &self.sealer {
            Some(sealer) => sealer.seal(session, &json).map(Payload::from_bytes),
            None => Some(Payload::from_bytes(json)),
        }
    }

    /// # Errors
    /// `Corrupt` for what is not a content of ours, or was sealed with a key that we do not have.
    pub(crate) fn decode(
        &self,
        session: &SessionKey,
        payload: &Payload,
    ) -> Result<Content, BackendError> {
        let corrupt = |cause| BackendError::caused_by(BackendErrorKind::Corrupt, cause);
        let content = match &self.sealer {
            Some(sealer) => {
                let opened = sealer.open(session, payload.as_bytes());
                let json = opened.map_err(|Unopened| corrupt(UNOPENED.to_owned()))?;
                serde_json::from_slice(&json)
            }
            None => serde_json::from_slice(payload.as_bytes()),
        };
        // The library's text may quote the content.
        content.map_err(|error| corrupt(format!("no content in JSON: {:?}", error.classify())))
    }
}

const UNOPENED: &str = "the payload was not encrypted with a key that is known here";
