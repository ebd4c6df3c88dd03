use std::time::Duration;

use async_trait::async_trait;
use session_layer::backend::Backend;
use session_layer::conformance::Subject;

use crate::engine::{Sessions, database, run, sessions, shared};

/// Sessions that grow old when they are told to.
pub(crate) struct Aged {
    url: String,
    sessions: Sessions,
}

impl Aged {
    pub(crate) async fn start() -> Self {
        let url = database(shared().await).await;
        let sessions = sessions(&url).await;
        Self { url, sessions }
    }
}

#[async_trait]
impl Subject for Aged {
    fn backend(&self) -> &dyn Backend {
        &self.sessions
    }

    async fn advance(&self, by: Duration) {
        let millis = by.as_millis();
        let times = format!(
            "created = created - {millis}, last_seen = last_seen - {millis}, \
             ends = ends - {millis}, expires = expires - {millis}"
        );
        run(&self.url, &format!("UPDATE sessions SET {times}")).await;
    }
}
