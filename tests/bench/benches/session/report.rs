use crate::losses::Losses;
use crate::speed::Speed;

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

/// Times of whole requests, and ours as a share of the peer's above it.
pub(crate) fn print_speed(title: &str, speeds: Vec<Speed>) {
    println!("\n| {title} | read one field | change one field |\n|---|---|---|");
    let mut peer: Option<(f64, f64)> = None;
    for Speed { name, read, change } in speeds {
        match peer {
            Some(peer) if name.starts_with("session-layer") => {
                let (reads, changes) = (read / peer.0, change / peer.1);
                println!("| {name} | {read:.1} µs ({reads:.2}) | {change:.1} µs ({changes:.2}) |");
            }
            _ => println!("| {name} | {read:.1} µs | {change:.1} µs |"),
        }
        if !name.starts_with("session-layer") {
            peer = Some((read, change));
        }
    }
}
