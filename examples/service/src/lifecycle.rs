use tokio::sync::watch;

/// How far the service has come, from start to end. Phases only ever move on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not ready yet.
    Starting,
    /// Ready.
    Serving,
    /// No longer ready, and serving still, until balancers have noticed.
    Draining,
    /// No new connections are let in.
    Closing,
    /// The last connection that had come before is let in.
    Closed,
}

/// The phase that the service is in. Clones share it.
#[derive(Clone, Debug)]
pub struct Lifecycle(watch::Sender<Phase>);

impl Lifecycle {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Phase::Starting))
    }

    /// The phase of the moment.
    pub fn phase(&self) -> Phase {
        *self.0.borrow()
    }

    /// Moves on to a phase; nothing happens if it is past.
    pub fn enter(&self, phase: Phase) {
        self.0.send_if_modified(|current| {
            let moves = *current < phase;
            *current = phase.max(*current);
            moves
        });
    }

    /// Waits until the phase has come, or is past.
    pub async fn reached(&self, phase: Phase) {
        // An error would say that no sender is left; `self` is one.
        self.0.subscribe().wait_for(|current| *current >= phase).await.ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_never_comes_back() {
        let lifecycle = Lifecycle::new();
        lifecycle.enter(Phase::Draining);
        lifecycle.enter(Phase::Serving);
        assert_eq!(lifecycle.phase(), Phase::Draining);
    }

    #[tokio::test]
    async fn a_past_phase_is_reached() {
        let lifecycle = Lifecycle::new();
        lifecycle.enter(Phase::Closed);
        lifecycle.reached(Phase::Serving).await;
    }
}
