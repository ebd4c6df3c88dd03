use std::error::Error;
use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::backend::{BackendError, BackendErrorKind, Loaded};

/// A load that is under way, for all who wait for it.
#[derive(Clone)]
pub(super) struct Flight {
    pub(super) began: Instant,
    outcome: watch::Receiver<Option<Outcome>>,
}

/// The other end of a [`Flight`].
pub(super) struct Landing(watch::Sender<Option<Outcome>>);

type Outcome = Result<Loaded, Arc<BackendError>>;

impl Flight {
    pub(super) fn begin(now: Instant) -> (Self, Landing) {
        let (sender, outcome) = watch::channel(None);
        (Self { began: now, outcome }, Landing(sender))
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.outcome.same_channel(&other.outcome)
    }

    /// What it comes to; none if it was given up, which only a panic or the end of its runtime
    /// does.
    pub(super) async fn outcome(mut self) -> Option<Result<Loaded, BackendError>> {
        let outcome = self.outcome.wait_for(Option::is_some).await.ok()?.clone()?;
        Some(outcome.map_err(shared))
    }
}

impl Landing {
    pub(super) fn publish(self, outcome: Result<Loaded, BackendError>) {
        // Whoever waited may have left.
        let _ = self.0.send(Some(outcome.map_err(Arc::new)));
    }
}

/// The same fault, for one of those who waited.
fn shared(error: Arc<BackendError>) -> BackendError {
    match error.source() {
        Some(_) => BackendError::caused_by(error.kind(), Cause(error)),
        None => BackendError::new(error.kind()),
    }
}

/// A flight that was given up.
pub(super) fn given_up() -> BackendError {
    BackendError::caused_by(BackendErrorKind::Unavailable, "the load was given up")
}

/// The cause of an error that several got.
#[derive(Debug)]
struct Cause(Arc<BackendError>);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.source() {
            Some(cause) => fmt::Display::fmt(cause, f),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source().and_then(Error::source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(error: BackendError) -> [BackendError; 2] {
        let (flight, landing) = Flight::begin(Instant::now());
        landing.publish(Err(error));
        let told = async || flight.clone().outcome().await.unwrap().unwrap_err();
        [told().await, told().await]
    }

    #[tokio::test]
    async fn all_who_wait_are_told_the_same_fault_and_its_cause() {
        let error = BackendError::caused_by(BackendErrorKind::Timeout, "the net is slow");
        for told in told(error).await {
            assert_eq!(told.kind(), BackendErrorKind::Timeout);
            assert_eq!(told.source().unwrap().to_string(), "the net is slow");
        }
    }

    #[tokio::test]
    async fn a_fault_without_a_cause_stays_one() {
        for told in told(BackendError::new(BackendErrorKind::Refused)).await {
            assert_eq!(told.kind(), BackendErrorKind::Refused);
            assert!(told.source().is_none());
        }
    }

    #[tokio::test]
    async fn a_flight_that_was_given_up_has_no_outcome() {
        let (flight, landing) = Flight::begin(Instant::now());
        drop(landing);
        assert!(flight.outcome().await.is_none());
    }
}
