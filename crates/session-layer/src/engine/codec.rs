use std::sync::Arc;

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
    pub(crate) fn encode(&self, session: &SessionKey, content: &Arc<Content>) -> Option<Payload> {
        match &self.sealer {
            Some(sealer) => sealer.seal(session, &content.to_json()).map(Payload::from_bytes),
            None => Some(Payload::of(Arc::clone(content))),
        }
    }

    /// # Errors
    /// `Corrupt` for what is not a content of ours, or was sealed with a key that we do not have.
    pub(crate) fn decode(
        &self,
        session: &SessionKey,
        payload: &Payload,
    ) -> Result<Arc<Content>, BackendError> {
        match &self.sealer {
            Some(sealer) => {
                let opened = sealer.open(session, payload.as_bytes());
                parse(&opened.map_err(|Unopened| corrupt(UNOPENED.to_owned()))?)
            }
            None => read(payload),
        }
    }
}

fn read(payload: &Payload) -> Result<Arc<Content>, BackendError> {
    if let Some(known) = payload.content() {
        return Ok(Arc::clone(known));
    }
    let content = parse(payload.as_bytes())?;
    payload.remember(&content);
    Ok(content)
}

/// The library's text may quote the content, so that only its kind is told.
fn parse(json: &[u8]) -> Result<Arc<Content>, BackendError> {
    let content = serde_json::from_slice(json).map(Arc::new);
    content.map_err(|error| corrupt(format!("no content in JSON: {:?}", error.classify())))
}

fn corrupt(cause: String) -> BackendError {
    BackendError::caused_by(BackendErrorKind::Corrupt, cause)
}

const UNOPENED: &str = "the payload was not encrypted with a key that is known here";
