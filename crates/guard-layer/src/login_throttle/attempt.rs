use std::fmt;
use std::sync::Arc;

use auth_core::ClientAddr;

use super::device::Device;
use super::keys::{Counted, Counter};
use super::store::AttemptStoreError;
use super::throttle::Shared;

/// An attempt to log in that was let pass, from [`LoginThrottle::begin`](super::LoginThrottle::begin).
///
/// It counts as failed, also when it is dropped, until something else is said.
#[must_use = "a login that succeeds has to say so, or it counts as failed"]
pub struct LoginAttempt {
    shared: Arc<Shared>,
    account: String,
    client: ClientAddr,
    has_device: bool,
    /// The count of all accounts together, which a success makes no smaller than it was.
    common: Option<Counter>,
    /// The account's own count, which a success clears.
    own: Option<Counter>,
    /// What had failed in that before.
    failures_before: u32,
}

impl LoginAttempt {
    pub(super) fn new(
        shared: Arc<Shared>,
        account: &str,
        client: ClientAddr,
        has_device: bool,
    ) -> Self {
        let account = account.to_owned();
        Self { shared, account, client, has_device, common: None, own: None, failures_before: 0 }
    }

    pub(super) fn refunds(&mut self, counter: Counter) {
        self.common = Some(counter);
    }

    pub(super) fn clears(&mut self, counter: Counter, failures_before: u32) {
        (self.own, self.failures_before) = (Some(counter), failures_before);
    }

    /// How many attempts for the account have failed before this one, and were not followed by a
    /// success or by an hour without a failure. What others fail does not count against a device or
    /// an address that has a count of its own; what the address has failed for other accounts is not
    /// told, for many users may share it.
    ///
    /// A guard takes it, where the login succeeds:
    /// [`Reauth::login_failures`](crate::Reauth::login_failures).
    pub fn failures_before(&self) -> u32 {
        self.failures_before
    }

    /// The password was the right one, and with it whatever else the login asks for: the failures of
    /// the account are forgotten, and its address is known from now on.
    ///
    /// What comes back is for the client to keep and to show with its next attempt, in a cookie for
    /// instance; none where it has shown one. It is of no use to anybody but for attempts of their own
    /// to log in as this account. A store that is away is logged, and fails no login.
    pub async fn succeeded(self) -> Option<String> {
        #[cfg(feature = "metrics")]
        crate::metrics::login("succeeded");
        logged(self.settle().await);
        match self.has_device {
            true => None,
            false => Some(Device::draw()?.to_text(&self.account, &self.shared.ledger.keys)),
        }
    }

    /// The password was not looked at, as where the server had no time: nothing is counted.
    pub async fn withdrawn(self) {
        #[cfg(feature = "metrics")]
        crate::metrics::login("withdrawn");
        self.take_back().await;
    }

    pub(super) async fn take_back(self) {
        for counter in self.common.into_iter().chain(self.own) {
            logged(self.shared.ledger.refund(counter).await);
        }
    }

    async fn settle(&self) -> Result<(), AttemptStoreError> {
        let ledger = &self.shared.ledger;
        if let Some(counter) = self.own {
            ledger.clear(counter).await?;
        }
        if let Some(counter) = self.common {
            ledger.refund(counter).await?;
        }
        match self.client.ip() {
            Some(ip) => {
                let login = Counted::Login(&self.account, ip);
                ledger.note_login(ledger.keys.counter(login)).await
            }
            None => Ok(()),
        }
    }
}

/// Without the name and the address.
impl fmt::Debug for LoginAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginAttempt").field("has_device", &self.has_device).finish_non_exhaustive()
    }
}

fn logged(outcome: Result<(), AttemptStoreError>) {
    if let Err(error) = outcome {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::warn!(cause, "{error}; a login counts as failed");
    }
}
