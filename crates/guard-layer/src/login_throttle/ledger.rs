use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::{Clock, SharedClock};

use super::keys::{Counter, Keys};
use super::limit::{AttemptLimit, FORGOTTEN};
use super::store::{AttemptStore, AttemptStoreError};
use super::tally::{Tally, TooMany, millis};

/// The tallies in their store.
///
/// Time is cut into stretches, and each counter has a key of its own in each. A note lives for longer
/// than its stretch and the next one, in which it is still read. So no key is ever used again after
/// its note has expired, for which stores make no promise.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    pub(super) store: Arc<dyn AttemptStore>,
    pub(super) keys: Keys,
    pub(super) clock: SharedClock,
}

/// How often to begin again where others are quicker: they are as many as check passwords at once.
const ROUNDS: u32 = 64;

/// For how long, at least, a login makes an address known.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Beyond its two stretches, for clocks that are apart.
const SPARE: Duration = Duration::from_secs(10 * 60);

impl Ledger {
    /// Counts a failure, unless it is too early to try: how many there are with it.
    pub(super) async fn charge(
        &self,
        counter: Counter,
        limit: &AttemptLimit,
    ) -> Result<Result<u32, TooMany>, AttemptStoreError> {
        let charged = self.edit(counter, |tally, now| tally.charge(limit, now)).await?;
        Ok(charged.map(Tally::failures))
    }

    /// Takes a failure back.
    pub(super) async fn refund(&self, counter: Counter) -> Result<(), AttemptStoreError> {
        self.edit(counter, |tally, _| Ok(tally.refund())).await.map(drop)
    }

    /// Forgets all failures.
    pub(super) async fn clear(&self, counter: Counter) -> Result<(), AttemptStoreError> {
        self.edit(counter, |_, _| Ok(Tally::default())).await.map(drop)
    }

    /// Notes that a login was made.
    pub(super) async fn note_login(&self, login: Counter) -> Result<(), AttemptStoreError> {
        let key = self.keys.key(login, stretch(self.clock.now(), KNOWN));
        if self.store.load(&key).await?.is_none() {
            // Whoever was quicker has noted the same.
            self.store.keep(&key, &[], None, life(KNOWN)).await?;
        }
        Ok(())
    }

    /// Whether a login was made in this stretch of time or the one before.
    pub(super) async fn has_login(&self, login: Counter) -> Result<bool, AttemptStoreError> {
        let number = stretch(self.clock.now(), KNOWN);
        for number in [number, number.saturating_sub(1)] {
            if self.store.load(&self.keys.key(login, number)).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn edit(
        &self,
        counter: Counter,
        edit: impl Fn(Tally, SystemTime) -> Result<Tally, TooMany>,
    ) -> Result<Result<Tally, TooMany>, AttemptStoreError> {
        for _ in 0..ROUNDS {
            let now = self.clock.now();
            let number = stretch(now, FORGOTTEN);
            let (tally, version) = self.read(counter, number).await?;
            let edited = match edit(tally, now) {
                Ok(edited) => edited,
                Err(too_many) => return Ok(Err(too_many)),
            };
            let key = self.keys.key(counter, number);
            if self.store.keep(&key, &edited.to_bytes(), version, life(FORGOTTEN)).await? {
                return Ok(Ok(edited));
            }
        }
        Err(AttemptStoreError::caused_by("too many changes at once"))
    }

    /// The tally of this stretch and its version, or else the tally of the one before.
    async fn read(
        &self,
        counter: Counter,
        number: u64,
    ) -> Result<(Tally, Option<u64>), AttemptStoreError> {
        if let Some(kept) = self.store.load(&self.keys.key(counter, number)).await? {
            return Ok((tally(&kept.note), Some(kept.version)));
        }
        let before = self.keys.key(counter, number.saturating_sub(1));
        let kept = self.store.load(&before).await?;
        Ok((kept.map(|kept| tally(&kept.note)).unwrap_or_default(), None))
    }
}

/// A note that can't be read counts nothing: nobody can write one but the store itself.
fn tally(note: &[u8]) -> Tally {
    Tally::from_bytes(note).unwrap_or_else(|| {
        tracing::error!("a count of login attempts can't be read, and begins anew");
        Tally::default()
    })
}

/// The number of the stretch that a time is in.
fn stretch(time: SystemTime, length: Duration) -> u64 {
    let length = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    millis(time).checked_div(length).unwrap_or_default()
}

fn life(stretch: Duration) -> Duration {
    stretch.saturating_mul(2).saturating_add(SPARE)
}
