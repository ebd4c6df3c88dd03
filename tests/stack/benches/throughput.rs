//! Requests per second of `/me` without and with `JwtLayer`, and of the API, without and with
//! figures for Prometheus, under `wrk`.
//!
//! ```sh
//! cargo bench -p stack-tests --bench throughput
//! ```
//!
//! All get the same requests, with an RS256 token. The first two serialize the same JSON, so
//! that the layer is what is compared. The rounds go over all in turn, and the ratio is that
//! of each round, so that a machine that is busy for a while is busy for all.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jwt_layer::{Algorithm, Claims, Grant, Issuer, JwtLayer, SigningKey, TrustedIssuer, Verifier};
use serde::{Deserialize, Serialize};
use stack_tests::{Example, Instance, Port, program};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

const ROUNDS: usize = 9;
const SECONDS: &str = "3";
const CONNECTIONS: &str = "32";
const GOAL: f64 = 0.85;

#[tokio::main]
async fn main() -> Result<()> {
    program("wrk")?;
    let folder = tempfile::tempdir()?;
    let mut api = Instance::start(Example::StatelessApi, "api-1", &[], folder.path())?;
    let admin = ["--admin-listen".into(), Port::draw()?.address().to_string().into()];
    let mut counted = Instance::start(Example::StatelessApi, "api-2", &admin, folder.path())?;
    let issuer = issuer()?;
    let token = issuer.issue(&Grant::to("alice").client_id("web").scope("orders:read"))?;
    let verifier = verifier(&issuer)?;
    let profile = verifier.verify(token.as_str())?.claims::<Profile>()?;
    let bare = Router::new().route("/me", get(constant)).with_state(profile);
    let layered = Router::new().route("/me", get(me)).layer(JwtLayer::new(verifier));
    api.is_ready().await?;
    counted.is_ready().await?;
    let contestants = [
        Contestant::new("bare axum route", serve(bare).await?, token.as_str()),
        Contestant::new("with JwtLayer and Claims<T>", serve(layered).await?, token.as_str()),
        Contestant::new("stateless-api", api.port().address(), &api.token().await?),
        Contestant::new(
            "the same, with figures",
            counted.port().address(),
            &counted.token().await?,
        ),
    ];
    let rounds = spawn_blocking(move || run_all(&contestants)).await??;
    print(&rounds);
    Ok(())
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

struct Contestant {
    name: &'static str,
    url: String,
    authorization: String,
}

impl Contestant {
    fn new(name: &'static str, address: SocketAddr, token: &str) -> Self {
        let authorization = format!("Authorization: Bearer {token}");
        Self { name, url: format!("http://{address}/me"), authorization }
    }

    fn requests_per_second(&self) -> Result<f64> {
        let output = Command::new(program("wrk")?)
            .args(["-t1", "-c", CONNECTIONS, "-d", SECONDS, "-H", &self.authorization, &self.url])
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let failed = text.contains("Non-2xx") || text.contains("Socket errors");
        ensure!(!failed, "{} fails: {text}", self.name);
        let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
        Ok(rate.with_context(|| format!("wrk says no rate: {text}"))?.trim().parse()?)
    }
}

/// The rates of one contestant, one for each round.
struct Rates {
    name: &'static str,
    rates: Vec<f64>,
}

fn run_all(contestants: &[Contestant]) -> Result<Vec<Rates>> {
    let mut all: Vec<_> =
        contestants.iter().map(|one| Rates { name: one.name, rates: Vec::new() }).collect();
    for round in 0..=ROUNDS {
        for (contestant, rates) in contestants.iter().zip(&mut all) {
            let rate = contestant.requests_per_second()?;
            // The first round warms up.
            if round > 0 {
                rates.rates.push(rate);
            }
        }
    }
    Ok(all)
}

fn print(all: &[Rates]) {
    let Some(bare) = all.first() else { return };
    println!("/me, RS256, wrk -t1 -c{CONNECTIONS} -d{SECONDS}s, median of {ROUNDS} rounds");
    println!();
    println!("| | requests/s | ratio of the round | lowest | highest |");
    println!("|---|---|---|---|---|");
    for one in all {
        let ratios = sorted(one.rates.iter().zip(&bare.rates).map(|(rate, bare)| rate / bare));
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
    println!("The goal of the layer is {GOAL}.");
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
