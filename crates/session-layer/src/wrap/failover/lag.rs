use std::sync::Arc;
use std::time::Duration;

use super::unsent::Unsent;
use super::vouched::Vouched;

/// What is known of a backup that may lag.
#[derive(Debug)]
pub(super) struct Lag {
    pub(super) unsent: Arc<Unsent>,
    pub(super) vouched: Vouched,
}

impl Lag {
    pub(super) fn new(max_lag: Duration) -> Self {
        Self { unsent: Arc::new(Unsent::new(max_lag)), vouched: Vouched::default() }
    }
}
