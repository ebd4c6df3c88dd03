//! The carts of the shop when the instance that made them dies in mid-load (SIGKILL).

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use stack_tests::{Client, Load, Report, Shipped, Shoppers, Stack};
use tempfile::NamedTempFile;
use test_servers::{MariaDb, Postgres, Redis};

const SHOPPERS: usize = 8;

#[tokio::test]
async fn behind_nginx_carts_in_a_file_survive_the_instance_that_made_them() -> Result<()> {
    check(Shipped::Nginx, file).await
}

#[tokio::test]
async fn behind_haproxy_carts_in_a_file_survive_the_instance_that_made_them() -> Result<()> {
    check(Shipped::HaProxy, file).await
}

/// A SQLite file that all instances share.
fn file(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("shop.db").display())
}

#[tokio::test]
async fn behind_nginx_carts_in_redis_survive_the_instance_that_made_them() -> Result<()> {
    let redis = Redis::start().await?;
    check(Shipped::Nginx, |_| redis.url()).await
}

#[tokio::test]
async fn behind_haproxy_carts_in_redis_survive_the_instance_that_made_them() -> Result<()> {
    let redis = Redis::start().await?;
    check(Shipped::HaProxy, |_| redis.url()).await
}

#[tokio::test]
async fn behind_nginx_carts_in_mariadb_survive_the_instance_that_made_them() -> Result<()> {
    let mut statements = NamedTempFile::new()?;
    writeln!(statements, "CREATE DATABASE shop;")?;
    let option = format!("--init-file={}", statements.path().display());
    let mariadb = MariaDb::start_with(&[&option]).await?;
    check(Shipped::Nginx, |_| mariadb.url("shop")).await
}

#[tokio::test]
async fn behind_haproxy_carts_in_postgres_survive_the_instance_that_made_them() -> Result<()> {
    let postgres = Postgres::start().await?;
    check(Shipped::HaProxy, |_| postgres.url("postgres")).await
}

async fn check(shipped: Shipped, store: impl FnOnce(&Path) -> String) -> Result<()> {
    let mut stack = Stack::of_shops(shipped, store, SHOPPERS).await?;
    let shoppers = stack.requests.clone();
    let load = Load::start(stack.balancer.front().address(), move |number| shoppers.add(number));
    load.more(300).await?;
    let [victim, ..] = &mut stack.instances;
    victim.kill();
    load.more(300).await?;
    victim.start_again()?;
    victim.is_ready().await?;
    let report = load.finish(900).await?;
    assert!(report.by_instance().contains_key("api-1"), "the victim had no traffic");
    at_most_those_in_flight_failed(&report);
    for instance in &stack.instances {
        let mut client = Client::to(instance.port().address());
        nothing_is_lost(&stack.requests, &mut client, &report)
            .await
            .with_context(|| instance.name().to_owned())?;
    }
    nothing_is_lost(&stack.requests, &mut stack.client(), &report).await
}

/// All that was acknowledged is there, and nothing that nobody ordered.
async fn nothing_is_lost(shoppers: &Shoppers, client: &mut Client, report: &Report) -> Result<()> {
    for shopper in 0..shoppers.count() {
        let of_shopper = || report.0.iter().filter(|record| record.number % SHOPPERS == shopper);
        let sent = of_shopper().count();
        let failed = of_shopper().filter(|record| record.failed()).count();
        let (least, most) = (u64::try_from(sent - failed)?, u64::try_from(sent)?);
        let tea = shoppers.tea(shopper, client).await?;
        ensure!((least..=most).contains(&tea), "{tea} of {least} to {most} are in cart {shopper}");
    }
    Ok(())
}

/// A POST that the dead instance had in hand may be lost: it may have run, so nobody repeats it.
fn at_most_those_in_flight_failed(report: &Report) {
    let failures = report.failures();
    assert!(failures.len() <= Load::CONNECTIONS, "{failures:?}");
}
