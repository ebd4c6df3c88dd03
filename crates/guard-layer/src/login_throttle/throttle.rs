use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{ClientAddr, Rejection};

use super::attempt::LoginAttempt;
use super::builder::LoginThrottleBuilder;
use super::device::Device;
use super::keys::{Counted, Counter};
use super::ledger::Ledger;
use super::limit::AttemptLimit;
use super::rejection::store_unavailable;
use super::store::{AttemptStore, AttemptStoreError};
use super::tally::TooMany;
#[cfg(feature = "metrics")]
use crate::metrics;
use crate::rejection::too_many_attempts;

/// Slows down who guesses passwords, per account and per address, on all nodes together.
///
/// A login handler [begins](Self::begin) an attempt before it looks at the password, and tells it the
/// outcome. Nothing sleeps: who has to wait is refused, with 429 and `Retry-After`.
///
/// # When an attempt is refused
///
/// 1. From its address too much has failed, whatever the accounts: by default 20 are free, then each
///    costs a wait that doubles from 1 second to 15 minutes. An IPv6 address counts as its /64.
/// 2. For its account too much has failed: by default 5 are free, with the same waits after. It does
///    not matter whether there is such an account, nor is it known here.
///
/// A refused attempt is not counted, so that nobody makes a wait longer by trying meanwhile, and all is forgotten after an hour without a failure. An attempt counts as failed until
/// it is said to have succeeded, so that many at once gain nothing.
///
/// # Why nobody is locked out for good
///
/// Whoever fails for an account, from however many addresses, makes strangers wait. Who has logged in
/// as that account before does not: a **device** that shows what it was
/// [given](LoginAttempt::succeeded) then has a count of its own, in place of both others, and so has
/// an **address**, for 30 to 60 days, in place of the account's.
///
/// # What is kept
///
/// Counts, under keyed hashes of the account, the address and the device; the names and addresses
/// nowhere, not in the log either. Counts live for two to three hours, known addresses up to 60 days.
/// Another secret forgets them all.
///
/// # What this does not protect from
///
/// - One guess each for very many accounts from very many addresses. Refuse known passwords when they
///   are set.
/// - Guesses from an address that the account has logged in from keep other devices there waiting,
///   unless they were given something to show.
///
/// And it errs on the side of refusing: of many who log in at the same instant from one address, as
/// behind the NAT of an office in the morning, those over the free ones are told to come back in a
/// second, and so are those whose success a store that is away could not note. A device that is known
/// is not.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use auth_core::Rejection;
/// use guard_layer::{ClientAddr, LoginThrottle, MemoryAttempts};
///
/// # fn is_right(name: &str, password: &str) -> bool { name == password }
/// async fn login(
///     throttle: &LoginThrottle,
///     client: ClientAddr,
///     device_cookie: Option<&str>,
///     (name, password): (&str, &str),
/// ) -> Result<Option<String>, Rejection> {
///     let attempt = throttle.begin(name, client, device_cookie).await?;
///     if !is_right(name, password) {
///         return Ok(None); // it counts as failed
///     }
///     let new_device_cookie = attempt.succeeded().await;
///     Ok(new_device_cookie)
/// }
///
/// let secret = [7; 32]; // random, the same on all nodes
/// let throttle = LoginThrottle::builder(Arc::new(MemoryAttempts::new()), &secret).build();
/// # drop(throttle);
/// ```
#[derive(Clone, Debug)]
pub struct LoginThrottle(Arc<Shared>);

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) ledger: Ledger,
    account: AttemptLimit,
    address: AttemptLimit,
}

impl LoginThrottle {
    /// Begins one with the store of its counts, and a random secret for their hashes. Give all nodes
    /// that are to count together the same of both, and the secret to nothing else.
    pub fn builder(store: Arc<dyn AttemptStore>, secret: &[u8; 32]) -> LoginThrottleBuilder {
        LoginThrottleBuilder::new(store, secret)
    }

