//! What one instance issues is good on all.

use anyhow::Result;
use http::StatusCode;
use stack_tests::{Client, Instance, Requests, Shipped, Stack};

#[tokio::test]
async fn behind_nginx_a_token_of_one_instance_is_good_on_all() -> Result<()> {
    check(Shipped::Nginx).await
}

#[tokio::test]
async fn behind_haproxy_a_token_of_one_instance_is_good_on_all() -> Result<()> {
    check(Shipped::HaProxy).await
}

#[tokio::test]
async fn behind_caddy_a_token_of_one_instance_is_good_on_all() -> Result<()> {
    check(Shipped::Caddy).await
}

#[tokio::test]
async fn behind_envoy_a_token_of_one_instance_is_good_on_all() -> Result<()> {
    check(Shipped::Envoy).await
}

#[tokio::test]
async fn behind_traefik_a_token_of_one_instance_is_good_on_all() -> Result<()> {
    check(Shipped::Traefik).await
}

async fn check(shipped: Shipped) -> Result<()> {
    let stack = Stack::behind(shipped).await?;
    let [first, second, third] = &stack.instances;
    let tokens = [first.token().await?, second.token().await?, third.token().await?];
    for token in tokens.into_iter().chain([stack.client().log_in().await?]) {
        let requests = Requests::with_token(&token)?;
        for other in &stack.instances {
            accepts(other, &requests).await;
        }
        let answer = stack.client().send(requests.me()).await;
        assert_eq!(answer.map(|answer| answer.status), Ok(StatusCode::OK), "through the balancer");
    }
    refused_without_token(&stack).await;
    Ok(())
}

async fn accepts(instance: &Instance, requests: &Requests) {
    for request in [requests.me(), requests.order()] {
        let answer = Client::to(instance.port().address()).send(request).await;
        assert_eq!(answer.map(|answer| answer.status), Ok(StatusCode::OK), "{}", instance.name());
    }
}

async fn refused_without_token(stack: &Stack) {
    let answer = stack.client().get("/me").await;
    assert_eq!(answer.map(|answer| answer.status), Ok(StatusCode::UNAUTHORIZED));
}
