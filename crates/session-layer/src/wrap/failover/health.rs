use tokio::time::Instant;

use super::pair::Pair;
use super::unsent::Unsent;
use super::{Follower, Mode, Side};
use crate::backend::{Backend, Breaker, Health, HealthStatus, StoreHealth};

/// How both stores are, and what that means: one that is left alone is not asked.
pub(super) async fn of(pair: &Pair) -> Health {
    let mode = pair.known_mode();
    let (primary, backup) =
        tokio::join!(of_side(pair, mode, Side::Primary), of_side(pair, mode, Side::Backup));
    let status = status(mode, primary.status, backup.status);
    let stats = match mode {
        Some(Mode { lead: Side::Backup, .. }) => backup.stats,
        _ => primary.stats,
    };
    Health::of_stores(status, [primary.stores, backup.stores].concat(), stats)
}

async fn of_side(pair: &Pair, mode: Option<Mode>, side: Side) -> Health {
    let (store, breaker) = (pair.store(side), mode.map(|mode| breaker(mode, side)));
    let mut health = match breaker {
        Some(Breaker::Open) => Health::of(StoreHealth::down(store.name())),
        _ => store.health().await,
    };
    for store in &mut health.stores {
        (store.role, store.breaker) = (Some(side.as_str()), breaker);
    }
    match pair.unsent() {
        Some(unsent) if side == Side::Backup => lagging(health, unsent),
        _ => health,
    }
}

/// With how far it lags behind: as far as it may is one fault too many.
fn lagging(mut health: Health, unsent: &Unsent) -> Health {
    let lag = unsent.lag(Instant::now());
    let least = if lag < unsent.max_lag() { HealthStatus::Up } else { HealthStatus::Degraded };
    health.status = health.status.max(least);
    for store in &mut health.stores {
        store.lag_ms = Some(u64::try_from(lag.as_millis()).unwrap_or(u64::MAX));
        store.status = store.status.max(least);
    }
    health
}

fn breaker(mode: Mode, side: Side) -> Breaker {
    match mode.follower {
        Follower::CatchingUp if side != mode.lead => Breaker::HalfOpen,
        Follower::Away if side != mode.lead => Breaker::Open,
        _ => Breaker::Closed,
    }
}

fn status(mode: Option<Mode>, primary: HealthStatus, backup: HealthStatus) -> HealthStatus {
    let may_serve = match mode {
        Some(Mode { lead: Side::Primary, follower: Follower::CatchingUp | Follower::Away }) => {
            primary
        }
        Some(Mode { lead: Side::Backup, follower: Follower::CatchingUp | Follower::Away }) => {
            backup
        }
        _ => primary.min(backup),
    };
    let in_step = mode.is_none_or(Mode::is_in_step);
    match (may_serve, in_step && primary.max(backup) == HealthStatus::Up) {
        (HealthStatus::Down, _) => HealthStatus::Down,
        (_, true) => HealthStatus::Up,
        (_, false) => HealthStatus::Degraded,
    }
}

#[cfg(test)]
mod tests {
    use super::HealthStatus::{Degraded, Down, Up};
    use super::*;

    #[track_caller]
    fn check(mode: Option<Mode>, [primary, backup]: [HealthStatus; 2], expected: HealthStatus) {
        assert_eq!(status(mode, primary, backup), expected);
    }

    #[test]
    fn it_is_up_when_both_are_in_step_and_answer() {
        check(Some(Mode::NORMAL), [Up, Up], Up);
        check(None, [Up, Up], Up);
    }

    #[test]
    fn one_that_is_down_and_is_being_replaced_degrades_it() {
        check(Some(Mode::NORMAL), [Down, Up], Degraded);
        check(Some(Mode::NORMAL), [Up, Down], Degraded);
        check(Some(Mode::alone(Side::Backup)), [Down, Up], Degraded);
        check(None, [Down, Up], Degraded);
    }

    #[test]
    fn one_that_has_missed_something_takes_nobodys_place() {
        let mode = Mode { lead: Side::Backup, follower: Follower::CatchingUp };
        check(Some(mode), [Up, Up], Degraded);
        check(Some(mode), [Up, Down], Down);
        check(Some(Mode::alone(Side::Primary)), [Down, Up], Down);
    }

    #[test]
    fn replicas_that_are_missing_degrade_it() {
        check(Some(Mode::NORMAL), [Degraded, Up], Degraded);
    }
}
