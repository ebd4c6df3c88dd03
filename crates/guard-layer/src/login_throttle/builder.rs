use std::sync::Arc;

use auth_core::{Clock, SharedClock};

use super::keys::Keys;
use super::ledger::Ledger;
use super::limit::AttemptLimit;
use super::store::AttemptStore;
use super::throttle::LoginThrottle;

/// Configures a [`LoginThrottle`], from [`LoginThrottle::builder`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct LoginThrottleBuilder {
    ledger: Ledger,
    account: AttemptLimit,
    address: AttemptLimit,
}

impl LoginThrottleBuilder {
    pub(super) fn new(store: Arc<dyn AttemptStore>, secret: &[u8; 32]) -> Self {
        let ledger = Ledger { store, keys: Keys::new(secret), clock: SharedClock::default() };
        Self { ledger, account: AttemptLimit::free(5), address: AttemptLimit::free(20) }
    }

    /// What one account may fail: 5 are free by default. A device or an address that it has logged in
    /// from before has as many of its own.
    pub fn account(self, limit: AttemptLimit) -> Self {
        Self { account: limit, ..self }
    }

    /// What may fail from one address, whatever the accounts: 20 are free by default. Give more where
    /// many users share one, as behind the NAT of an office or of a mobile network.
    pub fn address(self, limit: AttemptLimit) -> Self {
        Self { address: limit, ..self }
    }

    /// Where the time comes from: the system, unless it is said here. The clocks of nodes that count
    /// together may be apart by seconds.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.ledger.clock = SharedClock::new(clock);
        self
    }

    /// The throttle.
    pub fn build(self) -> LoginThrottle {
        LoginThrottle::new(self.ledger, self.account, self.address)
    }
}
