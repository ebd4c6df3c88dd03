use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use http::{StatusCode, Uri};
use jwt_layer::{Jwk, SigningKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::time::until;

/// A server that counts what it is asked for, and answers when its gate is open.
pub(crate) struct KeyServer {
    origin: String,
    state: Arc<State>,
}

struct State {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<String>>,
    open: watch::Sender<bool>,
    in_flight: Arc<()>,
}

type Answer = Arc<dyn Fn() -> Response + Send + Sync>;

impl KeyServer {
    /// It answers 404 to everything.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        Self::serve(listener, origin)
    }

    /// It publishes keys.
    pub(crate) async fn of(keys: &[&SigningKey]) -> Self {
        let server = Self::start().await;
        server.publish(keys);
        server
    }

    pub(crate) fn serve<L>(listener: L, origin: String) -> Self
    where
        L: Listener<Addr: std::fmt::Debug>,
    {
        let state = Arc::new(State {
            answers: Mutex::default(),
            asked: Mutex::default(),
            open: watch::Sender::new(true),
            in_flight: Arc::default(),
        });
        let shared = Arc::clone(&state);
        let answer = async move |uri: Uri| shared.answer(uri.path()).await;
        let app: Router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { origin, state }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn jwks(&self) -> String {
        self.url("/jwks")
    }

    pub(crate) fn publish(&self, keys: &[&SigningKey]) {
        self.publish_members(keys.iter().map(|key| jwk(key)).collect());
    }

    pub(crate) fn publish_members(&self, members: Vec<Value>) {
        self.answer("/jwks", set(&members));
    }

    pub(crate) fn answer(&self, path: &str, text: String) {
        self.answer_with(path, move || text.clone().into_response());
    }

    pub(crate) fn fail(&self, path: &str, status: StatusCode) {
        self.answer_with(path, move || status.into_response());
    }

    pub(crate) fn answer_with(
        &self,
        path: &str,
        answer: impl Fn() -> Response + Send + Sync + 'static,
    ) {
        self.state.answers.lock().unwrap().insert(path.to_owned(), Arc::new(answer));
    }

    pub(crate) fn close_gate(&self) {
        self.state.open.send_replace(false);
    }

    pub(crate) fn open_gate(&self) {
        self.state.open.send_replace(true);
    }

    /// How many requests have arrived.
    pub(crate) fn fetches(&self) -> usize {
        self.state.asked.lock().unwrap().len()
    }

    /// How many have arrived for this path.
    pub(crate) fn fetches_of(&self, path: &str) -> usize {
        self.state.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    /// How many are neither answered nor given up.
    pub(crate) fn in_flight(&self) -> usize {
        Arc::strong_count(&self.state.in_flight) - 1
    }

    pub(crate) async fn until_asked(&self, times: usize) {
        until(|| self.fetches() >= times).await;
        assert_eq!(self.fetches(), times);
    }
}

impl State {
    async fn answer(&self, path: &str) -> Response {
        let _in_flight = Arc::clone(&self.in_flight);
        self.asked.lock().unwrap().push(path.to_owned());
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open).await.unwrap();
        let answer = self.answers.lock().unwrap().get(path).cloned();
        answer.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |answer| answer())
    }
}

pub(crate) fn jwk(key: &SigningKey) -> Value {
    serde_json::to_value(Jwk::of(key.verifying_key())).unwrap()
}

pub(crate) fn set(members: &[Value]) -> String {
    json!({ "keys": members }).to_string()
}
