use std::sync::Arc;
#[cfg(feature = "console")]
use std::time::SystemTime;

use crate::backend::{Found, Stats, UserId};
use crate::config::Config;
use crate::engine::Fault;
use crate::event::{Ending, SessionEventKind};
use crate::{Device, SessionError, SessionErrorKind};

/// The sessions of all users, for the application's own administration, from
/// [`SessionLayer::sessions`](crate::SessionLayer::sessions).
///
/// # Errors
/// Every verb fails with [`Unavailable`](SessionErrorKind::Unavailable) if the backend can't be
/// asked, and those that take a user with [`InvalidUser`](SessionErrorKind::InvalidUser) for an id
/// that is empty or has more than 255 bytes.
#[derive(Clone, Debug)]
pub struct Sessions(Arc<Config>);

impl Sessions {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self(config)
    }

    /// A user's live sessions, the oldest first.
    ///
    /// # Errors
    /// See above.
    pub async fn of_user(&self, user: &str) -> Result<Vec<Device>, SessionError> {
        self.devices(&known(user)?, None).await
    }

    /// Ends one session of a user by its [handle](Device::handle); false if there is none.
    ///
    /// # Errors
    /// See above.
    pub async fn end(&self, user: &str, handle: &str) -> Result<bool, SessionError> {
        self.end_one(&known(user)?, handle, Ending::Administrator).await
    }

    /// Ends all sessions of a user, as when the account is closed or a password was stolen; how
    /// many that were. None that began before the call is live when it returns.
    ///
    /// # Errors
    /// See above.
    pub async fn end_all(&self, user: &str) -> Result<u32, SessionError> {
        self.end_all_but(&known(user)?, None, Ending::Administrator).await
    }

    /// Figures of the backend.
    ///
    /// # Errors
    /// See above.
    pub async fn stats(&self) -> Result<Stats, SessionError> {
        Ok(self.0.backend.stats().await.map_err(Fault::from)?)
    }

    #[cfg(feature = "console")]
    pub(crate) fn config(&self) -> &Config {
        &self.0
    }

    #[cfg(feature = "console")]
    pub(crate) fn health(&self) -> crate::HealthRoutes {
        crate::HealthRoutes::new(Arc::clone(&self.0))
    }

    #[cfg(feature = "console")]
    pub(crate) fn now(&self) -> SystemTime {
        auth_core::Clock::now(&self.0.clock)
    }

    pub(crate) async fn devices(
        &self,
        user: &UserId,
        current: Option<&str>,
    ) -> Result<Vec<Device>, SessionError> {
        let found = self.0.backend.of_user(user).await.map_err(Fault::from)?;
        let devices = found.into_iter().filter_map(|found| self.device(&found));
        let is_current = |device: &Device| current == Some(device.handle.as_str());
        Ok(devices.map(|device| Device { current: is_current(&device), ..device }).collect())
    }

    pub(crate) async fn end_by_user(
        &self,
        user: &UserId,
        handle: &str,
    ) -> Result<bool, SessionError> {
        self.end_one(user, handle, Ending::Logout).await
    }

    pub(crate) async fn end_others(
        &self,
        user: &UserId,
        current: Option<&str>,
        ending: Ending,
    ) -> Result<u32, SessionError> {
        self.end_all_but(user, current, ending).await
    }

    async fn end_one(
        &self,
        user: &UserId,
        handle: &str,
        ending: Ending,
    ) -> Result<bool, SessionError> {
        let found = self.0.backend.of_user(user).await.map_err(Fault::from)?;
        let has_handle = |found: &Found| self.handle(found).as_deref() == Some(handle);
        match found.into_iter().find(has_handle) {
            Some(found) => self.end_found(&found, ending).await,
            None => Ok(false),
        }
    }

    /// A session that gets another id meanwhile is found under the new one in the next round.
    async fn end_all_but(
        &self,
        user: &UserId,
        spared: Option<&str>,
        ending: Ending,
    ) -> Result<u32, SessionError> {
        let mut ended = 0;
        for _ in 0..ROUNDS {
            let found = self.0.backend.of_user(user).await.map_err(Fault::from)?;
            let is_spared =
                |found: &Found| spared.is_some() && self.handle(found).as_deref() == spared;
            let doomed: Vec<_> = found.into_iter().filter(|found| !is_spared(found)).collect();
            if doomed.is_empty() {
                return Ok(ended);
            }
            for found in &doomed {
                ended += u32::from(self.end_found(found, ending).await?);
            }
        }
        Err(Fault::Contended.into())
    }

    async fn end_found(&self, found: &Found, ending: Ending) -> Result<bool, SessionError> {
        let ended = self.0.backend.delete(&found.key).await.map_err(Fault::from)?;
        if let Some(Found { key, record }) = &ended {
            self.0.events.tell(SessionEventKind::Ended(ending), *key, record.user.clone());
        }
        Ok(ended.is_some())
    }

    fn handle(&self, found: &Found) -> Option<String> {
        self.device(found).map(|device| device.handle)
    }

    /// None for a session whose content can't be read; that was logged.
    fn device(&self, found: &Found) -> Option<Device> {
        let content = self.0.codec.decode(&found.key, &found.record.payload);
        let content = content.map_err(Fault::from).ok()?;
        Some(Device {
            handle: content.handle.clone(),
            label: content.label.clone(),
            created: found.record.created,
            last_seen: found.record.last_seen,
            expires: found.record.expires(),
            remembered: content.remembered,
            current: false,
        })
    }
}

fn known(user: &str) -> Result<UserId, SessionError> {
    UserId::of_application(user).ok_or(SessionError::new(SessionErrorKind::InvalidUser))
}

/// More than anybody can log in meanwhile.
const ROUNDS: u32 = 10;
