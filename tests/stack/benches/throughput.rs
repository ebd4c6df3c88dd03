//! Requests per second of `/me` without and with `JwtLayer`, and of the API and the shop, without
//! and with figures for Prometheus, under `wrk`.
//!
//! ```sh
//! cargo bench -p stack-tests --bench throughput
//! ```
//!
//! Those of a table get the same requests: `/me` with an RS256 token, of which the first two
//! serialize the same JSON, so that the layer is what is compared; `/cart` with the session of a
//! user who is logged in. The rounds go over all in turn, and the ratio is that of each round, so
//! that a machine that is busy for a while is busy for all.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jwt_layer::{Algorithm, Claims, Grant, Issuer, JwtLayer, SigningKey, TrustedIssuer, Verifier};
use serde::{Deserialize, Serialize};
use stack_tests::{Client, Example, Instance, Port, login, program};
use tempfile::TempDir;
use test_servers::Redis;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

const ROUNDS: usize = 9;
const SECONDS: &str = "3";
const CONNECTIONS: &str = "32";
const GOAL: f64 = 0.85;
const MOST: f64 = 0.03;

#[tokio::main]
async fn main() -> Result<()> {
    program("wrk")?;
    let (folder, redis) = (tempfile::tempdir()?, Redis::start().await?);
    let mut instances = Vec::new();
    let tables = [
        tokens(&folder, &mut instances).await?,
        carts("sessions in memory", "memory", &folder, &mut instances).await?,
        carts("sessions in Redis", &redis.url(), &folder, &mut instances).await?,
    ];
    let tables = spawn_blocking(move || run_all(tables)).await??;
    tables.iter().for_each(Table::print);
    println!("The goal of the layer is {GOAL}; figures may cost {MOST} of what has none.");
    Ok(())
}

/// `/me`, with a token.
async fn tokens(folder: &TempDir, instances: &mut Vec<Instance>) -> Result<Table> {
    let issuer = issuer()?;
    let token = issuer.issue(&Grant::to("alice").client_id("web").scope("orders:read"))?;
    let verifier = verifier(&issuer)?;
    let profile = verifier.verify(token.as_str())?.claims::<Profile>()?;
    let bare = Router::new().route("/me", get(constant)).with_state(profile);
    let layered = Router::new().route("/me", get(me)).layer(JwtLayer::new(verifier));
    let me = |name, address, token: &str| {
        Contestant::new(name, address, "/me", format!("Authorization: Bearer {token}"))
    };
    let mut contestants = vec![
        me("bare axum route", serve(bare).await?, token.as_str()),
        me("with JwtLayer and Claims<T>", serve(layered).await?, token.as_str()),
    ];
    for (name, options) in [("stateless-api", Vec::new()), (WITH_FIGURES, admin()?)] {
        let api = start(Example::StatelessApi, &options, folder, instances).await?;
        contestants.push(me(name, api.port().address(), &api.token().await?));
    }
    Ok(Table { title: "/me, RS256".into(), contestants })
}

/// `/cart` of the shop, with a session.
async fn carts(
    what: &str,
    store: &str,
    folder: &TempDir,
    instances: &mut Vec<Instance>,
) -> Result<Table> {
    let mut contestants = Vec::new();
    for (name, admin) in [("shop", Vec::new()), (WITH_FIGURES, admin()?)] {
        let options = [vec!["--store".into(), store.to_owned()], admin].concat();
        let address = start(Example::Shop, &options, folder, instances).await?.port().address();
        let answer = Client::to(address).send(login()).await;
        let answer = answer.map_err(|failure| anyhow!("no login: {failure:?}"))?;
        let cookie = answer.cookie("__Host-Http-sid").context("no cookie at the login")?;
        contestants.push(Contestant::new(name, address, "/cart", format!("Cookie: {cookie}")));
    }
    Ok(Table { title: format!("/cart, {what}"), contestants })
}

const WITH_FIGURES: &str = "the same, with figures";

