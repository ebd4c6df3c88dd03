//! The backup instance works only when all others are dead.

use anyhow::Result;
use stack_tests::{Instance, Shipped, Stack, until};

use crate::visitor::Visitor;

#[tokio::test]
async fn behind_nginx_the_backup_works_only_when_all_others_are_dead() -> Result<()> {
    check(Shipped::Nginx).await
}

#[tokio::test]
async fn behind_nginx_by_address_the_backup_works_only_when_all_others_are_dead() -> Result<()> {
    check(Shipped::NginxIpHash).await
}

#[tokio::test]
async fn behind_nginx_by_cookie_the_backup_works_only_when_all_others_are_dead() -> Result<()> {
    check(Shipped::NginxSticky).await
}

#[tokio::test]
async fn behind_haproxy_the_backup_works_only_when_all_others_are_dead() -> Result<()> {
    check(Shipped::HaProxy).await
}

#[tokio::test]
async fn behind_haproxy_by_cookie_the_backup_works_only_when_all_others_are_dead() -> Result<()> {
    check(Shipped::HaProxySticky).await
}

#[tokio::test]
async fn behind_caddy_the_backup_works_only_when_all_others_are_dead() -> Result<()> {
    check(Shipped::Caddy).await
}

#[tokio::test]
async fn behind_envoy_the_backup_works_only_when_all_others_are_dead() -> Result<()> {
    check(Shipped::Envoy).await
}

#[tokio::test]
async fn behind_traefik_the_backup_works_only_when_all_others_are_dead() -> Result<()> {
    check(Shipped::Traefik).await
}

async fn check(shipped: Shipped) -> Result<()> {
    let mut stack = Stack::behind(shipped).await?;
    stack.instance("api-1")?.kill();
    stack.instance("api-2")?.kill();
    the_survivor_has_all(&stack).await?;
    stack.instances.iter_mut().for_each(Instance::kill);
    let mut visitor = Visitor::new(stack.client());
    is_at(&mut visitor, &stack, "api-4").await?;
    stack.instance("api-1")?.start_again()?;
    is_at(&mut visitor, &stack, "api-1").await
}

/// Before the balancer knows that the others are dead, and afterwards.
async fn the_survivor_has_all(stack: &Stack) -> Result<()> {
    let report = stack.load(|requests, _| requests.me()).finish(5_000).await?;
    assert!(report.failures().is_empty(), "{:?}", report.failures());
    let [.., survivor] = &stack.instances;
    assert_eq!(report.by_instance().into_keys().collect::<Vec<_>>(), [survivor.name()]);
    Ok(())
}

async fn is_at(visitor: &mut Visitor, stack: &Stack, name: &str) -> Result<()> {
    until(&format!("{name} answered"), async || {
        visitor.visit(stack).await.is_ok_and(|()| visitor.at == name).then_some(())
    })
    .await
}
