use std::collections::BTreeMap;
use std::sync::MutexGuard;
use std::time::Duration;

use super::entry::{Entry, Former, Session, Sight};
use super::millis::Millis;
use super::registry::Registry;
use super::shard::{Due, Shard};
use super::store::Store;
use crate::backend::{
    BackendError, BackendErrorKind, CapPolicy, Created, Draft, Found, Loaded, Missing, Record,
    Rotated, Rotation, RotationKind, SessionKey, UserId,
};

/// One step that changes which sessions there are. It holds the registry, and every shard that it
/// has looked at, until its end, so that nobody sees half of it.
pub(super) struct Transaction<'a> {
    store: &'a Store,
    registry: MutexGuard<'a, Registry>,
    held: BTreeMap<usize, MutexGuard<'a, Shard>>,
    /// When the latest shard was locked.
    now: Millis,
}

/// What a part of a sweep did.
pub(super) struct Part {
    pub(super) removed: u32,
    /// Whether there may be more.
    pub(super) is_unfinished: bool,
}

/// How many expired keys a new one removes: two, so that they become fewer.
const ALONG: u32 = 2;

impl<'a> Transaction<'a> {
    pub(super) fn new(store: &'a Store, registry: MutexGuard<'a, Registry>) -> Self {
        Self { store, registry, held: BTreeMap::new(), now: Millis::of(std::time::UNIX_EPOCH) }
    }

    pub(super) fn create(
        &mut self,
        key: &SessionKey,
        draft: &Draft,
    ) -> Result<Created, BackendError> {
        let room = self.make_room();
        self.forget_expired(draft);
        if self.knows(key) {
            return Ok(Created::Taken);
        }
        let Some(ended) = self.surplus(draft, None) else { return Ok(Created::Full) };
        room?;
        self.insert(key, draft, &ended);
        Ok(Created::Done { ended })
    }

    pub(super) fn rotate(
        &mut self,
        key: &SessionKey,
        rotation: &Rotation,
    ) -> Result<Rotated, BackendError> {
        let room = self.make_room();
        if let RotationKind::Replace(draft) = &rotation.kind {
            self.forget_expired(draft);
        }
        let Some(mut session) = self.session(key, rotation.version) else {
            return Ok(self.refusal(key));
        };
        if self.knows(&rotation.to) {
            return Ok(Rotated::Taken);
        }
        match &rotation.kind {
            RotationKind::Renew { payload, lifetime, grace, kept } => {
                room?;
                session.renew(payload, *lifetime, self.now);
                self.end(key, |now| Former::renewed(rotation.to, *grace, *kept, now));
                self.register(&rotation.to, session);
                Ok(Rotated::Done { ended: Vec::new() })
            }
            RotationKind::Replace(draft) => {
                let Some(ended) = self.surplus(draft, Some(key)) else { return Ok(Rotated::Full) };
                room?;
                self.end(key, Former::replaced);
                self.insert(&rotation.to, draft, &ended);
                Ok(Rotated::Done { ended })
            }
        }
    }

    pub(super) fn delete(&mut self, key: &SessionKey) -> Option<Found> {
        let Loaded::Found(found) = self.load(key) else { return None };
        self.end(&found.key, Former::ended);
        Some(found)
    }

    pub(super) fn restore(
        &mut self,
        key: &SessionKey,
        record: &Record,
    ) -> Result<bool, BackendError> {
        let (shard, now) = self.shard_of(key);
        if Millis::of(record.expires()) <= now || !shard.admits(key, record.version, now) {
            return Ok(false);
        }
        match shard.remove(key) {
            Some(entry) => self.forget(entry),
            None => self.make_room()?,
        }
        let place = self.registry.place(Millis::of(record.created));
        self.register(key, Session::restored(record, place));
        Ok(true)
    }

    pub(super) fn of_user(&mut self, user: &UserId) -> Vec<Found> {
        let keys = self.registry.of_user(user);
        let live = |key: &SessionKey| match self.look(key) {
            Sight::Live(session) => Some(session.found(key)),
            _ => None,
        };
        keys.iter().filter_map(live).collect()
    }

    /// Looks at so many of what is due in a shard, and removes at most `limit`.
    pub(super) fn sweep(&mut self, shard: usize, looks: u32, limit: u32) -> Part {
        let mut removed = 0;
        for _ in 0..looks {
            if removed == limit {
                break;
            }
            let (shard, now) = self.shard(shard);
            match shard.next_due(now) {
                None => return Part { removed, is_unfinished: false },
                Some(Due::PutOff) => {}
                Some(Due::Removed(entry)) => {
                    removed += 1;
                    self.forget_over(entry);
                }
            }
        }
        Part { removed, is_unfinished: true }
    }

    /// How long those had lived that were removed since this was last asked, because they had
    /// expired.
    pub(super) fn tell(&mut self) -> Vec<Duration> {
        self.registry.tell()
    }
}