fn admin() -> Result<Vec<String>> {
    Ok(vec!["--admin-listen".into(), Port::draw()?.address().to_string()])
}

/// One that is ready.
async fn start<'a>(
    example: Example,
    options: &[String],
    folder: &TempDir,
    instances: &'a mut Vec<Instance>,
) -> Result<&'a Instance> {
    let options: Vec<_> = options.iter().map(Into::into).collect();
    let name = format!("instance-{}", instances.len());
    let mut instance = Instance::start(example, &name, &options, folder.path())?;
    instance.is_ready().await?;
    instances.push(instance);
    instances.last().context("there is one")
}

/// The JSON that both give.
#[derive(Deserialize, Serialize)]
struct Profile {
    iss: String,
    sub: String,
    client_id: String,
    scope: String,
    exp: u64,
}

async fn constant(State(profile): State<Arc<Profile>>) -> Response {
    Json(&*profile).into_response()
}

async fn me(profile: Claims<Profile>) -> Response {
    Json(&*profile).into_response()
}

fn issuer() -> Result<Issuer> {
    let key = SigningKey::generate(Algorithm::RS256)?;
    let issuer = Issuer::builder(ISSUER, key).audience(AUDIENCE);
    Ok(issuer.lifetime(Duration::from_secs(3600)).build()?)
}

fn verifier(issuer: &Issuer) -> Result<Verifier> {
    let trusted = TrustedIssuer::new(ISSUER, issuer.keys()).audience(AUDIENCE);
    Ok(Verifier::builder().trust(trusted).build()?)
}

async fn serve(app: Router) -> Result<SocketAddr> {
    let port = Port::draw()?;
    let listener = TcpListener::bind(port.address()).await?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(port.address())
}

/// Those that are compared with the first of them.
struct Table {
    title: String,
    contestants: Vec<Contestant>,
}

struct Contestant {
    name: &'static str,
    url: String,
    header: String,
    /// One for each round.
    rates: Vec<f64>,
}

impl Contestant {
    fn new(name: &'static str, address: SocketAddr, path: &str, header: String) -> Self {
        Self { name, url: format!("http://{address}{path}"), header, rates: Vec::new() }
    }

    fn requests_per_second(&self) -> Result<f64> {
        let output = Command::new(program("wrk")?)
            .args(["-t1", "-c", CONNECTIONS, "-d", SECONDS, "-H", &self.header])
            .args(["-H", "Accept: application/json", &self.url])
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let failed = text.contains("Non-2xx") || text.contains("Socket errors");
        ensure!(!failed, "{} fails: {text}", self.name);
        let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
        Ok(rate.with_context(|| format!("wrk says no rate: {text}"))?.trim().parse()?)
    }
}

fn run_all<const N: usize>(mut tables: [Table; N]) -> Result<[Table; N]> {
    for round in 0..=ROUNDS {
        for contestant in tables.iter_mut().flat_map(|table| &mut table.contestants) {
            let rate = contestant.requests_per_second()?;
            // The first round warms up.
            if round > 0 {
                contestant.rates.push(rate);
            }
        }
    }
    Ok(tables)
}

impl Table {
    fn print(&self) {
        let Some(first) = self.contestants.first() else { return };
        let title = &self.title;
        println!("{title}, wrk -t1 -c{CONNECTIONS} -d{SECONDS}s, median of {ROUNDS} rounds");
        println!();
        println!("| | requests/s | ratio of the round | lowest | highest |");
        println!("|---|---|---|---|---|");
        for one in &self.contestants {
            let ratios =
                sorted(one.rates.iter().zip(&first.rates).map(|(rate, first)| rate / first));
            println!(
                "| {} | {:.0} | {:.3} | {:.3} | {:.3} |",
                one.name,
                median(&sorted(one.rates.iter().copied())),
                median(&ratios),
                ratios.first().copied().unwrap_or(f64::NAN),
                ratios.last().copied().unwrap_or(f64::NAN),
            );
        }
        println!();
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

const ISSUER: &str = "https://login.example";
const AUDIENCE: &str = "orders-api";
