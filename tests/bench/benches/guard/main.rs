//! What the guard adds to one request through an axum router: a request that is allowed, of a user
//! whose session is in memory or whose token is cached, beside the same without the guard and the bare
//! route in the same run.
//! `cargo bench --manifest-path tests/bench/Cargo.toml --bench guard`
//!
//! The contenders take turns, round by round; the figure is the median of the laps. It ends with an
//! error if the guard costs more than it may.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a program")]

mod app;
mod browser;
mod places;
mod token;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use app::Kind;
use browser::Browser;
use guard_layer::PlaceDatabase;
use places::{address, places};

const ROUNDS: usize = 301;
const LAP: u32 = 50;
/// What the guard may cost, in µs: with all signals, with a database of places too, and for tokens.
const MOST: [f64; 3] = [2.0, 4.0, 2.0];

fn main() -> ExitCode {
    let kinds = [
        Kind::Bare,
        Kind::Sessions,
        Kind::Guarded,
        Kind::Located,
        Kind::Alternating,
        Kind::Token,
        Kind::BoundToken,
        Kind::AlternatingToken,
    ];
    let places = places();
    let mut browsers = kinds.map(|kind| Browser::of(kind, &places));
    let mut laps = kinds.map(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for (browser, laps) in browsers.iter_mut().zip(&mut laps) {
            laps.push(lap(browser));
        }
    }
    let [bare, sessions, guarded, located, alternating, token, bound, alternating_token] =
        laps.map(median);
    println!("\n| a request, µs | whole | over the bare route | of which the guard |");
    println!("|---|---|---|---|\n| bare route | {bare:.2} | | |");
    println!("| a session of ten fields, one is read | {sessions:.2} | {:.2} | |", sessions - bare);
    let rows = [
        ("with the guard", guarded),
        ("with the guard, and databases of cities and of systems", located),
        ("with the guard, no two requests in a row alike", alternating),
    ];
    for (name, time) in rows {
        println!("| {name} | {time:.2} | {:.2} | {:.2} |", time - bare, time - sessions);
    }
    println!("| a token that is cached | {token:.2} | {:.2} | |", token - bare);
    let rows = [
        ("with the guard of tokens, and its cookie", bound),
        ("with it, no two requests in a row alike", alternating_token),
    ];
    for (name, time) in rows {
        println!("| {name} | {time:.2} | {:.2} | {:.2} |", time - bare, time - token);
    }
    println!("\nwhere an address is that was not asked for lately: {:.2} µs", elsewhere(&places));
    let added = [guarded - sessions, located - sessions, bound - token];
    match added.iter().zip(MOST).all(|(added, most)| *added <= most) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The time of a request.
fn lap(browser: &mut Browser) -> Duration {
    let start = Instant::now();
    for _ in 0..LAP {
        browser.ask();
    }
    start.elapsed() / LAP
}

/// How long it takes to find an address of which little is in the processor's caches, in
/// microseconds.
fn elsewhere(places: &PlaceDatabase) -> f64 {
    const MANY: u32 = 100_000;
    let start = Instant::now();
    for number in 0..MANY {
        black_box(places.find(address(number.wrapping_mul(7_919)).into()));
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(MANY)
}

/// In microseconds.
fn median(mut laps: Vec<Duration>) -> f64 {
    laps.sort();
    laps.get(laps.len() / 2).map_or(f64::NAN, |lap| lap.as_secs_f64() * 1e6)
}
