use std::time::{Duration, Instant};

use session_layer::backend::{Backend, BackendErrorKind};

use super::samples::{change, check, create, draft, found, key};
use crate::engine::{Server, builder, database, sessions};

const DEADLINE: Duration = Duration::from_millis(300);

/// For a machine that is busy.
const SLACK: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_server_that_hangs_is_a_timeout_within_the_deadline() {
    let server = Server::start().await.unwrap();
    let url = database(&server).await;
    create(&sessions(&url).await, "a").await;
    let sessions = builder(&url).deadline(DEADLINE).pool_size(2).build().unwrap();
    found(&sessions, "a").await;
    server.freeze().await.unwrap();
    // More than there are connections: those that hang, new ones, and none to be had.
    for _ in 0..2 {
        let (start, a, b, draft) = (Instant::now(), key("a"), key("b"), draft(""));
        let (load, create, touch) =
            tokio::join!(sessions.load(&a), sessions.create(&b, &draft), sessions.touch(&a),);
        check(load, BackendErrorKind::Timeout);
        check(create, BackendErrorKind::Timeout);
        check(touch, BackendErrorKind::Timeout);
        assert!(start.elapsed() < DEADLINE + SLACK, "it took {:?}", start.elapsed());
    }
    server.thaw().unwrap();
}

#[tokio::test]
async fn a_pool_is_as_good_as_before_when_the_server_goes_on() {
    let server = Server::start().await.unwrap();
    let url = database(&server).await;
    let patient = sessions(&url).await;
    create(&patient, "a").await;
    let sessions = builder(&url).deadline(DEADLINE).pool_size(1).build().unwrap();
    found(&sessions, "a").await;
    server.freeze().await.unwrap();
    check(sessions.update(&key("a"), &change(1, b"")).await, BackendErrorKind::Timeout);
    server.thaw().unwrap();
    // The change was sent, and may be made or not.
    assert!([1, 2].contains(&found(&patient, "a").await.record.version));
    test_servers::until("it serves again", async || sessions.load(&key("a")).await.ok())
        .await
        .unwrap();
}
