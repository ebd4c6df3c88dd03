use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::Stream;
use futures_util::stream::unfold;
use guard_layer::{GuardEvent, GuardEventKind, Tag};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// What the guard of this instance has noticed of late.
pub(super) struct Feed {
    happenings: Mutex<VecDeque<Happening>>,
    /// The number of the latest.
    latest: watch::Sender<u64>,
}

/// An event, and when it came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Happening {
    pub(super) number: u64,
    pub(super) at: SystemTime,
    pub(super) session: Option<Tag>,
    pub(super) user: String,
    pub(super) kind: GuardEventKind,
}

/// How many are kept.
const LENGTH: usize = 200;

/// How long a page is told of them before it has to ask again, so that who may no longer see them
/// does not for long, and an instance that ends is not kept from it.
const STAY: Duration = Duration::from_secs(30);

impl Feed {
    /// Begins with a number that no instance before this one has come to.
    pub(super) fn new(now: SystemTime) -> Self {
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let first = u64::try_from(since.as_millis()).unwrap_or_default();
        Self { happenings: Mutex::default(), latest: watch::Sender::new(first) }
    }

    pub(super) fn tell(&self, event: &GuardEvent, at: SystemTime) {
        self.add(at, event.session, &event.user, &event.kind);
    }

    fn add(&self, at: SystemTime, session: Option<Tag>, user: &str, kind: &GuardEventKind) {
        let mut happenings = self.happenings.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.latest.borrow().saturating_add(1);
        let (user, kind) = (user.to_owned(), kind.clone());
        happenings.push_back(Happening { number, at, session, user, kind });
        if happenings.len() > LENGTH {
            happenings.pop_front();
        }
        self.latest.send_replace(number);
    }

    /// Those with a higher number, the oldest first.
    pub(super) fn after(&self, number: u64) -> Vec<Happening> {
        let happenings = self.happenings.lock().unwrap_or_else(PoisonError::into_inner);
        happenings.iter().filter(|happening| happening.number > number).cloned().collect()
    }

    /// Those with a higher number, as they come, for a while.
    pub(super) fn follow(self: Arc<Self>, number: u64) -> impl Stream<Item = Happening> {
        let (bell, ends) = (self.latest.subscribe(), Instant::now() + STAY);
        let listener = Listener { feed: self, bell, ends, told: number, due: VecDeque::new() };
        unfold(listener, async |mut listener| {
            let happening = timeout_at(listener.ends, listener.next()).await.ok()??;
            Some((happening, listener))
        })
    }
}

struct Listener {
    feed: Arc<Feed>,
    bell: watch::Receiver<u64>,
    ends: Instant,
    told: u64,
    due: VecDeque<Happening>,
}

impl Listener {
    async fn next(&mut self) -> Option<Happening> {
        while self.due.is_empty() {
            self.due = self.feed.after(self.told).into();
            if self.due.is_empty() {
                self.bell.changed().await.ok()?;
            }
        }
        let next = self.due.pop_front()?;
        self.told = next.number;
        Some(next)
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::StreamExt as _;

    use super::*;

    const START: SystemTime = SystemTime::UNIX_EPOCH;

    fn happen(feed: &Feed, user: &str) {
        let kind = GuardEventKind::Failed { purpose: "password".into(), left: 4 };
        feed.add(START, None, user, &kind);
    }

    fn users(happenings: &[Happening]) -> Vec<&str> {
        happenings.iter().map(|happening| happening.user.as_str()).collect()
    }

    #[test]
    fn only_the_latest_are_kept() {
        let feed = Feed::new(START);
        for number in 0..1000 {
            happen(&feed, &number.to_string());
        }
        let kept = feed.after(0);
        assert_eq!(
            (kept.len(), kept[0].user.as_str(), kept[199].user.as_str()),
            (200, "800", "999")
        );
    }

    #[tokio::test]
    async fn who_follows_is_told_of_what_was_and_of_what_comes() {
        let feed = Arc::new(Feed::new(START));
        happen(&feed, "seen");
        let seen = feed.after(0)[0].number;
        happen(&feed, "missed");
        let mut stream = pin!(Arc::clone(&feed).follow(seen));
        let missed = stream.next().await.unwrap();
        happen(&feed, "new");
        assert_eq!(users(&[missed, stream.next().await.unwrap()]), ["missed", "new"]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_follows_has_to_ask_again_after_a_while() {
        let feed = Arc::new(Feed::new(START));
        assert_eq!(pin!(feed.follow(0)).next().await, None);
    }

    #[test]
    fn an_instance_that_starts_later_begins_with_higher_numbers() {
        let first = |seconds| {
            let feed = Feed::new(START + Duration::from_secs(seconds));
            happen(&feed, "alice");
            feed.after(0)[0].number
        };
        assert!(first(2) > first(1));
    }
}
