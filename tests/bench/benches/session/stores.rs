//! The stores, on real servers of this run.

use axum::Router;
use session_layer::SessionLayer;
use session_layer::backend::{Backend, MemoryBackend};
use tower_sessions::{MemoryStore, SessionManagerLayer, SessionStore};

use crate::contender::{Contender, Group};

pub(crate) struct Stores {}

impl Stores {
    pub(crate) async fn start() -> Self {
        Self {}
    }

    pub(crate) async fn contenders(&self) -> Vec<Contender> {
        self.groups().await.into_iter().flat_map(|group| group.contenders).collect()
    }

    /// Every store with nothing in it of an earlier call, as contenders have ids of their own.
    pub(crate) async fn groups(&self) -> Vec<Group> {
        vec![memory()]
    }
}

fn memory() -> Group {
    let theirs = peer("tower-sessions, MemoryStore", MemoryStore::default());
    let ours = ours("session-layer, memory", MemoryBackend::new());
    Group { title: "memory".into(), contenders: vec![theirs, ours] }
}

fn peer(name: &'static str, store: impl SessionStore + Clone) -> Contender {
    Contender::new(name, move |router: Router| {
        router.layer(SessionManagerLayer::new(store.clone()))
    })
}

fn ours(name: &'static str, backend: impl Backend) -> Contender {
    let layer = SessionLayer::builder(backend).build().unwrap();
    Contender::new(name, move |router: Router| router.layer(layer.clone()))
}
