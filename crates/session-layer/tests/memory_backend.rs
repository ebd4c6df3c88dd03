//! `MemoryBackend` keeps the promises of a backend.

#![expect(clippy::expect_used, reason = "a test")]

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::{ManualClock, SharedClock};
use session_layer::backend::{Backend, MemoryBackend};
use session_layer::conformance::{Subject, conformance_tests};

struct Memory {
    backend: MemoryBackend,
    clock: ManualClock,
}

impl Memory {
    async fn new() -> Self {
        let clock = ManualClock::new(SystemTime::now());
        let shared = SharedClock::new(clock.clone());
        let backend = MemoryBackend::builder().clock(shared).build();
        Self { backend: backend.expect("the defaults are good"), clock }
    }
}

#[async_trait]
impl Subject for Memory {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

conformance_tests!(Memory::new());
