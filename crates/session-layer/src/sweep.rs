use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;
use tokio::time::sleep;

use crate::backend::{Backend, BackendError, Swept};
use crate::observe::Calls;

/// Removes what has expired from a backend, for ever: in bounded batches, about every so often,
/// and not in step with other instances. A fault is logged, and tried again the next time.
///
/// Nothing depends on it but the space, and the figures of sessions that expire: those are not found
/// either way. Redis and the memory backend need it little, SQL backends do. A minute is good, and
/// more than five is too much for the figures, for what is not swept for ten may be told by nobody.
///
/// ```no_run
/// # async fn main_of(backend: std::sync::Arc<dyn session_layer::backend::Backend>) {
/// use std::time::Duration;
///
/// tokio::spawn(session_layer::keep_swept(backend, Duration::from_secs(60)));
/// # }
/// ```
pub async fn keep_swept(backend: Arc<dyn Backend>, every: Duration) {
    loop {
        sleep(jittered(every)).await;
        sweep(&*backend).await;
    }
}

async fn sweep(backend: &dyn Backend) {
    loop {
        match swept(backend).await {
            Ok(swept) if swept.removed >= BATCH => tokio::task::yield_now().await,
            Ok(_) => return,
            Err(error) => {
                let cause = std::error::Error::source(&error).map(tracing::field::display);
                tracing::warn!(kind = error.kind().as_str(), cause, "sweeping failed: {error}");
                return;
            }
        }
    }
}

async fn swept(backend: &dyn Backend) -> Result<Swept, BackendError> {
    let swept = Calls::of(backend.name()).call("sweep", backend.sweep(BATCH)).await?;
    #[cfg(feature = "metrics")]
    crate::metrics::swept(&swept);
    Ok(swept)
}

/// Between a half and one and a half of it.
fn jittered(every: Duration) -> Duration {
    let mut bytes = [0; 2];
    let share = rand::fill(&mut bytes).map_or(0, |()| u16::from_ne_bytes(bytes));
    every.mul_f64(0.5 + f64::from(share) / f64::from(u16::MAX))
}

const BATCH: u32 = 1_000;
