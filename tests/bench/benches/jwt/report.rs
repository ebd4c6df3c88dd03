use std::time::Duration;

use crate::contender::Laps;
use crate::tokens::Algorithm;

/// Each contender's time over the bare route, and its share of the best peer's.
pub(crate) fn print_requests(algorithm: Algorithm, laps: Vec<Laps>) {
    let medians: Vec<_> = laps.into_iter().map(|(name, laps)| (name, median(laps))).collect();
    let Some(((_, bare), others)) = medians.split_first() else { return };
    let is_peer = |name: &str| !name.starts_with("jwt-layer");
    let over = |time: &f64| time - bare;
    let peers = others.iter().filter(|(name, _)| is_peer(name));
    let best = peers.map(|(_, time)| over(time)).fold(f64::INFINITY, f64::min);

    println!(
        "\n| {algorithm:?}: a request over the bare route of {bare:.2} µs | µs | of the best peer |"
    );
    println!("|---|---|---|");
    for (name, time) in others {
        println!("| {name} | {:.2} | {:.2} |", over(time), over(time) / best);
    }
}

pub(crate) fn print_issuing(laps: Vec<Laps>) {
    let medians: Vec<_> = laps.into_iter().map(|(name, laps)| (name, median(laps))).collect();
    let Some((_, peer)) = medians.first() else { return };
    println!("\n| RS256: a token issued | µs | of the peer |\n|---|---|---|");
    for (name, time) in &medians {
        println!("| {name} | {time:.1} | {:.2} |", time / peer);
    }
}

/// In microseconds.
fn median(mut laps: Vec<Duration>) -> f64 {
    laps.sort();
    laps.get(laps.len() / 2).map_or(f64::NAN, |lap| lap.as_secs_f64() * 1e6)
}
