//! What a call costs among a million live sessions, beside one among a thousand, and how many bytes
//! a session takes.
//! `cargo bench --manifest-path tests/bench/Cargo.toml --bench growth [-- SESSIONS BACKEND…]`
//!
//! Both sizes of a backend take turns, round by round, so that a machine that is slow for a while is
//! slow for both; a figure is the median of the rounds. Servers get memory for all sessions, as they
//! would be given, and none of the bytes have to come from a disk.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a program"
)]

mod app;
mod memory;
mod mysql;
mod place;
mod postgres;
mod race;
mod redis;
mod sessions;
mod shared;
mod sqlite;
mod subject;
mod verb;

use std::env;

use place::{Filled, Place};
use tokio::runtime::Builder;

const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;

fn main() {
    // As `cargo bench` passes options of its own.
    let arguments: Vec<_> = env::args().skip(1).filter(|one| !one.starts_with('-')).collect();
    let many = arguments.iter().find_map(|one| one.parse().ok()).unwrap_or(MANY);
    let named: Vec<_> = arguments.iter().filter(|one| one.parse::<u64>().is_err()).collect();
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for place in Place::ALL {
        if named.is_empty() || named.iter().any(|name| *name == place.name()) {
            let few = runtime.block_on(place.fill(FEW));
            let many = runtime.block_on(place.fill(many));
            runtime.block_on(runtime.spawn(compare(place, few, many))).unwrap();
        }
    }
}

async fn compare(place: Place, mut few: Filled, mut many: Filled) {
    let sessions = many.subject.sessions();
    println!(
        "\n| {}, µs | among {FEW} | among {sessions} | times |\n|---|---|---|---|",
        place.name()
    );
    for (name, few, many) in race::run(place.calls(), &mut few.subject, &mut many.subject).await {
        println!("| {name} | {few:.2} | {many:.2} | {:.2} |", many / few);
    }
    let after = many.subject.live().await;
    println!("\na session takes {} bytes", many.bytes / sessions);
    println!(
        "of {sessions} live ones it counted {} at once, and {after} after all this",
        many.counted
    );
}
