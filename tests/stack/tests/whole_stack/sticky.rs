//! With stickiness a client stays with its instance.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use anyhow::{Context, Result, anyhow};
use http::{HeaderValue, StatusCode, header};
use stack_tests::{Answer, Client, Shipped, Stack};

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
async fn nginx_keeps_a_client_with_the_instance_in_the_cookie_of_the_api() -> Result<()> {
    check_cookie(Shipped::NginxServiceCookie).await
}

#[tokio::test]
async fn haproxy_keeps_a_client_with_the_instance_in_the_cookie_of_the_api() -> Result<()> {
    check_cookie(Shipped::HaProxyServiceCookie).await
}

async fn check_cookie(shipped: Shipped) -> Result<()> {
    let mut stack = Stack::behind(shipped).await?;
    let mut visitors = Vec::new();
    for _ in 0..9 {
        visitors.push(stays(&stack, Visitor::new(stack.client())).await?);
    }
    let used: BTreeSet<_> = visitors.iter().map(|visitor| visitor.at.clone()).collect();
    assert_eq!(used.len(), 3, "all visitors are with {used:?}");
    only_those_of_the_dead_move(&mut stack, visitors).await
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

/// A client that keeps its cookie.
struct Visitor {
    client: Client,
    cookie: Option<HeaderValue>,
    at: String,
}

impl Visitor {
    fn new(client: Client) -> Self {
        Self { client, cookie: None, at: String::new() }
    }

    async fn visit(&mut self, stack: &Stack) -> Result<()> {
        let mut request = stack.requests.me();
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.clone());
        }
        let answer = self.client.send(request).await.map_err(|failure| anyhow!("{failure:?}"))?;
        assert_eq!(answer.status, StatusCode::OK);
        self.take_cookie(&answer)?;
        self.at = answer.served_by().context("nobody says to have served it")?.to_owned();
        Ok(())
    }

    fn take_cookie(&mut self, answer: &Answer) -> Result<()> {
        if let Some(cookie) = answer.cookie("srv_id") {
            self.cookie = Some(cookie.try_into()?);
        }
        Ok(())
    }
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
