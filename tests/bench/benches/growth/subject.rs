use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::Request;
use http::header::COOKIE;
use session_layer::backend::{
    Backend, Change, Created, Draft, Found, Lifetime, Loaded, SessionKey, Updated, UserId,
};
use tower::Service;

use crate::app::app;
use crate::sessions::{draft, id, key, user};
use crate::shared::Shared;
use crate::verb::Verb;

/// A backend that has so many sessions, and an application over it.
pub(crate) struct Subject {
    pub(crate) backend: Shared,
    pub(crate) app: Router,
    pub(crate) ids: Ids,
    /// How many it had besides.
    fresh: u64,
}

/// What the sessions are known by.
pub(crate) enum Ids {
    /// Their numbers.
    Numbered(u64),
    /// What the application has given.
    Given(Vec<Box<str>>),
}

impl Subject {
    pub(crate) fn of(backend: Shared, ids: Ids) -> Self {
        Self { app: app(backend.clone()), backend, ids, fresh: 1 << 40 }
    }

    pub(crate) fn sessions(&self) -> u64 {
        match &self.ids {
            Ids::Numbered(sessions) => *sessions,
            Ids::Given(ids) => ids.len() as u64,
        }
    }

    pub(crate) async fn live(&self) -> u64 {
        self.backend.stats().await.unwrap().live
    }

    /// The time of a call.
    pub(crate) async fn lap(&mut self, verb: Verb, calls: u32) -> Duration {
        match verb {
            Verb::Read => self.requests("/read", calls).await,
            Verb::Change => self.requests("/change", calls).await,
            Verb::Load => self.loads(calls).await.0,
            Verb::Update => self.updates(calls).await,
            Verb::OfUser => self.users(calls).await,
            Verb::CreateAndDelete => self.logins(calls).await,
            Verb::Sweep => self.sweep(calls).await,
        }
    }

    /// Any of the sessions.
    fn ids(&self, calls: u32) -> Vec<String> {
        let numbers = (0..calls).map(|_| fastrand::u64(..self.sessions()));
        let id = |number| match &self.ids {
            Ids::Numbered(_) => id(number),
            Ids::Given(ids) => ids[number as usize].to_string(),
        };
        numbers.map(id).collect()
    }

    fn some_users(&self, calls: u32) -> Vec<UserId> {
        (0..calls).map(|_| user(fastrand::u64(..self.sessions()))).collect()
    }

    async fn requests(&mut self, path: &str, calls: u32) -> Duration {
        let requests: Vec<_> = self.ids(calls).iter().map(|id| request(path, id)).collect();
        let start = Instant::now();
        for request in requests {
            let response = self.app.call(request).await.unwrap();
            assert_eq!(response.status(), 200);
        }
        start.elapsed() / calls
    }

    async fn loads(&self, calls: u32) -> (Duration, Vec<Found>) {
        let ids = self.ids(calls);
        let keys: Vec<_> = ids.iter().map(|id| SessionKey::of_id(id)).collect();
        let mut all = Vec::new();
        let start = Instant::now();
        for key in &keys {
            match self.backend.0.load(key).await.unwrap() {
                Loaded::Found(found) => all.push(found),
                Loaded::Missing(_) => panic!("a session is missing"),
            }
        }
        (start.elapsed() / calls, all)
    }

    /// As the layer updates: what was just loaded.
    async fn updates(&self, calls: u32) -> Duration {
        let mut found = self.loads(calls).await.1;
        found.sort_by_key(|found| found.key);
        found.dedup_by_key(|found| found.key);
        let changes: Vec<_> = found.into_iter().map(change).collect();
        let start = Instant::now();
        for (key, change) in &changes {
            let updated = self.backend.0.update(key, change).await.unwrap();
            assert!(matches!(updated, Updated::Done(_)));
        }
        start.elapsed() / changes.len() as u32
    }

    async fn users(&self, calls: u32) -> Duration {
        let users = self.some_users(calls);
        let start = Instant::now();
        for user in &users {
            let found = self.backend.0.of_user(user).await.unwrap();
            assert_eq!(found.len(), 1);
        }
        start.elapsed() / calls
    }

    async fn logins(&mut self, calls: u32) -> Duration {
        let keys: Vec<_> = self.fresh(calls).map(|number| (key(number), draft(number))).collect();
        let start = Instant::now();
        for (key, draft) in &keys {
            let created = self.backend.0.create(key, draft).await.unwrap();
            assert!(matches!(created, Created::Done { .. }));
            assert!(self.backend.0.delete(key).await.unwrap().is_some());
        }
        start.elapsed() / calls
    }

    async fn sweep(&mut self, calls: u32) -> Duration {
        const LIFE: Duration = Duration::from_millis(50);
        // Each that is created may remove two of the expired itself.
        while self.backend.0.sweep(BATCH).await.unwrap().removed > 0 {}
        let fresh = self.fresh(calls);
        let last = key(fresh.end - 1);
        for number in fresh {
            let lifetime = Lifetime { idle: LIFE, absolute: LIFE };
            self.backend
                .0
                .create(&key(number), &Draft { lifetime, ..draft(number) })
                .await
                .unwrap();
        }
        while matches!(self.backend.0.load(&last).await.unwrap(), Loaded::Found(_)) {}
        let start = Instant::now();
        let swept = self.backend.0.sweep(BATCH).await.unwrap().removed;
        start.elapsed() / swept.max(1)
    }

    /// Numbers that no session has had.
    fn fresh(&mut self, calls: u32) -> std::ops::Range<u64> {
        let first = self.fresh;
        self.fresh += u64::from(calls);
        first..self.fresh
    }
}

const BATCH: u32 = 1_000;

fn request(path: &str, id: &str) -> Request<Body> {
    let cookie = format!("__Host-Http-sid={id}");
    Request::get(path).header(COOKIE, cookie).body(Body::empty()).unwrap()
}

fn change(found: Found) -> (SessionKey, Change) {
    let Found { key, record } = found;
    (key, Change { version: record.version, payload: record.payload, lifetime: None })
}
