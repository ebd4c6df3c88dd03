use std::time::Duration;

use crate::subject::Subject;
use crate::verb::Verb;

const ROUNDS: usize = 50;

struct Laps {
    verb: Verb,
    few: Vec<Duration>,
    many: Vec<Duration>,
}

/// The medians of every verb, in microseconds.
pub(crate) async fn run(
    calls: u32,
    few: &mut Subject,
    many: &mut Subject,
) -> Vec<(&'static str, f64, f64)> {
    let mut all = Verb::ALL.map(|verb| Laps { verb, few: Vec::new(), many: Vec::new() });
    for round in 0..ROUNDS {
        for laps in &mut all {
            // Who comes second finds the code in the processor's caches.
            if round % 2 == 0 {
                laps.few.push(few.lap(laps.verb, calls).await);
                laps.many.push(many.lap(laps.verb, calls).await);
            } else {
                laps.many.push(many.lap(laps.verb, calls).await);
                laps.few.push(few.lap(laps.verb, calls).await);
            }
        }
    }
    let medians = all.map(|laps| (laps.verb.name(), median(laps.few), median(laps.many)));
    medians.into()
}

fn median(mut laps: Vec<Duration>) -> f64 {
    laps.sort();
    laps[laps.len() / 2].as_secs_f64() * 1e6
}
