use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Barrier;

use super::History;
use super::action::{Action, Answer, Event, Life, Login, Restored};
use super::client::{Client, Focus, Known, STEP};
use super::names::{Content, KEYS, Key, Names, USERS};
use super::observation::observe;
use crate::backend::{
    BackendError, Cap, Change, Draft, Lifetime, Loaded, Record, Rotation, RotationKind,
    TOMBSTONE_LIFE,
};
use crate::conformance::{Subject, sample};

/// Some histories that run at the same time, for time goes on for all of them together.
pub(super) struct Batch {
    subject: Arc<dyn Subject>,
    runs: Vec<Arc<Run>>,
    clients: Vec<(Arc<Run>, Client)>,
}

/// A history in the making.
struct Run {
    seed: u64,
    names: Names,
    subject: Arc<dyn Subject>,
    /// Counts what happens, as a clock of the history's own.
    time: AtomicU64,
    events: Mutex<Vec<Event>>,
    known: Mutex<Known>,
}

/// Each client makes so many calls in each of so many phases.
const PHASES: u64 = 3;
const CALLS: usize = 2;

/// How many there are to begin with.
const SESSIONS: usize = 3;

/// Who does what is not to happen at the same time as anything else.
const NOBODY: usize = 9;

impl Batch {
    pub(super) fn new(subject: Arc<dyn Subject>, seeds: impl Iterator<Item = u64>) -> Self {
        let runs: Vec<_> = seeds.map(|seed| Arc::new(Run::new(subject.clone(), seed))).collect();
        let clients_of = |run: &Arc<Run>| {
            let run = run.clone();
            (0..3 + run.seed as usize % 2).map(move |n| (run.clone(), Client::new(n, run.seed)))
        };
        let clients = runs.iter().flat_map(clients_of).collect();
        Self { subject, runs, clients }
    }

    /// Runs all phases, and then looks at what is left.
    pub(super) async fn run(mut self) -> Vec<History> {
        for run in &self.runs {
            run.begin().await;
        }
        for phase in 0..PHASES {
            if phase > 0 {
                self.advance().await;
            }
            self.run_phase(phase).await;
        }
        for run in &self.runs {
            run.look_at_all().await;
        }
        self.runs.iter().map(|run| run.history()).collect()
    }

