use super::action::{Action, Answer, Life, Login, Restored};
use super::names::{KEYS, Key, User};
use super::observation::{Seen, Session};
use crate::backend::{CapPolicy, Missing, TOMBSTONE_LIFE};

/// A backend that does one thing after another, as the contract says; times in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Model {
    now: u64,
    slots: [Slot; KEYS],
}

/// When it begins: later than what is restored was created.
const START: u64 = 1_000_000;

/// What there is under a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Slot {
    #[default]
    Free,
    Session(Line),
    Former(Former),
}

/// A session, and which one: all its keys one after the other are of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Line {
    id: u64,
    created: u64,
    session: Session,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Former {
    /// The line that was here, the key that it had next, and until when this one leads there.
    leads_to: Option<(u64, Key, u64)>,
    says: Says,
    /// A backend may remember it for longer.
    remembered: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Says {
    Absent,
    Superseded,
    /// The contract doesn't say which.
    Either,
}

#[derive(Clone, Copy, Debug)]
enum Sight {
    Live(Line),
    LeadsTo(Key, Line),
    Missing(Missing),
}

/// One of the answers that an action may have, and what is then.
pub(super) struct Outcome {
    pub(super) answer: Answer,
    pub(super) then: Model,
}

impl Default for Model {
    fn default() -> Self {
        Self { now: START, slots: Default::default() }
    }
}

impl Line {
    fn new(login: &Login, now: u64) -> Self {
        let session = Session {
            version: 1,
            content: login.content,
            user: login.user,
            idle: login.life.idle,
            seen: 0,
            ends: login.life.absolute,
        };
        Self { id: login.content, created: now, session }
    }

    /// One that goes on where another was, or begins.
    fn restored(restored: &Restored, instead_of: Option<Line>, now: u64) -> Self {
        let session = Session {
            version: restored.version,
            content: restored.content,
            user: restored.user,
            idle: restored.life.idle,
            seen: 0,
            ends: restored.life.absolute,
        };
        let id = instead_of.map_or(restored.content, |line| line.id);
        Self { id, created: now - restored.age, session }
    }

    fn is_live(&self, now: u64) -> bool {
        let Session { seen, idle, ends, .. } = self.session;
        now < self.created + ends.min(seen + idle)
    }

    fn seen(mut self, now: u64) -> Self {
        self.session.seen = now - self.created;
        self
    }

    fn written(mut self, content: u64, life: Option<Life>, now: u64) -> Self {
        self.session.version += 1;
        self.session.content = content;
        if let Some(life) = life {
            self.session.idle = life.idle;
            self.session.ends = now - self.created + life.absolute;
        }
        self.seen(now)
    }
}

impl Former {
    fn new(says: Says, now: u64) -> Self {
        Self { leads_to: None, says, remembered: now + TOMBSTONE_LIFE.as_secs() }
    }
}

/// What each verb may do.
impl Model {
    pub(super) fn outcomes(&self, action: &Action) -> Vec<Outcome> {
        match *action {
            Action::Load(key) => self.load(key),
            Action::Create(key, login) => self.make(key, &login, None),
            Action::Update { key, version, content, life } => self.change(key, version, |line| {
                let line = line.written(content, life, self.now);
                vec![self.with(key, Slot::Session(line)).answering(Answer::Updated(version + 1))]
            }),
            Action::Touch(key) => self.touch(key),
            Action::Renew { key, version, to, content, life, grace } => {
                self.change(key, version, |line| {
                    self.renew(key, to, line, line.written(content, life, self.now), grace)
                })
            }
            Action::Replace { key, version, to, login } => {
                self.change(key, version, |_| self.make(to, &login, Some(key)))
            }
            Action::Delete(key) => self.delete(key),
            Action::Restore(key, restored) => self.restore(key, &restored),
            Action::OfUser(user) => vec![self.clone().answering(Answer::Listed(self.list(user)))],
            Action::Sweep => vec![self.clone().answering(Answer::Nothing)],
            Action::Advance(by) => {
                vec![Self { now: self.now + by, ..self.clone() }.answering(Answer::Nothing)]
            }
        }
    }

    fn load(&self, key: Key) -> Vec<Outcome> {
        let answer = |sight| match sight {
            Sight::Live(line) => Answer::Found(line.seen_under(key)),
            Sight::LeadsTo(key, line) => Answer::Found(line.seen_under(key)),
            Sight::Missing(missing) => Answer::Missing(missing),
        };
        self.look(key).into_iter().map(|sight| self.clone().answering(answer(sight))).collect()
    }

    /// What happens to a session of this version, or why nothing does.
    fn change(&self, key: Key, version: u64, to: impl Fn(Line) -> Vec<Outcome>) -> Vec<Outcome> {
        let outcomes = |sight| {
            let refusal = match sight {
                Sight::Live(line) if line.session.version == version => return to(line),
                Sight::Live(line) => Answer::Conflict(line.seen_under(key)),
                Sight::LeadsTo(key, line) => Answer::Conflict(line.seen_under(key)),
                Sight::Missing(missing) => Answer::Missing(missing),
            };
            vec![self.clone().answering(refusal)]
        };
        self.look(key).into_iter().flat_map(outcomes).collect()
    }

    fn touch(&self, key: Key) -> Vec<Outcome> {
        match self.slots[key] {
            Slot::Session(line) if line.is_live(self.now) => {
                let touched = self.with(key, Slot::Session(line.seen(self.now)));
                vec![touched.answering(Answer::Did(true))]
            }
            _ => vec![self.clone().answering(Answer::Did(false))],
        }
    }

    fn renew(&self, key: Key, to: Key, line: Line, renewed: Line, grace: u64) -> Vec<Outcome> {
        let mut outcomes = self.taken(to);
        if self.may_be_free(to) {
            let until = self.now + grace;
            let leads_to = (grace > 0).then_some((line.id, to, until));
            let former = Former { leads_to, ..Former::new(Says::Superseded, until) };
            let then = self.with(key, Slot::Former(former)).with(to, Slot::Session(renewed));
            outcomes.push(then.answering(Answer::Made(Vec::new())));
        }
        outcomes
    }

    /// Creates a session, instead of another one if it is a replacement. Of a key that is taken and
    /// a user who has too many, a backend may notice the one or the other.
    fn make(&self, key: Key, login: &Login, instead_of: Option<Key>) -> Vec<Outcome> {
        let mut outcomes = self.taken(key);
        let surplus = self.surplus(login, instead_of);
        if surplus.is_empty() {
            outcomes.push(self.clone().answering(Answer::Full));
        }
        if self.may_be_free(key) {
            let made = surplus.into_iter().map(|ended| self.made(key, login, instead_of, ended));
            outcomes.extend(made);
        }
        outcomes
    }

    fn made(&self, key: Key, login: &Login, instead_of: Option<Key>, ended: Vec<Key>) -> Outcome {
        let mut then = self.with(key, Slot::Session(Line::new(login, self.now)));
        for key in &ended {
            then = then.with(*key, Slot::Former(Former::new(Says::Absent, self.now)));
        }
        if let Some(key) = instead_of {
            then = then.with(key, Slot::Former(Former::new(Says::Superseded, self.now)));
        }
        then.answering(Answer::Made(ended))
    }

    fn delete(&self, key: Key) -> Vec<Outcome> {
        let outcomes = |sight| {
            let (key, line) = match sight {
                Sight::Live(line) => (key, line),
                Sight::LeadsTo(key, line) => (key, line),
                Sight::Missing(_) => return self.deleted_again(key).answering(Answer::Ended(None)),
            };
            let ended = Slot::Former(Former::new(Says::Absent, self.now));
            self.with(key, ended).answering(Answer::Ended(Some(line.seen_under(key))))
        };
        self.look(key).into_iter().map(outcomes).collect()
    }

    /// Where there is nothing to end, a backend may note all the same that it was to be ended.
    fn deleted_again(&self, key: Key) -> Self {
        match self.slots[key] {
            Slot::Former(former) => {
                let says = if former.says == Says::Absent { Says::Absent } else { Says::Either };
                self.with(key, Slot::Former(Former { says, ..former }))
            }
            Slot::Free => {
                let noted = Former { remembered: self.now, ..Former::new(Says::Absent, self.now) };
                self.with(key, Slot::Former(noted))
            }
            Slot::Session(_) => self.clone(),
        }
    }

    /// Of what is remembered for longer than it has to be, it is up to the backend.
    fn restore(&self, key: Key, restored: &Restored) -> Vec<Outcome> {
        let instead_of = self.live_at(key);
        let line = Line::restored(restored, instead_of, self.now);
        let is_newer = instead_of.is_none_or(|here| here.session.version <= restored.version);
        let mut outcomes = Vec::new();
        if line.is_live(self.now) && is_newer && self.may_be_restored(key) {
            outcomes.push(self.with(key, Slot::Session(line)).answering(Answer::Did(true)));
        }
        if outcomes.is_empty() || matches!(self.slots[key], Slot::Former(_)) {
            outcomes.push(self.clone().answering(Answer::Did(false)));
        }
        outcomes
    }

    fn list(&self, user: User) -> Vec<Seen> {
        self.live_of(user).map(|(key, line)| line.seen_under(key)).collect()
    }
}

/// What there is.
impl Model {
    /// What may be seen under a key.
    fn look(&self, key: Key) -> Vec<Sight> {
        match self.slots[key] {
            Slot::Session(line) if line.is_live(self.now) => vec![Sight::Live(line)],
            Slot::Former(former) => self.look_at_former(&former),
            _ => vec![Sight::Missing(Missing::Absent)],
        }
    }

    fn look_at_former(&self, former: &Former) -> Vec<Sight> {
        let absent = Sight::Missing(Missing::Absent);
        let superseded = Sight::Missing(Missing::Superseded);
        if let Some((id, key, until)) = former.leads_to {
            match self.slots[key] {
                Slot::Session(line) if line.id == id && line.is_live(self.now) => {
                    if self.now < until {
                        return vec![Sight::LeadsTo(key, line)];
                    }
                }
                _ if self.is_live(id) => {}
                _ => return vec![absent, superseded],
            }
        }
        match former.says {
            Says::Absent => vec![absent],
            Says::Superseded if self.now < former.remembered => vec![superseded],
            _ => vec![absent, superseded],
        }
    }

    fn is_live(&self, id: u64) -> bool {
        self.live().any(|(_, line)| line.id == id)
    }

    fn live(&self) -> impl Iterator<Item = (Key, Line)> {
        self.slots.iter().enumerate().filter_map(|(key, slot)| match slot {
            Slot::Session(line) if line.is_live(self.now) => Some((key, *line)),
            _ => None,
        })
    }

    fn live_of(&self, user: User) -> impl Iterator<Item = (Key, Line)> {
        self.live().filter(move |(_, line)| line.session.user == Some(user))
    }

    fn live_at(&self, key: Key) -> Option<Line> {
        match self.slots[key] {
            Slot::Session(line) if line.is_live(self.now) => Some(line),
            _ => None,
        }
    }

    /// Whether a session can be restored under a key, if it is not older than the one there.
    fn may_be_restored(&self, key: Key) -> bool {
        matches!(self.slots[key], Slot::Session(_)) || self.may_be_free(key)
    }

    /// Whether a key can be given to a session; of what is over, it is up to the backend.
    fn may_be_free(&self, key: Key) -> bool {
        match self.slots[key] {
            Slot::Free => true,
            Slot::Session(line) => !line.is_live(self.now),
            Slot::Former(former) => former.remembered <= self.now,
        }
    }

    /// That a key is taken, if it may be.
    fn taken(&self, key: Key) -> Vec<Outcome> {
        match self.slots[key] {
            Slot::Free => Vec::new(),
            _ => vec![self.clone().answering(Answer::Taken)],
        }
    }

    /// Each of the groups of sessions that may be ended to make room; there is none if the cap
    /// refuses. Of sessions that were created at about the same time, any may be the oldest.
    fn surplus(&self, login: &Login, instead_of: Option<Key>) -> Vec<Vec<Key>> {
        let (Some(user), Some((most, policy))) = (login.user, login.cap) else {
            return vec![Vec::new()];
        };
        let live = self.live_of(user).filter(|(key, _)| Some(*key) != instead_of);
        let live: Vec<_> = live.map(|(key, line)| (key, line.created)).collect();
        let surplus = (live.len() + 1).saturating_sub(most as usize);
        match policy {
            CapPolicy::Refuse if surplus > 0 => Vec::new(),
            _ => oldest(&live, surplus),
        }
    }

    fn with(&self, key: Key, slot: Slot) -> Self {
        let mut then = self.clone();
        then.slots[key] = slot;
        then
    }

    fn answering(self, answer: Answer) -> Outcome {
        Outcome { answer, then: self }
    }
}

impl Line {
    fn seen_under(&self, key: Key) -> Seen {
        Seen { key, session: self.session }
    }
}

/// All groups of so many keys that are not younger than any of the others.
fn oldest(keys: &[(Key, u64)], count: usize) -> Vec<Vec<Key>> {
    let groups = (0_u32..1 << keys.len()).filter(|group| group.count_ones() as usize == count);
    groups.filter_map(|group| if_oldest(keys, group)).collect()
}

fn if_oldest(keys: &[(Key, u64)], group: u32) -> Option<Vec<Key>> {
    let indexed = keys.iter().enumerate();
    let (members, others): (Vec<_>, Vec<_>) = indexed.partition(|(n, _)| group >> n & 1 == 1);
    let youngest = members.iter().map(|(_, (_, created))| created).max();
    let is_older = others.iter().all(|(_, (_, created))| Some(created) >= youngest);
    is_older.then(|| members.iter().map(|(_, (key, _))| *key).collect())
}

impl Outcome {
    /// Whether this is what the client was answered.
    pub(super) fn explains(&self, answer: &Answer) -> bool {
        match (&self.answer, answer) {
            (Answer::Found(expected), Answer::Found(got)) => is_like(expected, got),
            (Answer::Conflict(expected), Answer::Conflict(got)) => is_like(expected, got),
            (Answer::Missing(expected), Answer::Missing(got)) => expected == got,
            (Answer::Updated(expected), Answer::Updated(got)) => expected == got,
            (Answer::Did(expected), Answer::Did(got)) => expected == got,
            (Answer::Made(expected), Answer::Made(got)) => is_permutation(expected, got, Key::eq),
            (Answer::Listed(expected), Answer::Listed(got)) => {
                is_permutation(expected, got, is_like)
            }
            (Answer::Ended(Some(expected)), Answer::Ended(Some(got))) => is_like(expected, got),
            (Answer::Ended(None), Answer::Ended(None)) => true,
            (Answer::Taken, Answer::Taken) | (Answer::Full, Answer::Full) => true,
            (Answer::Nothing, Answer::Nothing) => true,
            (_, Answer::Failed(_)) => true,
            _ => false,
        }
    }
}

fn is_like(one: &Seen, other: &Seen) -> bool {
    one.key == other.key && one.session.is_like(&other.session)
}

fn is_permutation<T>(one: &[T], other: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    one.len() == other.len() && one.iter().all(|a| other.iter().any(|b| is_same(a, b)))
}
