//! Sessions in one request through an axum router, tower-sessions and its stores beside ours: what
//! they lose, and what they cost. The handlers are the same for both; only the layer is swapped.
//! `cargo bench -p peer-bench --bench session`
//!
//! The contenders take turns, round by round, so that a machine that is slow for a while is slow
//! for all of them; the figure is the median of the rounds. It ends with an error if ours loses
//! anything.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program")]

mod browser;
mod contender;
mod handlers;
mod losses;
mod report;
mod speed;
mod stores;

use std::process::ExitCode;

use stores::Stores;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let stores = runtime.block_on(Stores::start());
    let found = runtime.block_on(losses::of_all(&stores));
    report::print_losses(&found);

    // One thread, so that a request is timed and not its way from thread to thread.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for group in runtime.block_on(stores.groups()) {
        report::print_speed(&group.title.clone(), speed::race(&runtime, group));
    }
    match found.iter().any(|(name, losses)| name.starts_with("session-layer") && losses.are_any()) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}
