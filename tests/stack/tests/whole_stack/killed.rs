//! An instance dies in mid-load (SIGKILL), and comes back.

use anyhow::Result;
use stack_tests::{Load, Report, Shipped, Stack, until};

use crate::victim::served_by;

#[tokio::test]
async fn behind_nginx_no_safe_request_fails_when_an_instance_is_killed() -> Result<()> {
    check(Shipped::Nginx).await
}

#[tokio::test]
async fn behind_nginx_by_address_no_safe_request_fails_when_an_instance_is_killed() -> Result<()> {
    check(Shipped::NginxIpHash).await
}

#[tokio::test]
async fn behind_nginx_by_cookie_no_safe_request_fails_when_an_instance_is_killed() -> Result<()> {
    check(Shipped::NginxSticky).await
}

#[tokio::test]
async fn behind_haproxy_no_safe_request_fails_when_an_instance_is_killed() -> Result<()> {
    check(Shipped::HaProxy).await
}

#[tokio::test]
async fn behind_haproxy_by_cookie_no_safe_request_fails_when_an_instance_is_killed() -> Result<()> {
    check(Shipped::HaProxySticky).await
}

#[tokio::test]
async fn behind_caddy_no_safe_request_fails_when_an_instance_is_killed() -> Result<()> {
    check(Shipped::Caddy).await
}

#[tokio::test]
async fn behind_envoy_no_safe_request_fails_when_an_instance_is_killed() -> Result<()> {
    check(Shipped::Envoy).await
}

#[tokio::test]
async fn behind_traefik_no_safe_request_fails_when_an_instance_is_killed() -> Result<()> {
    check(Shipped::Traefik).await
}

async fn check(shipped: Shipped) -> Result<()> {
    let mut stack = Stack::behind(shipped).await?;
    let victim = served_by(&stack).await?;
    let load = stack.load(|requests, number| requests.mixed(number));
    load.more(700).await?;
    stack.instance(&victim)?.kill();
    load.more(700).await?;
    stack.instance(&victim)?.start_again()?;
    stack.instance(&victim)?.is_ready().await?;
    takes_traffic(&stack, &victim).await?;
    let report = load.finish(2_000).await?;
    assert!(report.total() >= 2_000);
    let failures = report.failures_of_safe_methods();
    assert!(failures.is_empty(), "of {} requests failed {failures:?}", report.total());
    at_most_those_in_flight_failed(&report);
    Ok(())
}

async fn takes_traffic(stack: &Stack, name: &str) -> Result<()> {
    until(&format!("{name} took traffic again"), async || {
        let answer = stack.client().send(stack.requests.me()).await.ok()?;
        (answer.served_by() == Some(name)).then_some(())
    })
    .await
}

/// A POST that the dead instance had in hand may be lost: it may have run, so nobody repeats it.
fn at_most_those_in_flight_failed(report: &Report) {
    let failed = report.failures().len();
    assert!(failed <= Load::CONNECTIONS, "{failed} POSTs failed");
}
