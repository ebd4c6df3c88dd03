use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use session_layer::backend::Backend;
use session_layer::conformance::Subject;
use test_servers::PATIENCE;

use crate::engine::{CAUSAL, Sessions, database, run, sessions, shared, try_run};

/// Sessions that grow old when they are told to.
pub(crate) struct Aged {
    url: String,
    sessions: Sessions,
    ages: AtomicU32,
}

impl Aged {
    pub(crate) async fn start() -> Self {
        Self::at(database(shared().await).await).await
    }

    /// Sessions at a URL, as a user who may do all.
    pub(crate) async fn at(url: String) -> Self {
        let sessions = sessions(&url).await;
        run(&url, "CREATE TABLE ages (number INT PRIMARY KEY)").await;
        Self { url, sessions, ages: AtomicU32::new(0) }
    }
}

#[async_trait]
impl Subject for Aged {
    fn backend(&self) -> &dyn Backend {
        &self.sessions
    }

    /// Once, though the server may be killed meanwhile: what was done before is not done again.
    async fn advance(&self, by: Duration) {
        let (age, millis) = (self.ages.fetch_add(1, Ordering::Relaxed), by.as_millis());
        let grow_old = format!(
            "{CAUSAL} BEGIN; INSERT INTO ages VALUES ({age}); \
             UPDATE sessions SET created = created - {millis}, last_seen = last_seen - {millis}, \
             ends = ends - {millis}, expires = expires - {millis}; COMMIT"
        );
        let start = Instant::now();
        while let Err(error) = try_run(&self.url, &grow_old).await {
            let server = error.as_database_error();
            if server.is_some_and(|error| error.is_unique_violation()) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{error}");
            tokio::task::yield_now().await;
        }
    }
}
