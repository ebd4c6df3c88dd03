use std::num::NonZeroU64;
use std::time::Duration;

use super::durations::float;
use super::history::{Hour, Window, periods};
use super::unit::Unit;

/// One of the four things that an operator acts on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Alert {
    pub(super) name: &'static str,
    /// What sets it off.
    pub(super) rule: &'static str,
    /// What to look at.
    pub(super) advice: &'static str,
    pub(super) state: State,
    /// What the rule looks at, at this moment.
    pub(super) value: Option<f64>,
    pub(super) unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Firing,
    Quiet,
    /// There is nothing to tell it by.
    Unknown,
}

impl State {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Quiet => "quiet",
            Self::Unknown => "unknown",
        }
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// The same rules as `examples/monitoring/alerts.yml` has for Prometheus, over the same times.
pub(super) fn all(hour: &Hour, capacity: Option<NonZeroU64>) -> [Alert; 4] {
    let full = |window: &Window<'_>| Some(window.active()? / float(capacity?.get()));
    let hits = |window: &Window<'_>| window.share(|all| all.loads.found, |all| all.loads.absent);
    let is_busy = |window: &Window<'_>| window.rate(|all| all.loads.all()) > 1.0;
    [
        Alert {
            name: "Near capacity",
            rule: "more than 80 % of the sessions that the store was sized for, for 5 minutes",
            advice: "Look at how many begin. If they jumped, limit the routes that begin one; if \
                     they grew with the users, give the store more memory.",
            unit: Unit::Share,
            ..judged(hour, MINUTE * 5, full, |share, _| share > 0.8)
        },
        Alert {
            name: "Backend slow",
            rule: "95 of 100 calls take more than 100 ms, for a minute",
            advice: "Look at the store's disk and its replicas, at the network, and at what else \
                     uses the store.",
            unit: Unit::Seconds,
            ..judged(hour, MINUTE, |window| window.latency(), |latency, _| latency > 0.1)
        },
        Alert {
            name: "Hit rate low",
            rule: "fewer than 95 of 100 cookies have a session, for 5 minutes with more than one \
                   load a second",
            advice: "Somebody is guessing ids, the store has lost its memory, or the cookie got \
                     another name.",
            unit: Unit::Share,
            ..judged(hour, MINUTE * 5, hits, |hits, window| hits < 0.95 && is_busy(window))
        },
        Alert {
            name: "Backend failing",
            rule: "more than 1 % of the calls fail, for 30 seconds",
            advice: "Look at the nodes below, and at the log for the kind of fault.",
            unit: Unit::Share,
            ..judged(hour, MINUTE / 2, |window| window.failures(), |failures, _| failures > 0.01)
        },
    ]
}

