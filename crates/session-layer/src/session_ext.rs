use std::future::Future;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower_sessions_core::Session;

use crate::backend::UserId;
use crate::engine::{Ledger, Turn, ledger_of};
use crate::{Device, Ending, Login, SessionError, SessionErrorKind, SessionStatus, Sessions};

/// What a [`Session`] of a [`SessionLayer`](crate::SessionLayer) can do beside what it is known
/// for.
///
/// # Errors
/// Every verb fails with [`MissingLayer`](SessionErrorKind::MissingLayer) for a session of another
/// layer, and with [`Unavailable`](SessionErrorKind::Unavailable) if the backend can't be asked.
pub trait SessionExt: private::Sealed {
    /// Logs a user in: with the response the session gets a new id and is registered under the
    /// user, and the old id is dead. What the session has stays in it.
    ///
    /// A user with as many sessions as may be is told so by the response in place of the handler's:
    /// 403 `too_many_sessions`.
    ///
    /// # Errors
    /// [`InvalidUser`](SessionErrorKind::InvalidUser) for a user's id that is empty or has more
    /// than 255 bytes, and for one that begins as the layer's own do, with the character U+0001.
    fn login(
        &self,
        login: impl Into<Login> + Send,
    ) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Logs out: the session is ended at once, everywhere, and whatever becomes of the response.
    fn logout(&self) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Gives the session a new id with the response. Requests on their way may use the old one for
    /// the grace that is configured.
    fn rotate(&self) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Makes a field's new value of its present one, so that no change of it is lost: if somebody
    /// else was quicker, the commit calls the function again with what is there by then. It should
    /// do nothing but calculate.
    ///
    /// It returns the value as this request sees it. Call `session.save()` and read it again where
    /// the value that was stored matters.
    ///
    /// # Errors
    /// [`Unfit`](SessionErrorKind::Unfit) if the present value is of another type.
    fn update<T, F>(
        &self,
        name: &str,
        update: F,
    ) -> impl Future<Output = Result<T, SessionError>> + Send
    where
        T: Serialize + DeserializeOwned + Send,
        F: Fn(Option<T>) -> T + Send + Sync + 'static;

    /// Whether the request has a session, or is served as a guest's because the backend can't be
    /// asked. That is no error here.
    fn status(&self) -> impl Future<Output = Result<SessionStatus, SessionError>> + Send;

    /// The user that the session is registered under; none for an anonymous one.
    fn user(&self) -> impl Future<Output = Result<Option<UserId>, SessionError>> + Send;

    /// The user's live sessions, the oldest first; none for an anonymous session.
    fn devices(&self) -> impl Future<Output = Result<Vec<Device>, SessionError>> + Send;

    /// Ends one of the user's sessions by its [handle](Device::handle). False if the user has none
    /// with this handle.
    fn end_device(&self, handle: &str) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Ends all of the user's sessions but this one; how many that were.
    fn logout_others(&self) -> impl Future<Output = Result<u32, SessionError>> + Send;

    /// Ends all of the user's sessions, this one as well; how many that were.
    fn logout_everywhere(&self) -> impl Future<Output = Result<u32, SessionError>> + Send;
}

impl SessionExt for Session {
    async fn login(&self, login: impl Into<Login> + Send) -> Result<(), SessionError> {
        let Login { user, remembered, label } = login.into();
        let user =
            UserId::of_application(user).ok_or(SessionError::new(SessionErrorKind::InvalidUser))?;
        let ledger = ledger(self).await?;
        ledger.read_no_copy();
        self.cycle_id().await?;
        let stay = ledger.config().stay(remembered);
        ledger.wish(|wish| {
            wish.rotation = Some(Turn::Replace);
            wish.user = Some(user);
            wish.label = label;
            wish.stay = Some(stay);
        });
        Ok(())
    }

    async fn logout(&self) -> Result<(), SessionError> {
        let ledger = ledger(self).await?;
        self.flush().await?;
        Ok(ledger.end_rotated().await?)
    }

    async fn rotate(&self) -> Result<(), SessionError> {
        let ledger = ledger(self).await?;
        ledger.read_no_copy();
        ledger.wish(|wish| {
            wish.rotation.get_or_insert(Turn::Renew);
        });
        Ok(self.cycle_id().await?)
    }

    async fn update<T, F>(&self, name: &str, update: F) -> Result<T, SessionError>
    where
        T: Serialize + DeserializeOwned + Send,
        F: Fn(Option<T>) -> T + Send + Sync + 'static,
    {
        let ledger = ledger(self).await?;
        let update = move |present: Option<&Value>| {
            let present = present.map(T::deserialize).transpose().ok()?;
            serde_json::to_value(update(present)).ok()
        };
        let present = self.get_value(name).await?;
        let unfit = SessionError::new(SessionErrorKind::Unfit);
        let value = update(present.as_ref()).ok_or(unfit)?;
        self.insert_value(name, value.clone()).await?;
        ledger.update(name.to_owned(), Arc::new(update));
        serde_json::from_value(value).map_err(|_| unfit)
    }

    async fn status(&self) -> Result<SessionStatus, SessionError> {
        Ok(ledger(self).await?.status().await?)
    }

    async fn user(&self) -> Result<Option<UserId>, SessionError> {
        Ok(ledger(self).await?.user().await?)
    }

    async fn devices(&self) -> Result<Vec<Device>, SessionError> {
        let ledger = ledger(self).await?;
        let Some(user) = ledger.known_user().await? else { return Ok(Vec::new()) };
        sessions(&ledger).devices(&user, ledger.handle().as_deref()).await
    }

    async fn end_device(&self, handle: &str) -> Result<bool, SessionError> {
        let ledger = ledger(self).await?;
        let Some(user) = ledger.known_user().await? else { return Ok(false) };
        if ledger.handle().as_deref() == Some(handle) {
            self.flush().await?;
            return Ok(true);
        }
        sessions(&ledger).end_by_user(&user, handle).await
    }

    async fn logout_others(&self) -> Result<u32, SessionError> {
        let ledger = ledger(self).await?;
        let Some(user) = ledger.known_user().await? else { return Ok(0) };
        let current = ledger.handle();
        sessions(&ledger).end_others(&user, current.as_deref(), Ending::Logout).await
    }

    async fn logout_everywhere(&self) -> Result<u32, SessionError> {
        let others = self.logout_others().await?;
        let is_live = ledger(self).await?.handle().is_some();
        self.logout().await?;
        Ok(others + u32::from(is_live))
    }
}

async fn ledger(session: &Session) -> Result<Arc<Ledger>, SessionError> {
    ledger_of(session).await.ok_or(SessionError::new(SessionErrorKind::MissingLayer))
}

fn sessions(ledger: &Ledger) -> Sessions {
    Sessions::new(Arc::clone(ledger.config()))
}

mod private {
    pub trait Sealed {}
    impl Sealed for tower_sessions_core::Session {}
}
