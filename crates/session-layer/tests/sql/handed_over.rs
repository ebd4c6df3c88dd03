//! A renewed session goes on as it was when it was renewed, and not as it was a moment before.

use std::sync::Arc;
use std::time::Duration;

use session_layer::backend::{Backend, Payload, Rotated, Rotation, RotationKind, TOMBSTONE_LIFE};
use test_servers::until;

use super::samples::{create, found, key};
use crate::engine::{Held, Server, database, sessions, waiting};

#[tokio::test]
async fn a_renewal_goes_on_as_what_was_restored_in_its_place_meanwhile() {
    let server = Server::start().await.unwrap();
    let url = database(&server).await;
    let sessions = Arc::new(sessions(&url).await);
    create(&*sessions, "first").await;
    let before = found(&*sessions, "first").await.record;
    // One of the same version, that began earlier.
    let restoring = Held::by(&url, "UPDATE sessions SET created = created - 5000").await;
    let kind = RotationKind::Renew {
        payload: Payload::from_bytes("renewed"),
        lifetime: None,
        grace: Duration::from_secs(10),
        kept: TOMBSTONE_LIFE,
    };
    let rotation = Rotation { version: 1, to: key("second"), kind };
    let renewal = tokio::spawn({
        let sessions = Arc::clone(&sessions);
        async move { sessions.rotate(&key("first"), &rotation).await }
    });
    until("it waits", async || (waiting(&url).await > 0).then_some(())).await.unwrap();
    restoring.let_go().await;
    let rotated = renewal.await.unwrap().unwrap();
    assert_eq!(rotated, Rotated::Done { ended: Vec::new() });
    let after = found(&*sessions, "second").await.record;
    assert_eq!(after.created, before.created - Duration::from_secs(5));
}
