use session_layer::backend::Backend;

use crate::cluster::Shared;
use crate::fixture::Fixture;

#[tokio::test]
async fn its_clock_is_compared_with_ours() {
    let fixture = Fixture::start().await;
    check(&fixture.backend).await;
}

#[tokio::test]
async fn the_clocks_of_a_cluster_are_compared_with_ours() {
    check(&Shared::start().await.backend).await;
}

async fn check(backend: &impl Backend) {
    let health = backend.health().await;
    let [store] = health.stores.as_slice() else { panic!("one store: {health:?}") };
    assert_eq!(store.clock_skew_ms, Some(0), "it is the same clock");
}
