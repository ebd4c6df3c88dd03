//! Without stickiness every instance has its share.

use anyhow::Result;
use stack_tests::{Shipped, Stack};

#[tokio::test]
async fn nginx_spreads_requests_over_all_instances() -> Result<()> {
    check(Shipped::Nginx).await
}

#[tokio::test]
async fn haproxy_spreads_requests_over_all_instances() -> Result<()> {
    check(Shipped::HaProxy).await
}

#[tokio::test]
async fn caddy_spreads_requests_over_all_instances() -> Result<()> {
    check(Shipped::Caddy).await
}

#[tokio::test]
async fn envoy_spreads_requests_over_all_instances() -> Result<()> {
    check(Shipped::Envoy).await
}

#[tokio::test]
async fn traefik_spreads_requests_over_all_instances() -> Result<()> {
    check(Shipped::Traefik).await
}

async fn check(shipped: Shipped) -> Result<()> {
    let stack = Stack::behind(shipped).await?;
    let report = stack.load(|requests, number| requests.mixed(number)).finish(300).await?;
    assert!(report.failures().is_empty(), "{:?}", report.failures());
    let shares = report.by_instance();
    for name in ["api-1", "api-2", "api-3"] {
        let share = shares.get(name).copied().unwrap_or_default();
        assert!(share > report.total() / 5, "{name} has too small a share of {shares:?}");
    }
    assert_eq!(shares.get("api-4"), None, "the backup has a share of {shares:?}");
    Ok(())
}
