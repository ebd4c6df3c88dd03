use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::ManualClock;
use guard_layer::{AttemptStore, ClientAddr, LoginThrottle, MemoryAttempts};

/// A login whose right password is `right`, and a clock that stands until it is moved.
pub(crate) struct Desk {
    pub(crate) throttle: LoginThrottle,
    pub(crate) clock: ManualClock,
}

/// What came of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    In,
    Wrong,
    /// Come back in so many seconds.
    Wait(u64),
    Unavailable,
}

pub(crate) const HOME: &str = "192.0.2.1";
pub(crate) const ELSEWHERE: &str = "198.51.100.1";

impl Desk {
    pub(crate) fn open() -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let store = Arc::new(MemoryAttempts::new().clock(clock.clone()));
        Self::with(store, clock, [7; 32])
    }

    pub(crate) fn with(store: Arc<dyn AttemptStore>, clock: ManualClock, secret: [u8; 32]) -> Self {
        let throttle = LoginThrottle::builder(store, &secret).clock(clock.clone()).build();
        Self { throttle, clock }
    }

    pub(crate) async fn wrong(&self, account: &str, from: &str) -> Outcome {
        self.log_in(account, from, None, "wrong").await.0
    }

    pub(crate) async fn right(&self, account: &str, from: &str) -> Outcome {
        self.log_in(account, from, None, "right").await.0
    }

    /// The outcome, and what the client is given.
    pub(crate) async fn log_in(
        &self,
        account: &str,
        from: &str,
        device: Option<&str>,
        password: &str,
    ) -> (Outcome, Option<String>) {
        match self.throttle.begin(account, address(from), device).await {
            Ok(attempt) if password == "right" => (Outcome::In, attempt.succeeded().await),
            Ok(_) => (Outcome::Wrong, None),
            Err(rejection) => (Outcome::of(&rejection), None),
        }
    }

    /// What an attempt knows, which then fails.
    pub(crate) async fn failures_before(
        &self,
        account: &str,
        from: &str,
        device: Option<&str>,
    ) -> u32 {
        let attempt = self.throttle.begin(account, address(from), device).await;
        attempt.unwrap().failures_before()
    }

    /// Fails so often for the account as it may, each time from another address.
    pub(crate) async fn besiege(&self, account: &str) {
        for host in 0.. {
            let from = format!("203.0.113.{host}");
            if let Outcome::Wait(_) = self.wrong(account, &from).await {
                return;
            }
        }
    }
}

impl Outcome {
    fn of(rejection: &auth_core::Rejection) -> Self {
        match (rejection.status().as_u16(), rejection.code()) {
            (429, "too_many_attempts") => Self::Wait(rejection.retry_after_secs().unwrap()),
            (503, "store_unavailable") => Self::Unavailable,
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn address(text: &str) -> ClientAddr {
    text.parse().map_or(ClientAddr::UNKNOWN, ClientAddr::new)
}
