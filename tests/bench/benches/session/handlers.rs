//! Handlers as they are written for tower-sessions.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use tokio::sync::{Barrier, Notify};
use tower_sessions::Session;

/// Where requests wait for each other.
#[derive(Clone)]
pub(crate) struct Meeting {
    pub(crate) all_loaded: Arc<Barrier>,
    pub(crate) one_loaded: Arc<Notify>,
    pub(crate) go_on: Arc<Notify>,
}

impl Meeting {
    pub(crate) fn of(requests: usize) -> Self {
        let all_loaded = Arc::new(Barrier::new(requests));
        Self { all_loaded, one_loaded: Arc::default(), go_on: Arc::default() }
    }
}

pub(crate) fn routes(meeting: Meeting) -> Router {
    Router::new()
        .route("/bare", get(|| async { "value number 3".to_owned() }))
        .route("/fill", get(fill))
        .route("/read", get(read))
        .route("/change", get(change))
        .route("/meet/{name}", get(meet))
        .route("/hold", get(hold))
        .route("/count", get(count))
        .route("/login", get(login))
        .route("/logout", get(logout))
        .route("/user", get(user))
        .with_state(meeting)
}

/// Ten fields.
async fn fill(session: Session) -> String {
    for n in 0..10 {
        session.insert(&format!("field{n}"), format!("value number {n}")).await.unwrap();
    }
    "filled".into()
}

async fn read(session: Session) -> String {
    session.get("field3").await.unwrap().unwrap()
}

async fn change(session: Session) -> String {
    let count: u64 = session.get("count").await.unwrap().unwrap_or(0);
    session.insert("count", count + 1).await.unwrap();
    count.to_string()
}

/// Loads, waits until all others have loaded, and sets a field of its own.
async fn meet(session: Session, Path(name): Path<String>, State(at): State<Meeting>) -> String {
    session.get_value("field3").await.unwrap();
    at.all_loaded.wait().await;
    session.insert(&format!("own{name}"), true).await.unwrap();
    "met".into()
}

/// Loads, and writes when it is told to.
async fn hold(session: Session, State(at): State<Meeting>) -> String {
    session.get_value("field3").await.unwrap();
    at.one_loaded.notify_one();
    at.go_on.notified().await;
    session.insert("late", true).await.unwrap();
    "held".into()
}

async fn count(session: Session) -> String {
    let mut count = 0;
    for n in 0..50 {
        count += usize::from(session.get_value(&format!("own{n}")).await.unwrap().is_some());
    }
    count.to_string()
}

async fn login(session: Session) -> String {
    session.cycle_id().await.unwrap();
    session.insert("user", "alice").await.unwrap();
    "logged in".into()
}

async fn logout(session: Session) -> String {
    session.flush().await.unwrap();
    "logged out".into()
}

async fn user(session: Session) -> String {
    session.get("user").await.unwrap().unwrap_or_else(|| "nobody".to_owned())
}
