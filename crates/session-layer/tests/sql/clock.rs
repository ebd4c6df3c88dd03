use session_layer::backend::Backend;

use crate::engine::{database, sessions, shared};

#[tokio::test]
async fn its_clock_is_compared_with_ours() {
    let sessions = sessions(&database(shared().await).await).await;
    assert_eq!(sessions.health().await.stores[0].clock_skew_ms, Some(0), "it is the same clock");
}
