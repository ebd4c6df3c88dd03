//! Whom the API takes for the caller.

use std::net::Ipv4Addr;

use anyhow::{Result, anyhow};
use http::{HeaderName, HeaderValue, StatusCode};
use stack_tests::{Client, Instance, Shipped, Stack};

#[tokio::test]
async fn behind_nginx_the_api_logs_the_client_whatever_it_claims() -> Result<()> {
    check_behind(Shipped::Nginx).await
}

#[tokio::test]
async fn behind_nginx_by_address_the_api_logs_the_client_whatever_it_claims() -> Result<()> {
    check_behind(Shipped::NginxIpHash).await
}

#[tokio::test]
async fn behind_nginx_by_cookie_the_api_logs_the_client_whatever_it_claims() -> Result<()> {
    check_behind(Shipped::NginxSticky).await
}

#[tokio::test]
async fn behind_haproxy_the_api_logs_the_client_whatever_it_claims() -> Result<()> {
    check_behind(Shipped::HaProxy).await
}

#[tokio::test]
async fn behind_haproxy_by_cookie_the_api_logs_the_client_whatever_it_claims() -> Result<()> {
    check_behind(Shipped::HaProxySticky).await
}

#[tokio::test]
async fn behind_haproxy_with_the_proxy_protocol_the_api_logs_the_client() -> Result<()> {
    check_behind(Shipped::HaProxyTcp).await
}

#[tokio::test]
async fn behind_haproxy_with_the_proxy_protocol_as_a_line_the_api_logs_the_client() -> Result<()> {
    check_behind(Shipped::HaProxyTcpLine).await
}

#[tokio::test]
async fn behind_caddy_the_api_logs_the_client_whatever_it_claims() -> Result<()> {
    check_behind(Shipped::Caddy).await
}

#[tokio::test]
async fn behind_envoy_the_api_logs_the_client_whatever_it_claims() -> Result<()> {
    check_behind(Shipped::Envoy).await
}

#[tokio::test]
async fn behind_traefik_the_api_logs_the_client_whatever_it_claims() -> Result<()> {
    check_behind(Shipped::Traefik).await
}

#[tokio::test]
async fn without_a_balancer_the_api_believes_no_header_of_a_stranger() -> Result<()> {
    let stack = Stack::behind(Shipped::Nginx).await?;
    let [instance, ..] = &stack.instances;
    let client = Client::to(instance.port().address()).from(OUTSIDE);
    let sent = send_all_claims(&stack, client).await?;
    logged_outside_only(instance, sent.len()).await
}

async fn check_behind(shipped: Shipped) -> Result<()> {
    let stack = Stack::behind(shipped).await?;
    let servers = send_all_claims(&stack, stack.client().from(OUTSIDE)).await?;
    for instance in &stack.instances {
        let served = servers.iter().filter(|name| *name == instance.name()).count();
        logged_outside_only(instance, served).await?;
    }
    Ok(())
}

/// Sends a request with each claim, and tells who answered.
async fn send_all_claims(stack: &Stack, mut client: Client) -> Result<Vec<String>> {
    let mut servers = Vec::new();
    for claim in CLAIMS {
        let mut request = stack.requests.me();
        for (name, value) in *claim {
            let name = HeaderName::from_static(name);
            request.headers_mut().append(name, HeaderValue::from_static(value));
        }
        let answer = client.send(request).await.map_err(|failure| anyhow!("{failure:?}"))?;
        assert_eq!(answer.status, StatusCode::OK, "{claim:?}");
        servers.extend(answer.served_by().map(str::to_owned));
    }
    assert_eq!(servers.len(), CLAIMS.len());
    Ok(servers)
}

async fn logged_outside_only(instance: &Instance, requests: usize) -> Result<()> {
    let lines = instance.logged("/me", requests).await?;
    assert_eq!(lines.len(), requests, "{lines:?}");
    for line in lines {
        assert_eq!(line.client, OUTSIDE.to_string());
    }
    Ok(())
}

/// Neither the balancer's address nor that of the forged headers.
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 5, 1);

/// What a client may say of itself.
const CLAIMS: &[&[(&str, &str)]] = &[
    &[],
    &[("x-forwarded-for", "6.6.6.6")],
    &[("forwarded", "for=6.6.6.6")],
    &[("x-forwarded-for", "6.6.6.6, 127.0.0.1")],
    &[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "127.0.0.1")],
    &[("forwarded", "for=6.6.6.6, for=127.0.0.1")],
    &[("x-forwarded-for", "6.6.6.6"), ("forwarded", "for=6.6.6.6")],
    &[("x-real-ip", "6.6.6.6")],
    &[("x-forwarded-for", "not an address")],
];
