use super::history::{Hour, Window};
use super::unit::Unit;

/// A figure over the last hour.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chart {
    /// What it is called in the page's addresses.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) unit: Unit,
    /// One each ten seconds and one for this moment, the oldest first.
    pub(super) points: Vec<Option<f64>>,
}

impl Chart {
    fn of(
        hour: &Hour,
        (id, title): (&'static str, &'static str),
        unit: Unit,
        measure: impl Fn(&Window<'_>) -> Option<f64>,
    ) -> Self {
        let points = hour.windows().map(|window| measure(&window)).collect();
        Self { id, title, unit, points }
    }

    pub(super) fn now(&self) -> Option<f64> {
        self.points.last().copied().flatten()
    }

    pub(super) fn lowest(&self) -> Option<f64> {
        self.points.iter().copied().flatten().reduce(f64::min)
    }

    pub(super) fn highest(&self) -> Option<f64> {
        self.points.iter().copied().flatten().reduce(f64::max)
    }

    /// So many minutes ago.
    pub(super) fn ago(&self, minutes: usize) -> Option<f64> {
        self.points.iter().rev().nth(minutes * 6).copied().flatten()
    }

    pub(super) fn has_data(&self) -> bool {
        self.points.iter().any(Option::is_some)
    }
}

/// All of them. Of a near cache, a guard and tokens there are some only where there are such.
pub(super) fn all(hour: &Hour) -> Vec<Chart> {
    let latest = hour.latest();
    let has = |is_there: fn(&super::totals::Totals) -> bool| latest.is_some_and(is_there);
    let mut charts = sessions(hour);
    if has(|all| all.near_cache.hits + all.near_cache.misses > 0) {
        charts.push(Chart::of(hour, ("near-cache", "Near cache, hits"), Unit::Share, |window| {
            window.share(|all| all.near_cache.hits, |all| all.near_cache.misses)
        }));
    }
    if has(|all| all.guard.allowed + all.guard.stopped > 0) {
        charts.push(Chart::of(hour, ("guard", "Challenged or ended"), Unit::PerSecond, |window| {
            Some(window.rate(|all| all.guard.stopped))
        }));
    }
    if has(|all| all.tokens.verified + all.tokens.refused > 0) {
        charts.push(Chart::of(hour, ("verified", "Tokens verified"), Unit::PerSecond, |window| {
            Some(window.rate(|all| all.tokens.verified))
        }));
        charts.push(Chart::of(hour, ("refused", "Tokens refused"), Unit::PerSecond, |window| {
            Some(window.rate(|all| all.tokens.refused))
        }));
    }
    charts
}

fn sessions(hour: &Hour) -> Vec<Chart> {
    let chart = |names, unit, measure: fn(&Window<'_>) -> Option<f64>| {
        Chart::of(hour, names, unit, measure)
    };
    vec![
        chart(("active", "Live sessions"), Unit::Count, |window| window.active()),
        chart(("begun", "Sessions begun"), Unit::PerSecond, |window| {
            Some(window.rate(|all| all.begun))
        }),
        chart(("ended", "Sessions ended or expired"), Unit::PerSecond, |window| {
            Some(window.rate(|all| all.ended))
        }),
        chart(("loads", "Sessions loaded"), Unit::PerSecond, |window| {
            Some(window.rate(|all| all.loads.all()))
        }),
        chart(("hits", "Hit rate"), Unit::Share, |window| {
            window.share(|all| all.loads.found, |all| all.loads.absent)
        }),
        chart(("latency", "Backend, 95 of 100 calls"), Unit::Seconds, |window| window.latency()),
        chart(("failures", "Backend, calls that fail"), Unit::Share, |window| window.failures()),
    ]
}
