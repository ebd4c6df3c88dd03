use super::super::Mode;
use super::super::pair::Pair;
use super::stop::{Stop, led};
use crate::backend::{Backend, Stats};

pub(in super::super) async fn stats(pair: &Pair, mode: Mode) -> Result<Stats, Stop> {
    led(pair, mode, pair.store(mode.lead).stats().await).await
}
