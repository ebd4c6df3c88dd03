//! What `examples/monitoring` ships, on a real Prometheus.

#![expect(clippy::unwrap_used, reason = "a test")]

mod visitors;

use std::net::SocketAddr;

use anyhow::Result;
use stack_tests::prometheus::{Prometheus, panels, promtool};
use stack_tests::{Example, Instance, Port, until};
use tempfile::TempDir;
use test_servers::Redis;

use visitors::Visitors;

#[test]
fn every_alert_fires_when_it_has_to_and_only_then() {
    promtool(&["test", "rules", "alerts-test.yml"]).unwrap();
}

#[test]
fn the_configuration_is_a_valid_one() {
    promtool(&["check", "config", "prometheus.yml"]).unwrap();
}

/// A shop with two stores and a near cache, an API that trusts another one, and who looks at them.
struct Scene {
    prometheus: Prometheus,
    redis: Redis,
    _replica: Redis,
    _instances: [Instance; 3],
    _visitors: Visitors,
    _folder: TempDir,
}

impl Scene {
    async fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let redis = Redis::start().await?;
        let replica = replica_of(&redis).await?;
        let backup = format!("sqlite:{}", folder.path().join("backup.db").display());
        let start = |example, name, options: &[&str]| {
            let options: Vec<_> = options.iter().map(Into::into).collect();
            Instance::start(example, name, &options, folder.path())
        };
        let [admin, api_admin] = [Port::draw()?, Port::draw()?].map(|port| port.address());
        let (listen, url) = (admin.to_string(), redis.url());
        let shop = ["--admin-listen", &listen, "--store", &url, "--backup-store", &backup];
        let shop = [&shop[..], &["--backup-lag", "200ms", "--redis-replicas", "1"]].concat();
        let shop = [&shop[..], &["--near-cache", "1s", "--session-idle", "1m"]].concat();
        let shop = start(Example::Shop, "shop", &shop)?;
        let issuer = start(Example::StatelessApi, "issuer", &[])?;
        let listen = api_admin.to_string();
        let trusted = format!("other=http://{}/.well-known/jwks.json", issuer.port().address());
        let api = ["--admin-listen", &listen, "--trust-issuer", &trusted];
        let api = start(Example::StatelessApi, "api", &api)?;
        let mut instances = [shop, issuer, api];
        for instance in &mut instances {
            instance.is_ready().await?;
        }
        let [shop, _, api] = &instances;
        let visitors = Visitors::of(shop.port().address(), api.port().address());
        let prometheus = Prometheus::start(admin, api_admin).await?;
        Ok(Self {
            prometheus,
            redis,
            _replica: replica,
            _instances: instances,
            _visitors: visitors,
            _folder: folder,
        })
    }

    async fn shows(&self, title: &str, queries: &[String]) -> Result<()> {
        for query in queries {
            until(&format!("the panel {title:?} has data for {query}"), async || {
                self.prometheus.series(query).await.is_ok_and(|series| series > 0).then_some(())
            })
            .await?;
        }
        Ok(())
    }

    /// Sessions live for a minute, longer than anything else is waited for.
    async fn shows_expiries(&self) -> Result<()> {
        let queries = EXPIRED.map(str::to_owned);
        for _ in 0..3 {
            if self.shows("of what expires", &queries).await.is_ok() {
                return Ok(());
            }
        }
        self.shows("of what expires", &queries).await
    }

    async fn fires(&self, alert: &str, expected: bool) -> Result<()> {
        until(&format!("{alert} is set off, or not: {expected}"), async || {
            (self.prometheus.fires(alert).await.ok()? == expected).then_some(())
        })
        .await
    }
}

/// What is there only after a sweep.
const EXPIRED: [&str; 2] =
    ["session_expired_total > 0", "session_duration_seconds_count{end=\"expired\"} > 0"];

async fn replica_of(master: &Redis) -> Result<Redis> {
    let SocketAddr::V4(address) = master.address() else { anyhow::bail!("not of IPv4") };
    let of = format!("{} {}", address.ip(), address.port());
    let replica = Redis::start_with(&["--replicaof", &of]).await?;
    until("the replica follows", async || {
        let told = replica.command("INFO replication").await.ok()?;
        told.contains("master_link_status:up").then_some(())
    })
    .await?;
    Ok(replica)
}

#[tokio::test]
async fn an_alert_fires_and_clears_and_no_panel_of_the_dashboard_is_empty() -> Result<()> {
    let mut scene = Scene::start().await?;
    until("sessions are counted", async || {
        scene.prometheus.series("session_active > 0").await.is_ok_and(|n| n > 0).then_some(())
    })
    .await?;
    scene.fires("SessionBreakerOpen", false).await?;
    scene.redis.kill().await?;
    scene.fires("SessionBreakerOpen", true).await?;
    scene.shows_expiries().await?;
    for (title, queries) in panels()? {
        scene.shows(&title, &queries).await?;
    }
    scene.redis.restart().await?;
    scene.fires("SessionBreakerOpen", false).await
}
