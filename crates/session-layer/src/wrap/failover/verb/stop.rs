use super::super::Mode;
use super::super::pair::Pair;
use crate::backend::BackendError;

/// Why a verb came to no end.
#[derive(Debug)]
pub(in super::super) enum Stop {
    Failed(BackendError),
    /// The store that led is gone, and the other one leads: the verb may begin anew.
    LeadLost,
}

/// The lead's answer, or what it means that there is none.
pub(super) async fn led<T>(
    pair: &Pair,
    mode: Mode,
    answer: Result<T, BackendError>,
) -> Result<T, Stop> {
    let error = match answer {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    pair.judge(mode.lead).await;
    match pair.known_mode() {
        Some(now) if now.lead != mode.lead => Err(Stop::LeadLost),
        _ => Err(Stop::Failed(error)),
    }
}

impl From<BackendError> for Stop {
    fn from(error: BackendError) -> Self {
        Self::Failed(error)
    }
}

/// What a verb came to, unless it has to begin anew.
pub(in super::super) fn outcome<T>(done: Result<T, Stop>) -> Option<Result<T, BackendError>> {
    match done {
        Ok(done) => Some(Ok(done)),
        Err(Stop::Failed(error)) => Some(Err(error)),
        Err(Stop::LeadLost) => None,
    }
}