/// The parts of a step.
impl Transaction<'_> {
    /// A shard, which is held from now on, and the time.
    fn shard(&mut self, shard: usize) -> (&mut Shard, Millis) {
        let held = self.held.entry(shard).or_insert_with(|| {
            let (locked, now) = self.store.lock(shard);
            self.now = now;
            locked
        });
        (held, self.now)
    }

    fn shard_of(&mut self, key: &SessionKey) -> (&mut Shard, Millis) {
        self.shard(self.store.shard_of(key))
    }

    fn knows(&mut self, key: &SessionKey) -> bool {
        self.shard_of(key).0.knows(key)
    }

    fn look(&mut self, key: &SessionKey) -> Sight<'_> {
        let (shard, now) = self.shard_of(key);
        shard.look(key, now)
    }

    fn load(&mut self, key: &SessionKey) -> Loaded {
        let successor = match self.look(key) {
            Sight::Live(session) => return Loaded::Found(session.found(key)),
            Sight::Missing(missing) => return Loaded::Missing(missing),
            Sight::LeadsTo(successor) => successor,
        };
        match self.look(&successor) {
            Sight::Live(session) => Loaded::Found(session.found(&successor)),
            Sight::Missing(missing) => Loaded::Missing(missing),
            Sight::LeadsTo(_) => Loaded::Missing(Missing::Superseded),
        }
    }

    /// The session with this very key and version.
    fn session(&mut self, key: &SessionKey, version: u64) -> Option<Session> {
        match self.look(key) {
            Sight::Live(session) if session.version == version => Some(session.clone()),
            _ => None,
        }
    }

    /// Why there is nothing to rotate.
    fn refusal(&mut self, key: &SessionKey) -> Rotated {
        match self.load(key) {
            Loaded::Found(found) => Rotated::Conflict(found),
            Loaded::Missing(missing) => Rotated::Missing(missing),
        }
    }

    /// The sessions that a cap ends for one more; none if that one has no room. Those of the user
    /// that have expired are forgotten by now.
    fn surplus(&self, draft: &Draft, instead_of: Option<&SessionKey>) -> Option<Vec<SessionKey>> {
        let (Some(user), Some(cap)) = (&draft.user, draft.cap) else { return Some(Vec::new()) };
        let mut keys = self.registry.of_user(user);
        keys.retain(|key| Some(key) != instead_of);
        let most = usize::try_from(cap.sessions.get()).unwrap_or(usize::MAX);
        keys.truncate((keys.len() + 1).saturating_sub(most));
        (keys.is_empty() || cap.policy == CapPolicy::EndOldest).then_some(keys)
    }

    fn insert(&mut self, key: &SessionKey, draft: &Draft, ended: &[SessionKey]) {
        ended.iter().for_each(|key| self.end(key, Former::ended));
        let now = self.shard_of(key).1;
        let place = self.registry.place(now);
        self.register(key, Session::new(draft, place));
    }

    /// Puts a session under a new key, and removes some keys that are over.
    fn register(&mut self, key: &SessionKey, session: Session) {
        if let Some(user) = &session.user {
            self.registry.add(user, session.place, *key);
        }
        let (shard, now) = self.shard_of(key);
        shard.put(*key, Entry::Session(session), now);
        self.registry.sessions += 1;
        self.registry.keys += 1;
        self.sweep(self.store.shard_of(key), ALONG, ALONG);
    }

    /// Puts what remains of a session in its place.
    fn end(&mut self, key: &SessionKey, former: impl FnOnce(Millis) -> Former) {
        let (shard, now) = self.shard_of(key);
        if let Some(entry) = shard.put(*key, Entry::Former(former(now)), now) {
            self.unregister(entry);
        }
    }

    /// The entry of a key was removed.
    fn forget(&mut self, entry: Entry) {
        self.registry.keys -= 1;
        self.unregister(entry);
    }

    /// The same, of one that was over.
    fn forget_over(&mut self, entry: Entry) {
        if let Entry::Session(session) = &entry {
            self.registry.note_expired(session);
        }
        self.forget(entry);
    }

    fn unregister(&mut self, gone: Entry) {
        let Entry::Session(session) = gone else { return };
        self.registry.sessions -= 1;
        if let Some(user) = &session.user {
            self.registry.remove(user, session.place);
        }
    }

    /// Removes those of a user's sessions that have expired, so that a cap can count the rest.
    fn forget_expired(&mut self, draft: &Draft) {
        let (Some(user), Some(_)) = (&draft.user, draft.cap) else { return };
        for key in self.registry.of_user(user) {
            let (shard, now) = self.shard_of(&key);
            if let Some(entry) = shard.remove_if_over(&key, now) {
                self.forget_over(entry);
            }
        }
    }

    /// Room for one more key.
    fn make_room(&mut self) -> Result<(), BackendError> {
        if self.registry.keys < self.store.capacity() {
            return Ok(());
        }
        for shard in self.store.shards() {
            if self.sweep(shard, u32::MAX, 1).removed > 0 {
                return Ok(());
            }
        }
        Err(BackendError::new(BackendErrorKind::OutOfSpace))
    }
}
