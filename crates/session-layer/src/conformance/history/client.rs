use fastrand::Rng;

use super::action::{Action, Answer, Life, Login, Restored};
use super::names::{Content, KEYS, Key, USERS, User};
use crate::backend::CapPolicy;

/// Draws what a client does next.
pub(super) struct Client {
    pub(super) number: usize,
    random: Rng,
    /// The same for nearly all logins of a history.
    cap: Option<(u32, CapPolicy)>,
    calls: u64,
}

/// What all clients of a history do in a phase, for most is seen when they do the same.
#[derive(Clone, Copy, Debug)]
pub(super) enum Focus {
    Anything,
    /// Most of them log the first user in.
    Logins,
    /// All of them use the same key.
    OneKey,
}

/// What the clients of a history know from all answers until now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// The versions of what is live.
    versions: [Option<u64>; KEYS],
    /// The keys that have, or had, a session.
    used: [bool; KEYS],
}

/// No end of a lifetime or of a grace is within 30 seconds of a multiple of [`STEP`].
const LIVES: [Life; 2] = [Life { idle: 225, absolute: 495 }, Life { idle: 135, absolute: 315 }];
const GRACES: [u64; 2] = [0, 45];

/// Nor is that of what is so old: the shorter idle time is over by the greatest age.
const AGES: [u64; 3] = [0, STEP, 2 * STEP];

/// How far time goes between two phases of a history, in seconds.
pub(super) const STEP: u64 = 90;

impl Client {
    pub(super) fn new(number: usize, seed: u64) -> Self {
        let random = Rng::with_seed(seed.wrapping_mul(101).wrapping_add(number as u64));
        Self { number, random, cap: cap(&mut Rng::with_seed(seed)), calls: 0 }
    }

    /// A session to begin with.
    pub(super) fn first(&mut self, key: Key) -> Action {
        Action::Create(key, Login { cap: None, ..self.login() })
    }

    pub(super) fn next(&mut self, focus: Focus, known: &Known) -> Action {
        let key = match focus {
            Focus::OneKey => known.first().unwrap_or_default(),
            _ => self.key(known),
        };
        match focus {
            Focus::Logins if self.random.u32(0..4) > 0 => self.log_in(key, known),
            _ => self.any(key, known),
        }
    }

    fn any(&mut self, key: Key, known: &Known) -> Action {
        match self.random.u32(0..22) {
            0..2 => Action::Load(key),
            2..5 => Action::Create(self.new_key(known), self.login()),
            5..9 => self.update(key, known),
            9..10 => Action::Touch(key),
            10..13 => self.renew(key, known),
            13..16 => self.replace(key, known),
            16..18 => Action::Delete(key),
            18..19 => Action::OfUser(self.random.usize(0..USERS)),
            19..21 => self.restore(known),
            _ => Action::Sweep,
        }
    }

    fn log_in(&mut self, key: Key, known: &Known) -> Action {
        let login = Login { user: Some(0), cap: self.cap, ..self.login() };
        let to = self.new_key(known);
        if self.random.bool() {
            return Action::Create(to, login);
        }
        Action::Replace { key, version: self.version(key, known), to, login }
    }

    fn update(&mut self, key: Key, known: &Known) -> Action {
        let (version, life) = (self.version(key, known), self.new_life());
        Action::Update { key, version, content: self.content(), life }
    }

    fn renew(&mut self, key: Key, known: &Known) -> Action {
        let (version, to) = (self.version(key, known), self.new_key(known));
        let (life, grace) = (self.new_life(), GRACES[self.random.usize(0..2)]);
        Action::Renew { key, version, to, content: self.content(), life, grace }
    }

    fn replace(&mut self, key: Key, known: &Known) -> Action {
        let (version, to) = (self.version(key, known), self.new_key(known));
        Action::Replace { key, version, to, login: self.login() }
    }

