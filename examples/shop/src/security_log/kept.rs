use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use session_layer::Notes;
use session_layer::backend::BackendError;

use super::Incident;

/// An incident, and when it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// In seconds since 1970.
    at: u64,
    #[serde(flatten)]
    pub(crate) incident: Incident,
}

impl Entry {
    pub(super) fn new(at: SystemTime, incident: Incident) -> Self {
        Self { at: seconds(at), incident }
    }

    pub(crate) fn at(&self) -> SystemTime {
        UNIX_EPOCH.checked_add(Duration::from_secs(self.at)).unwrap_or(UNIX_EPOCH)
    }
}

/// What the store has: for each user a list, in a note of its own.
///
/// Time is cut into stretches of 30 days with a note in each, which lives for two: no name is used
/// again after its note is over, for which stores make no promise.
#[derive(Clone, Debug)]
pub(super) struct Kept(pub(super) Notes);

/// For how long an incident is shown.
const SHOWN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many are kept, the latest.
const MOST: usize = 20;

/// How long a list lives: two stretches, and an hour for clocks that are apart.
const LIFE: Duration = SHOWN.saturating_mul(2).saturating_add(Duration::from_secs(60 * 60));

impl Kept {
    /// The latest, newest first.
    pub(super) async fn read(
        &self,
        user: &str,
        now: SystemTime,
    ) -> Result<Vec<Entry>, BackendError> {
        let number = stretch(now);
        let newer = self.load(&name(user, number)).await?;
        let older = self.load(&name(user, number.saturating_sub(1))).await?;
        Ok(latest(newer.into_iter().chain(older), now))
    }

    /// False if others were quicker, again and again.
    pub(super) async fn add(&self, user: &str, entry: &Entry) -> Result<bool, BackendError> {
        let name = name(user, stretch(entry.at()));
        let Ok(new) = serde_json::to_value(entry) else { return Ok(false) };
        let edit = |note: Option<&[u8]>| {
            let mut list = note.map(list).unwrap_or_default();
            list.insert(0, new.clone());
            list.truncate(MOST);
            Value::Array(list).to_string().into_bytes()
        };
        self.0.edit(&name, LIFE, edit).await
    }

    async fn load(&self, name: &[u8]) -> Result<Vec<Value>, BackendError> {
        let note = self.0.load(name).await?;
        Ok(note.map(|note| list(&note.bytes)).unwrap_or_default())
    }
}

/// Those that are to be shown. One that this version can't read is kept and not shown.
fn latest(list: impl Iterator<Item = Value>, now: SystemTime) -> Vec<Entry> {
    let entries = list.filter_map(|value| serde_json::from_value::<Entry>(value).ok());
    let is_shown = |entry: &Entry| now.duration_since(entry.at()).unwrap_or_default() < SHOWN;
    entries.filter(is_shown).take(MOST).collect()
}

fn list(note: &[u8]) -> Vec<Value> {
    serde_json::from_slice(note).unwrap_or_else(|_| {
        tracing::error!("a security log can't be read, and begins anew");
        Vec::new()
    })
}

fn name(user: &str, stretch: u64) -> Vec<u8> {
    format!("security log\0{user}\0{stretch}").into_bytes()
}

/// The number of the stretch that a time is in.
fn stretch(time: SystemTime) -> u64 {
    seconds(time).checked_div(SHOWN.as_secs()).unwrap_or_default()
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use session_layer::backend::MemoryBackend;

    use super::*;

    const DAY: u64 = 24 * 60 * 60;
    /// Two days before a stretch ends.
    const START: u64 = 700 * 30 * DAY - 2 * DAY;

    fn day(day: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(START + day * DAY)
    }

    fn kept() -> Kept {
        Kept(Notes::in_backend(Arc::new(MemoryBackend::new())))
    }

    async fn add(kept: &Kept, at: SystemTime, incident: Incident) {
        assert!(kept.add("alice", &Entry::new(at, incident)).await.unwrap());
    }

    #[tokio::test]
    async fn incidents_are_read_newest_first_for_30_days() {
        let kept = kept();
        add(&kept, day(0), Incident::Idle).await;
        add(&kept, day(5), Incident::Closed).await;
        let both = kept.read("alice", day(29)).await.unwrap();
        let expected = [(day(5), Incident::Closed), (day(0), Incident::Idle)];
        assert_eq!(both, expected.map(|(at, incident)| Entry::new(at, incident)));
        assert_eq!(kept.read("alice", day(30)).await.unwrap().len(), 1);
        assert_eq!(kept.read("alice", day(35)).await.unwrap(), []);
        assert_eq!(kept.read("bob", day(5)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn the_latest_twenty_are_kept() {
        let kept = kept();
        add(&kept, day(0), Incident::Idle).await;
        for _ in 0..20 {
            add(&kept, day(0), Incident::Closed).await;
        }
        let entries = kept.read("alice", day(0)).await.unwrap();
        assert_eq!(entries, vec![Entry::new(day(0), Incident::Closed); 20]);
    }

    #[tokio::test]
    async fn of_many_at_once_none_is_lost() {
        let kept = kept();
        let entry = Entry::new(day(0), Incident::Closed);
        let adding = [(); 4].map(|()| {
            let (kept, entry) = (kept.clone(), entry.clone());
            tokio::spawn(async move { kept.add("alice", &entry).await.unwrap() })
        });
        for one in adding {
            assert!(one.await.unwrap());
        }
        assert_eq!(kept.read("alice", day(0)).await.unwrap().len(), 4);
    }

    #[tokio::test]
    async fn what_a_later_version_has_kept_is_neither_shown_nor_lost() {
        let kept = kept();
        let (name, later) =
            (name("alice", stretch(day(0))), serde_json::json!({ "kind": "later" }));
        let note = serde_json::json!([later]).to_string().into_bytes();
        assert!(kept.0.keep(&name, note, None, LIFE).await.unwrap());
        add(&kept, day(0), Incident::Idle).await;
        assert_eq!(kept.read("alice", day(0)).await.unwrap().len(), 1);
        assert_eq!(kept.load(&name).await.unwrap()[1], later);
    }

    #[tokio::test]
    async fn a_list_that_can_not_be_read_begins_anew() {
        let kept = kept();
        let name = name("alice", stretch(day(0)));
        assert!(kept.0.keep(&name, b"[{".to_vec(), None, LIFE).await.unwrap());
        assert_eq!(kept.read("alice", day(0)).await.unwrap(), []);
        add(&kept, day(0), Incident::Idle).await;
        assert_eq!(kept.read("alice", day(0)).await.unwrap().len(), 1);
    }
}
