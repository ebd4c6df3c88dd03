//! With stickiness a client stays with its instance.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use anyhow::{Result, ensure};
use stack_tests::{Shipped, Stack};

use crate::visitor::Visitor;

#[tokio::test]
async fn nginx_keeps_the_clients_of_an_address_with_their_instance() -> Result<()> {
    let stack = Stack::behind(Shipped::NginxIpHash).await?;
    let mut used = BTreeSet::new();
    for network in 2..=13 {
        let client = stack.client().from(Ipv4Addr::new(127, 0, network, 1));
        used.insert(stays(&stack, Visitor::new(client)).await?.at);
    }
    assert!(used.len() > 1, "all addresses are with {used:?}");
    Ok(())
}

#[tokio::test]
async fn nginx_keeps_a_client_with_the_instance_in_its_cookie() -> Result<()> {
    check_cookie(Shipped::NginxSticky).await
}

#[tokio::test]
async fn haproxy_keeps_a_client_with_the_instance_in_its_cookie() -> Result<()> {
    check_cookie(Shipped::HaProxySticky).await
}

#[tokio::test]
async fn caddy_keeps_a_client_with_the_instance_in_its_cookie() -> Result<()> {
    check_cookie(Shipped::CaddySticky).await
}

#[tokio::test]
async fn envoy_keeps_a_client_with_the_instance_in_its_cookie() -> Result<()> {
    check_cookie(Shipped::Envoy).await
}

#[tokio::test]
async fn traefik_keeps_a_client_with_the_instance_in_its_cookie() -> Result<()> {
    check_cookie(Shipped::Traefik).await
}

#[tokio::test]
async fn nginx_keeps_a_client_with_the_instance_in_the_cookie_of_the_api() -> Result<()> {
    check_cookie(Shipped::NginxServiceCookie).await
}

#[tokio::test]
async fn haproxy_keeps_a_client_with_the_instance_in_the_cookie_of_the_api() -> Result<()> {
    check_cookie(Shipped::HaProxyServiceCookie).await
}

async fn check_cookie(shipped: Shipped) -> Result<()> {
    let mut stack = Stack::behind(shipped).await?;
    let visitors = visitors_of_all(&stack).await?;
    only_those_of_the_dead_move(&mut stack, visitors).await
}

/// They come until every instance has some, because Caddy draws lots.
async fn visitors_of_all(stack: &Stack) -> Result<Vec<Visitor>> {
    let (mut visitors, mut used) = (Vec::new(), BTreeSet::new());
    while visitors.len() < 9 || used.len() < 3 {
        ensure!(visitors.len() < 60, "all visitors are with {used:?}");
        let visitor = stays(stack, Visitor::new(stack.client())).await?;
        used.insert(visitor.at.clone());
        visitors.push(visitor);
    }
    Ok(visitors)
}

async fn only_those_of_the_dead_move(stack: &mut Stack, visitors: Vec<Visitor>) -> Result<()> {
    let [dead, ..] = &mut stack.instances;
    dead.kill();
    let dead = dead.name().to_owned();
    for visitor in visitors {
        let before = visitor.at.clone();
        let after = stays(stack, visitor).await?.at;
        assert_ne!(after, dead, "nobody is with the dead");
        assert!(before == dead || before == after, "{before} lives, but its client is at {after}");
    }
    Ok(())
}

/// After its first visit it is with the same instance at the next 20.
async fn stays(stack: &Stack, mut visitor: Visitor) -> Result<Visitor> {
    visitor.visit(stack).await?;
    let home = visitor.at.clone();
    for _ in 0..20 {
        visitor.visit(stack).await?;
        assert_eq!(visitor.at, home);
    }
    Ok(visitor)
}