    fn restore(&mut self, known: &Known) -> Action {
        let key = self.key_where(|key| known.used[key]);
        let Login { user, life, content, .. } = self.login();
        let (version, age) = (self.version(key, known), AGES[self.random.usize(0..3)]);
        Action::Restore(key, Restored { version, user, life, age, content })
    }

    /// Mostly one that has a session.
    fn key(&mut self, known: &Known) -> Key {
        self.key_where(|key| known.versions[key].is_some())
    }

    /// Mostly one that never had one.
    fn new_key(&mut self, known: &Known) -> Key {
        self.key_where(|key| !known.used[key])
    }

    fn key_where(&mut self, is_wanted: impl Fn(Key) -> bool) -> Key {
        let wanted: Vec<_> = (0..KEYS).filter(|key| is_wanted(*key)).collect();
        let any = self.random.usize(0..KEYS);
        if self.random.u32(0..8) == 0 { any } else { self.random.choice(wanted).unwrap_or(any) }
    }

    /// Mostly the one that was seen last.
    fn version(&mut self, key: Key, known: &Known) -> u64 {
        let seen = known.versions[key].unwrap_or(1);
        if self.random.u32(0..12) == 0 { seen + 1 } else { seen }
    }

    fn login(&mut self) -> Login {
        let user = if self.random.u32(0..4) == 0 { None } else { Some(self.user()) };
        let cap = if self.random.u32(0..8) == 0 { cap(&mut self.random) } else { self.cap };
        Login { user, cap, life: LIVES[self.random.usize(0..2)], content: self.content() }
    }

    /// Mostly the first one, so that caps matter.
    fn user(&mut self) -> User {
        usize::from(self.random.u32(0..4) == 0)
    }

    fn new_life(&mut self) -> Option<Life> {
        (self.random.u32(0..4) == 0).then(|| LIVES[self.random.usize(0..2)])
    }

    /// No other call of the history writes the same.
    fn content(&mut self) -> Content {
        self.calls += 1;
        self.number as u64 * 1000 + self.calls
    }
}

fn cap(random: &mut Rng) -> Option<(u32, CapPolicy)> {
    let sessions = random.u32(1..4);
    match random.u32(0..5) {
        0 => None,
        1 | 2 => Some((sessions, CapPolicy::Refuse)),
        _ => Some((sessions, CapPolicy::EndOldest)),
    }
}

impl Focus {
    pub(super) fn of(seed: u64, phase: u64) -> Self {
        match Rng::with_seed(seed.wrapping_mul(103).wrapping_add(phase)).u32(0..4) {
            0 => Self::Logins,
            1 => Self::OneKey,
            _ => Self::Anything,
        }
    }
}

impl Known {
    fn first(&self) -> Option<Key> {
        self.versions.iter().position(Option::is_some)
    }

    pub(super) fn learn(&mut self, action: &Action, answer: &Answer) {
        for (key, session) in answer.sessions() {
            self.versions[key] = Some(session.version);
        }
        match (action, answer) {
            (Action::Load(key) | Action::Update { key, .. }, Answer::Missing(_))
            | (Action::Touch(key), Answer::Did(false))
            | (Action::Delete(key), _) => self.versions[*key] = None,
            (Action::Update { key, .. }, Answer::Updated(version)) => {
                self.versions[*key] = Some(*version);
            }
            (Action::Create(key, _), Answer::Made(ended)) => self.made(*key, 1, ended),
            (Action::Restore(key, restored), Answer::Did(true)) => {
                self.made(*key, restored.version, &[]);
            }
            (Action::Renew { key, to, version, .. }, Answer::Made(ended)) => {
                self.versions[*key] = None;
                self.made(*to, version + 1, ended);
            }
            (Action::Replace { key, to, .. }, Answer::Made(ended)) => {
                self.versions[*key] = None;
                self.made(*to, 1, ended);
            }
            _ => {}
        }
    }

    fn made(&mut self, key: Key, version: u64, ended: &[Key]) {
        ended.iter().for_each(|key| self.versions[*key] = None);
        self.versions[key] = Some(version);
        self.used[key] = true;
    }
}
