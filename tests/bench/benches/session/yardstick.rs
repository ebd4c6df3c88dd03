use std::pin::Pin;
use std::time::{Duration, Instant};

/// What a call costs without a layer, and without anything else that is not needed for it.
pub(crate) struct Yardstick {
    pub(crate) name: &'static str,
    pub(crate) measures: Measures,
    call: Box<dyn Fn() -> Call + Send + Sync>,
}

/// What it is the least of.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Measures {
    Reads,
    Changes,
}

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// About as many bytes as a backend keeps of the session that is measured.
pub(crate) const STORED: usize = 420;

impl Yardstick {
    pub(crate) fn new<F: Future<Output = ()> + Send + 'static>(
        name: &'static str,
        measures: Measures,
        call: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self {
        Self { name, measures, call: Box::new(move || Box::pin(call())) }
    }

    /// The time of a call.
    pub(crate) async fn lap(&self, calls: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..calls {
            (self.call)().await;
        }
        start.elapsed() / calls
    }
}
