//! The backup instance works only when all others are dead.

use anyhow::Result;
use http::StatusCode;
use stack_tests::{Instance, Shipped, Stack, until};

#[tokio::test]
async fn behind_nginx_the_backup_takes_over_when_all_others_are_dead() -> Result<()> {
    check(Shipped::Nginx).await
}

#[tokio::test]
async fn behind_nginx_by_address_the_backup_takes_over_when_all_others_are_dead() -> Result<()> {
    check(Shipped::NginxIpHash).await
}

#[tokio::test]
async fn behind_nginx_by_cookie_the_backup_takes_over_when_all_others_are_dead() -> Result<()> {
    check(Shipped::NginxSticky).await
}

#[tokio::test]
async fn behind_haproxy_the_backup_takes_over_when_all_others_are_dead() -> Result<()> {
    check(Shipped::HaProxy).await
}

#[tokio::test]
async fn behind_haproxy_by_cookie_the_backup_takes_over_when_all_others_are_dead() -> Result<()> {
    check(Shipped::HaProxySticky).await
}

async fn check(shipped: Shipped) -> Result<()> {
    let mut stack = Stack::behind(shipped).await?;
    stack.instances.iter_mut().for_each(Instance::kill);
    until("the backup answered", async || served_by_backup(&stack).await.then_some(())).await
}

async fn served_by_backup(stack: &Stack) -> bool {
    let answer = stack.client().send(stack.requests.me()).await;
    answer.is_ok_and(|answer| {
        answer.status == StatusCode::OK && answer.served_by() == Some(stack.backup.name())
    })
}
