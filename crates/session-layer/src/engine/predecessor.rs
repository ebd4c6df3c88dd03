use std::sync::Arc;
use std::time::SystemTime;

use auth_core::Clock;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};

use super::content::Content;
use super::fault::Fault;
use crate::backend::{BackendErrorKind, Created, Draft, Lifetime, SessionKey};
use crate::config::Config;
use crate::cookie::Attributes;

/// The sessions of the tower-sessions layer that was there before, which are taken over as their
/// clients come by.
#[derive(Clone, Debug)]
pub(crate) struct Predecessor {
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) cookie: Attributes,
}

impl Predecessor {
    /// Creates the session under our key if the predecessor has it; whether somebody did. Several
    /// requests may do so at once, and a crash in between is made good by the next one.
    pub(super) async fn take_over(
        &self,
        config: &Config,
        id: Id,
        key: &SessionKey,
    ) -> Result<bool, Fault> {
        let Some(record) = self.store.load(&id).await.map_err(unreachable)? else {
            return Ok(false);
        };
        let Some(draft) = draft(config, key, record)? else { return Ok(false) };
        if config.backend.create(key, &draft).await? == Created::Full {
            return Err(Fault::Full);
        }
        if let Err(error) = self.store.delete(&id).await {
            // What is left expires by itself, and its cookie is removed.
            tracing::warn!("a session that was taken over could not be removed: {error}");
        }
        Ok(true)
    }
}

/// None for a session that has expired.
fn draft(config: &Config, key: &SessionKey, record: Record) -> Result<Option<Draft>, Fault> {
    let now = config.clock.now();
    let left = SystemTime::from(record.expiry_date).duration_since(now).unwrap_or_default();
    if left.is_zero() {
        return Ok(None);
    }
    let mut content = Content::begin(now).ok_or(Fault::NoRandomness)?;
    content.fields = Arc::new(record.data);
    // It had no idle time but this one.
    let lifetime = Lifetime { idle: left.max(config.lifetime.idle), absolute: left };
    content.remembered = left > config.lifetime.absolute;
    let payload = config.codec.encode(key, &Arc::new(content)).ok_or(Fault::NoRandomness)?;
    Ok(Some(Draft { payload, user: None, lifetime, cap: None }))
}

fn unreachable(error: tower_sessions_core::session_store::Error) -> Fault {
    tracing::error!("the sessions to be taken over can't be read: {error}");
    Fault::Backend(BackendErrorKind::Unavailable)
}