    pub(super) fn new(ledger: Ledger, account: AttemptLimit, address: AttemptLimit) -> Self {
        #[cfg(feature = "metrics")]
        metrics::begin_logins();
        Self(Arc::new(Shared { ledger, account, address }))
    }

    /// Begins an attempt to log in as `account`, written in the one way that it is looked up by, with
    /// what the client shows of an earlier login.
    ///
    /// An address that is not known is not counted.
    ///
    /// # Errors
    ///
    /// 429 `too_many_attempts` with `Retry-After`; 503 `store_unavailable`.
    pub async fn begin(
        &self,
        account: &str,
        client: ClientAddr,
        device: Option<&str>,
    ) -> Result<LoginAttempt, Rejection> {
        let begun = self.charge_all(account, client, device).await;
        #[cfg(feature = "metrics")]
        match &begun {
            Ok(_) => metrics::login("begun"),
            Err(Refusal::TooMany { counted, .. }) => metrics::login_refused(counted),
            Err(Refusal::Unavailable) => metrics::login("unavailable"),
        }
        Ok(begun?)
    }

    async fn charge_all(
        &self,
        account: &str,
        client: ClientAddr,
        device: Option<&str>,
    ) -> Result<LoginAttempt, Refusal> {
        let keys = &self.0.ledger.keys;
        let device = device.and_then(|text| Device::read(text, account, keys));
        let mut attempt = LoginAttempt::new(Arc::clone(&self.0), account, client, device.is_some());
        if let Some(device) = device {
            let charged = self.charge(Counted::Device(account, device.nonce())).await?;
            attempt.clears(charged.counter, charged.failures_before);
            return Ok(attempt);
        }
        if let Some(ip) = client.ip() {
            attempt.refunds(self.charge(Counted::Address(ip)).await?.counter);
        }
        match self.charge_account(account, client.ip()).await {
            Ok(charged) => attempt.clears(charged.counter, charged.failures_before),
            Err(refusal) => {
                attempt.take_back().await;
                return Err(refusal);
            }
        }
        Ok(attempt)
    }

    /// The count of the account, or that of a known address where the account's is full.
    async fn charge_account(&self, account: &str, ip: Option<IpAddr>) -> Result<Charged, Refusal> {
        match (self.charge(Counted::Account(account)).await, ip) {
            (Err(Refusal::TooMany { .. }), Some(ip)) if self.knows(account, ip).await? => {
                self.charge(Counted::KnownAddress(account, ip)).await
            }
            (outcome, _) => outcome,
        }
    }

    async fn knows(&self, account: &str, ip: IpAddr) -> Result<bool, Refusal> {
        let ledger = &self.0.ledger;
        let login = ledger.keys.counter(Counted::Login(account, ip));
        Ok(ledger.has_login(login).await?)
    }

    async fn charge(&self, counted: Counted<'_>) -> Result<Charged, Refusal> {
        let Shared { ledger, account, address } = &*self.0;
        let limit = if let Counted::Address(_) = counted { address } else { account };
        let counter = ledger.keys.counter(counted);
        match ledger.charge(counter, limit).await? {
            Ok(failures) => Ok(Charged { counter, failures_before: failures.saturating_sub(1) }),
            Err(TooMany { wait }) => {
                let counted = counted.as_str();
                let counter = counter.handle();
                tracing::warn!(what = counted, counter, ?wait, "too many failed logins");
                Err(Refusal::TooMany { counted, wait })
            }
        }
    }
}

/// An attempt that was counted.
struct Charged {
    counter: Counter,
    failures_before: u32,
}

/// Why nothing was counted.
enum Refusal {
    TooMany {
        #[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "it is only counted"))]
        counted: &'static str,
        wait: Duration,
    },
    Unavailable,
}

impl From<AttemptStoreError> for Refusal {
    fn from(error: AttemptStoreError) -> Self {
        let cause = error.source().map(ToString::to_string);
        tracing::error!(cause, "no login was let pass: {error}");
        Self::Unavailable
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::TooMany { wait, .. } => too_many_attempts(wait),
            Refusal::Unavailable => store_unavailable(),
        }
    }
}