/// It fires when this was so at each moment of so long a time.
fn judged(
    hour: &Hour,
    time: Duration,
    measure: impl Fn(&Window<'_>) -> Option<f64>,
    is_wrong: impl Fn(f64, &Window<'_>) -> bool,
) -> Alert {
    // Both ends of it count.
    let needed = periods(time) + 1;
    let was_wrong =
        |window: &Window<'_>| measure(window).is_some_and(|value| is_wrong(value, window));
    let wrong = hour.windows().rev().take(needed).filter(was_wrong).count();
    let value = hour.windows().next_back().and_then(|window| measure(&window));
    let state = match value {
        None => State::Unknown,
        Some(_) if wrong == needed => State::Firing,
        Some(_) => State::Quiet,
    };
    Alert { name: "", rule: "", advice: "", state, value, unit: Unit::Count }
}

#[cfg(test)]
mod tests {
    use metrics::{counter, gauge, histogram};
    use tokio::time::advance;

    use super::super::figures::Figures;
    use super::super::history::{History, PERIOD};
    use super::*;

    /// Those for Prometheus.
    const RULES: &str = include_str!("../../../../examples/monitoring/alerts.yml");

    #[test]
    fn the_rules_are_those_of_prometheus() {
        for (rule, time) in [
            ("max(session_active) > 0.8 * scalar(session:capacity)", "5m"),
            ("session:backend_duration_seconds:p95 > 0.1", "1m"),
            ("session:hits:ratio < 0.95 and on () sum(rate(session_loads_total[1m])) > 1", "5m"),
            ("session:backend_failures:ratio > 0.01", "30s"),
        ] {
            let written = format!("expr: {rule}\n        for: {time}\n");
            assert!(RULES.contains(&written), "{written}");
        }
    }

    const CAPACITY: Option<NonZeroU64> = NonZeroU64::new(100);

    /// Ten seconds after another, so many times.
    async fn pass(history: &History, figures: &Figures, times: usize, act: impl Fn()) {
        for _ in 0..times {
            metrics::with_local_recorder(figures, &act);
            history.note(figures.totals());
            advance(PERIOD).await;
        }
    }

    /// The states of an alert, one after the other: first what is wrong happens for a while, then
    /// what is fine.
    async fn states(number: usize, wrong: impl Fn(), fine: impl Fn()) -> Vec<&'static str> {
        let (history, figures) = (History::default(), Figures::new());
        let mut states = Vec::new();
        for (times, wrong_now) in [(3, false), (60, true), (60, false)] {
            for _ in 0..times {
                match wrong_now {
                    true => pass(&history, &figures, 1, &wrong).await,
                    false => pass(&history, &figures, 1, &fine).await,
                }
                states.push(all(&history.hour(), CAPACITY)[number].state.word());
            }
        }
        states.dedup();
        states
    }

    fn call(seconds: f64) {
        let labels = [("backend", "redis"), ("verb", "load")];
        histogram!("session_backend_duration_seconds", &labels).record(seconds);
    }

    fn loads(found: u64, absent: u64) {
        counter!("session_loads_total", "outcome" => "found").increment(found);
        counter!("session_loads_total", "outcome" => "absent").increment(absent);
    }

    const COURSE: [&str; 4] = ["unknown", "quiet", "firing", "quiet"];

    #[tokio::test(start_paused = true)]
    async fn many_sessions_set_the_first_one_off_and_fewer_clear_it() {
        let active = |live: f64| move || gauge!("session_active").set(live);
        assert_eq!(states(0, active(81.0), active(80.0)).await, COURSE);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_calls_set_the_second_one_off_and_quick_ones_clear_it() {
        assert_eq!(states(1, || call(0.2), || call(0.001)).await, COURSE);
    }

    #[tokio::test(start_paused = true)]
    async fn cookies_without_a_session_set_the_third_one_off_and_others_clear_it() {
        assert_eq!(states(2, || loads(90, 10), || loads(99, 1)).await, COURSE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_cookies_without_a_session_are_no_reason() {
        assert_eq!(states(2, || loads(0, 9), || loads(99, 1)).await, ["unknown", "quiet"]);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_fail_set_the_fourth_one_off_and_others_clear_it() {
        let labels = [("backend", "redis"), ("verb", "load"), ("kind", "timeout")];
        let fails = || {
            call(0.001);
            counter!("session_backend_errors_total", &labels).increment(1);
        };
        assert_eq!(states(3, fails, || call(0.001)).await, COURSE);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_wrong_for_a_moment_sets_nothing_off() {
        let (history, figures) = (History::default(), Figures::new());
        pass(&history, &figures, 60, || call(0.001)).await;
        pass(&history, &figures, 1, || call(0.2)).await;
        pass(&history, &figures, 60, || call(0.001)).await;
        assert_eq!(all(&history.hour(), None)[1].state, State::Quiet);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_capacity_nobody_knows_whether_it_is_near() {
        let (history, figures) = (History::default(), Figures::new());
        pass(&history, &figures, 60, || gauge!("session_active").set(1e9)).await;
        assert_eq!(all(&history.hour(), None)[0].state, State::Unknown);
    }
}
