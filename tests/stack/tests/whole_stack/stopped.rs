//! An instance is stopped in mid-load (SIGTERM).

use anyhow::Result;
use stack_tests::{Shipped, Stack};

use crate::victim::served_by;

#[tokio::test]
async fn behind_nginx_no_request_fails_when_an_instance_is_stopped() -> Result<()> {
    check(Shipped::Nginx).await
}

#[tokio::test]
async fn behind_nginx_by_address_no_request_fails_when_an_instance_is_stopped() -> Result<()> {
    check(Shipped::NginxIpHash).await
}

#[tokio::test]
async fn behind_nginx_by_cookie_no_request_fails_when_an_instance_is_stopped() -> Result<()> {
    check(Shipped::NginxSticky).await
}

#[tokio::test]
async fn behind_haproxy_no_request_fails_when_an_instance_is_stopped() -> Result<()> {
    check(Shipped::HaProxy).await
}

#[tokio::test]
async fn behind_haproxy_by_cookie_no_request_fails_when_an_instance_is_stopped() -> Result<()> {
    check(Shipped::HaProxySticky).await
}

#[tokio::test]
async fn behind_caddy_no_request_fails_when_an_instance_is_stopped() -> Result<()> {
    check(Shipped::Caddy).await
}

#[tokio::test]
async fn behind_envoy_no_request_fails_when_an_instance_is_stopped() -> Result<()> {
    check(Shipped::Envoy).await
}

#[tokio::test]
async fn behind_traefik_no_request_fails_when_an_instance_is_stopped() -> Result<()> {
    check(Shipped::Traefik).await
}

async fn check(shipped: Shipped) -> Result<()> {
    let mut stack = Stack::behind(shipped).await?;
    let victim = served_by(&stack).await?;
    let load = stack.load(|requests, number| requests.mixed(number));
    load.more(500).await?;
    let status = stack.instance(&victim)?.stop().await?;
    assert!(status.success(), "it ended with {status}");
    load.more(500).await?;
    let report = load.finish(2_000).await?;
    assert!(report.total() >= 2_000);
    assert!(report.by_instance().contains_key(victim.as_str()), "it had no traffic");
    let failures = report.failures();
    assert!(failures.is_empty(), "of {} requests failed {failures:?}", report.total());
    Ok(())
}
