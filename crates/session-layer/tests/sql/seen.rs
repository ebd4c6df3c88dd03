use std::time::{Duration, SystemTime};

use session_layer::backend::{Backend, Payload, Rotation, RotationKind};

use super::samples::{change, create, found, key};
use crate::engine::{Sessions, database, rows, run, sessions, shared};

/// A session that somebody has seen a little later than now: a call that waited for its row is as
/// late.
struct SeenLater {
    url: String,
    sessions: Sessions,
    later: SystemTime,
}

impl SeenLater {
    async fn start() -> Self {
        let url = database(shared().await).await;
        let sessions = sessions(&url).await;
        create(&sessions, "a").await;
        run(&url, "UPDATE sessions SET last_seen = last_seen + 60000").await;
        let later = found(&sessions, "a").await.record.last_seen;
        Self { url, sessions, later }
    }

    /// Says that the session was seen no earlier, and lives for its idle time from then on.
    async fn check(&self, name: &str) {
        assert_eq!(found(&self.sessions, name).await.record.last_seen, self.later);
        let living = "SELECT id FROM sessions WHERE state = 0 AND expires = last_seen + 600000";
        assert_eq!(rows(&self.url, living).await, 1);
    }
}

#[tokio::test]
async fn a_touch_that_waited_leaves_when_a_session_was_seen() {
    let seen = SeenLater::start().await;
    assert!(seen.sessions.touch(&key("a")).await.unwrap());
    seen.check("a").await;
}

#[tokio::test]
async fn an_update_that_waited_leaves_when_a_session_was_seen() {
    let seen = SeenLater::start().await;
    seen.sessions.update(&key("a"), &change(1, b"changed")).await.unwrap();
    seen.check("a").await;
}

#[tokio::test]
async fn a_renewal_that_waited_leaves_when_a_session_was_seen() {
    let seen = SeenLater::start().await;
    let payload = Payload::from_bytes(b"renewed".to_vec());
    let kind = RotationKind::Renew {
        payload,
        lifetime: None,
        grace: Duration::ZERO,
        kept: Duration::ZERO,
    };
    let renewal = Rotation { version: 1, to: key("b"), kind };
    seen.sessions.rotate(&key("a"), &renewal).await.unwrap();
    seen.check("b").await;
}
