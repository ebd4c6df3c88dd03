use std::thread;
use std::time::{Duration, Instant};

use super::fault::Fault;

/// How long to leave a connection alone that has what is needed. Between backends of this crate it
/// is rare: they take turns before they write, and nobody who writes keeps readers waiting.
const PAUSE: Duration = Duration::from_millis(1);

/// Tries until nobody else has what is needed, or the time is over.
pub(super) fn patiently<T>(
    until: Instant,
    mut attempt: impl FnMut() -> Result<T, Fault>,
) -> Result<T, Fault> {
    loop {
        match attempt() {
            Err(fault) if fault.is_busy() && Instant::now() < until => thread::sleep(PAUSE),
            result => return result,
        }
    }
}
