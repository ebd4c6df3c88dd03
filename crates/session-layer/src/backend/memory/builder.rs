use auth_core::{Clock, SharedClock};

use super::MemoryBackend;
use super::store::Store;
use crate::{ConfigError, ConfigErrorKind};

/// Configures a [`MemoryBackend`], from [`MemoryBackend::builder`].
#[derive(Clone, Debug)]
pub struct MemoryBuilder {
    capacity: usize,
    clock: SharedClock,
}

/// Room for about a million sessions.
const CAPACITY: usize = 1 << 20;

impl Default for MemoryBuilder {
    fn default() -> Self {
        Self { capacity: CAPACITY, clock: SharedClock::default() }
    }
}

impl MemoryBuilder {
    /// How many keys it holds at most, 1,048,576 by default: one for every live session, and one
    /// for every session that was ended or rotated within the last two minutes or is in its grace.
    /// A layer that keeps old ids for longer (`keep_old_ids`) needs room for those, too.
    ///
    /// Choose it by the memory that may be used. Beside its content, an anonymous session takes 260
    /// to 400 bytes and a user's only one 390 to 570, depending on when the tables last grew; the
    /// default is for 600 MB and the content.
    pub fn capacity(mut self, keys: usize) -> Self {
        self.capacity = keys;
        self
    }

    /// What tells the time, the system's clock by default. For tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = SharedClock::new(clock);
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for a capacity of nothing.
    pub fn build(self) -> Result<MemoryBackend, ConfigError> {
        if self.capacity == 0 {
            let message = "no session fits into a capacity of 0: give more, or leave it out";
            return Err(ConfigError::new(ConfigErrorKind::NoCapacity, message));
        }
        Ok(MemoryBackend { store: Store::new(self.capacity, self.clock) })
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new(CAPACITY, SharedClock::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capacity_of_nothing_is_refused() {
        let refused = MemoryBackend::builder().capacity(0).build().unwrap_err();
        assert_eq!(refused.kind(), ConfigErrorKind::NoCapacity);
    }
}
