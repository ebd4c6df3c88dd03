//! Sessions in one request through an axum router, tower-sessions and its stores beside ours: what
//! they lose, and what they cost. The handlers are the same for both; only the layer is swapped.
//! `cargo bench --manifest-path tests/bench/Cargo.toml --bench session [-- STORE…]`, such as `redis`
//!
//! The contenders take turns, round by round, so that a machine that is slow for a while is slow
//! for all of them; the figure is the median of the rounds. It ends with an error if ours loses
//! anything.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a program"
)]

mod asks;
mod browser;
mod contender;
mod handlers;
mod losses;
mod mysql;
mod postgres;
mod redis;
mod report;
mod speed;
mod sqlite;
mod stores;
mod wire;
mod yardstick;

use std::env;
use std::process::ExitCode;
use std::sync::Arc;

use contender::Group;
use stores::Stores;
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    let runtime = runtime(2);
    let stores = Arc::new(runtime.block_on(Stores::start()));
    let found = runtime.block_on(async { losses::of_all(groups(&stores).await).await });
    report::print_losses(&found);
    drop(runtime);
    measure(stores);
    match found.iter().any(|(name, losses)| contender::is_ours(name) && losses.are_any()) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn measure(stores: Arc<Stores>) {
    // One thread, so that a request is timed and not its way from thread to thread; and one of an
    // executor that may have more, for that is what services have.
    let runtime = runtime(1);
    let race = runtime.spawn(async move {
        let mut all = Vec::new();
        for group in groups(&stores).await {
            let results = speed::race(group).await;
            report::print_speed(&results);
            all.push(results);
        }
        all
    });
    asks::print(&runtime.block_on(race).unwrap());
}

/// All of them, or those that are named.
async fn groups(stores: &Stores) -> Vec<Group> {
    // As `cargo bench` passes options of its own.
    let named: Vec<_> = env::args().skip(1).filter(|one| !one.starts_with('-')).collect();
    let mut groups = stores.groups().await;
    groups.retain(|group| {
        named.is_empty() || named.iter().any(|name| group.title.eq_ignore_ascii_case(name))
    });
    groups
}

fn runtime(threads: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap()
}
