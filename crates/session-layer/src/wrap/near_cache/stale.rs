use super::memory::Memory;
use crate::backend::SessionKey;

/// Sessions that the store is about to change. They are forgotten before that, and after it once
/// more, even where nobody waits for the outcome any longer.
pub(super) struct Stale<'a> {
    memory: &'a Memory,
    keys: Vec<SessionKey>,
}

impl<'a> Stale<'a> {
    pub(super) fn of(memory: &'a Memory, key: &SessionKey) -> Self {
        let mut stale = Self { memory, keys: Vec::with_capacity(2) };
        stale.and(key);
        stale
    }

    /// This one too.
    pub(super) fn and(&mut self, key: &SessionKey) {
        self.memory.forget(key);
        self.keys.push(*key);
    }
}

impl Drop for Stale<'_> {
    fn drop(&mut self) {
        for key in &self.keys {
            self.memory.forget(key);
        }
    }
}
