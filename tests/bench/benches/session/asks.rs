//! What we want to be true of the speed, and whether it is.

use crate::speed::{Results, Speed};

/// One of them, in microseconds.
struct Ask {
    what: &'static str,
    at_most: f64,
    measured: f64,
}

pub(crate) fn print(results: &[Results]) {
    println!("\n| µs | at most | measured | |\n|---|---|---|---|");
    for ask in results.iter().filter_map(of).flatten() {
        let Ask { what, at_most, measured } = ask;
        let verdict = if measured <= at_most { "holds" } else { "missed" };
        println!("| {what} | {at_most:.1} | {measured:.1} | {verdict} |");
    }
}

fn of(results: &Results) -> Option<Vec<Ask>> {
    let (ours, peer) = (results.ours()?, results.peer()?);
    match results.title {
        "memory" => {
            let what = "memory, read: 0.8 of MemoryStore";
            Some(vec![Ask { what, at_most: 0.8 * peer.read, measured: ours.read }])
        }
        "SQLite" => {
            let what = "SQLite, read: 1 / 1.5 of tower-sessions-sqlx-store";
            Some(vec![Ask { what, at_most: peer.read / 1.5, measured: ours.read }])
        }
        "Redis" => of_redis(results, ours),
        _ => None,
    }
}

fn of_redis(results: &Results, ours: &Speed) -> Option<Vec<Ask>> {
    let [get, _, does_nothing, stores] = &results.bare[..] else { return None };
    Some(vec![
        Ask {
            what: "Redis, read: 1.1 × GET + 3 µs",
            at_most: 1.1 * get.time + 3.0,
            measured: ours.read,
        },
        Ask {
            what: "Redis, commit: 1.1 × EVALSHA that does nothing + 4 µs",
            at_most: 1.1 * does_nothing.time + 4.0,
            measured: ours.commit,
        },
        Ask {
            what: "Redis, commit: 1.1 × EVALSHA that stores + 4 µs",
            at_most: 1.1 * stores.time + 4.0,
            measured: ours.commit,
        },
        Ask {
            what: "Redis, whole change: 1.1 × EVALSHA that stores + 4 µs",
            at_most: 1.1 * stores.time + 4.0,
            measured: ours.change,
        },
    ])
}