    async fn run_phase(&mut self, phase: u64) {
        let start = Arc::new(Barrier::new(self.clients.len()));
        let mut running = Vec::new();
        for (run, client) in self.clients.drain(..) {
            let focus = Focus::of(run.seed, phase);
            running.push(tokio::spawn(call_some(run, client, focus, start.clone())));
        }
        for client in running {
            match client.await {
                Ok(client) => self.clients.push(client),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
    }

    async fn advance(&self) {
        let began: Vec<_> = self.runs.iter().map(|run| run.tick()).collect();
        self.subject.advance(Duration::from_secs(STEP)).await;
        for (run, began) in self.runs.iter().zip(began) {
            run.note(NOBODY, began, Action::Advance(STEP), Answer::Nothing);
        }
    }
}

async fn call_some(
    run: Arc<Run>,
    mut client: Client,
    focus: Focus,
    start: Arc<Barrier>,
) -> (Arc<Run>, Client) {
    start.wait().await;
    for _ in 0..CALLS {
        let action = client.next(focus, &run.known());
        run.call(client.number, &action).await;
        tokio::task::yield_now().await;
    }
    (run, client)
}

impl Run {
    fn new(subject: Arc<dyn Subject>, seed: u64) -> Self {
        let names = Names::of(seed);
        let (time, events, known) = (AtomicU64::new(0), Mutex::default(), Mutex::default());
        Self { seed, names, subject, time, events, known }
    }

    async fn begin(&self) {
        let mut client = Client::new(NOBODY, self.seed);
        for key in 0..SESSIONS {
            self.call(NOBODY, &client.first(key)).await;
        }
    }

    async fn look_at_all(&self) {
        for key in 0..KEYS {
            self.call(NOBODY, &Action::Load(key)).await;
        }
        for user in 0..USERS {
            self.call(NOBODY, &Action::OfUser(user)).await;
        }
    }

    async fn call(&self, client: usize, action: &Action) {
        let began = self.tick();
        let answer = self.answer(action).await;
        self.note(client, began, action.clone(), answer);
    }

    fn known(&self) -> Known {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) -> u64 {
        self.time.fetch_add(1, Ordering::SeqCst)
    }

    fn note(&self, client: usize, began: u64, action: Action, answer: Answer) {
        let has_failed = matches!(answer, Answer::Failed(_));
        let answered = if has_failed { None } else { Some(self.tick()) };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).learn(&action, &answer);
        let event = Event { client, began, answered, action, answer };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    fn history(&self) -> History {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner).clone();
        events.sort_by_key(|event| event.began);
        History { seed: self.seed, events }
    }

    async fn answer(&self, action: &Action) -> Answer {
        let (backend, names) = (self.subject.backend(), &self.names);
        let key = |key| names.key(key);
        match *action {
            Action::Load(of) => observe(backend.load(&key(of)).await, names),
            Action::Create(of, login) => {
                observe(backend.create(&key(of), &self.draft(&login)).await, names)
            }
            Action::Update { key: of, version, content, life } => {
                let lifetime = life.map(Life::lifetime);
                let change = Change { version, payload: Names::content(content), lifetime };
                observe(backend.update(&key(of), &change).await, names)
            }
            Action::Touch(of) => observe(backend.touch(&key(of)).await, names),
            Action::Renew { key: of, version, to, content, life, grace } => {
                let kind = RotationKind::Renew {
                    payload: Names::content(content),
                    lifetime: life.map(Life::lifetime),
                    grace: Duration::from_secs(grace),
                    kept: TOMBSTONE_LIFE,
                };
                let rotation = Rotation { version, to: key(to), kind };
                observe(backend.rotate(&key(of), &rotation).await, names)
            }
            Action::Replace { key: of, version, to, login } => {
                let kind = RotationKind::Replace(self.draft(&login));
                let rotation = Rotation { version, to: key(to), kind };
                observe(backend.rotate(&key(of), &rotation).await, names)
            }
            Action::Delete(of) => observe(backend.delete(&key(of)).await, names),
            Action::Restore(of, restored) => observe(self.restore(of, &restored).await, names),
            Action::OfUser(user) => observe(backend.of_user(&names.user(user)).await, names),
            Action::Sweep => observe(backend.sweep(2).await, names),
            Action::Advance(_) => Answer::Nothing,
        }
    }

    async fn restore(&self, key: Key, restored: &Restored) -> Result<bool, BackendError> {
        let Restored { version, user, life, age, content } = *restored;
        let created = self.backend_time(content).await? - Duration::from_secs(age);
        let Lifetime { idle, absolute } = life.lifetime();
        let record = Record {
            version,
            payload: Names::content(content),
            user: user.map(|user| self.names.user(user)),
            created,
            last_seen: created,
            idle,
            ends: created + absolute,
        };
        self.subject.backend().restore(&self.names.key(key), &record).await
    }

    /// What time it is by the backend's clock, as a session says that is created for nothing else.
    async fn backend_time(&self, content: Content) -> Result<SystemTime, BackendError> {
        let (backend, seed) = (self.subject.backend(), self.seed);
        let key = sample::key(&format!("history {seed}, clock {content}"));
        backend.create(&key, &sample::draft("now")).await?;
        match backend.load(&key).await? {
            Loaded::Found(found) => Ok(found.record.created),
            Loaded::Missing(missing) => panic!("what was just created is {missing:?}"),
        }
    }

    fn draft(&self, login: &Login) -> Draft {
        let cap = login.cap.and_then(|(sessions, policy)| {
            Some(Cap { sessions: NonZeroU32::new(sessions)?, policy })
        });
        Draft {
            payload: Names::content(login.content),
            user: login.user.map(|user| self.names.user(user)),
            lifetime: login.life.lifetime(),
            cap,
        }
    }
}

impl Life {
    fn lifetime(self) -> Lifetime {
        Lifetime {
            idle: Duration::from_secs(self.idle),
            absolute: Duration::from_secs(self.absolute),
        }
    }
}
