use crate::contender::is_ours;
use crate::losses::Losses;
use crate::speed::{BARE_ROUTE, Results, Speed};
use crate::yardstick::Measures;

pub(crate) fn print_losses(found: &[(&'static str, Losses)]) {
    println!(
        "\n| | 50 concurrent requests, each sets its own field | old cookie after a logout, with a \
         write in flight | a login, after a parallel request with the old id |\n|---|---|---|---|"
    );
    for (name, losses) in found {
        let came_back = if losses.came_back { "logged in again" } else { "stays out" };
        let login = if losses.logged_out { "logged out" } else { "stays logged in" };
        println!("| {name} | {} of 50 kept | {came_back} | {login} |", losses.kept);
    }
}

/// Times of whole requests, ours as a share of the peer's too, and what a call costs at least.
pub(crate) fn print_speed(results: &Results) {
    println!(
        "\n| {}, µs | read one field | change one field | of which the commit | round trips |\n\
         |---|---|---|---|---|",
        results.title
    );
    for speed in &results.speeds {
        match results.peer() {
            Some(peer) if is_ours(speed.name) => print_share(speed, peer),
            _ => print_times(speed),
        }
    }
    for bare in &results.bare {
        match bare.measures {
            Measures::Reads => println!("| {} | {:.1} | | | 1 |", bare.name, bare.time),
            Measures::Changes => println!("| {} | | | {:.1} | 1 |", bare.name, bare.time),
        }
    }
}

fn print_times(speed: &Speed) {
    let Speed { name, read, change, commit, .. } = speed;
    match *name {
        BARE_ROUTE => println!("| {name} | {read:.1} | | | |"),
        _ => println!("| {name} | {read:.1} | {change:.1} | {commit:.1} | {} |", trips(speed)),
    }
}

fn print_share(speed: &Speed, peer: &Speed) {
    let Speed { name, read, change, commit, .. } = speed;
    let (reads, changes) = (read / peer.read, change / peer.change);
    println!(
        "| {name} | {read:.1} ({reads:.2}) | {change:.1} ({changes:.2}) | {commit:.1} | {} |",
        trips(speed)
    );
}

fn trips(speed: &Speed) -> String {
    let trips = speed.trips.map(|trips| format!("{} and {}", trips.read, trips.change));
    trips.unwrap_or_default()
}
