use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::routing::get;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use super::TestIssuer;

/// A server of a JWK set on a loopback port, with the OpenID discovery document that leads to it.
///
/// It runs in a thread of its own until it is dropped, so it serves tests without a runtime as
/// well. What it answers can be changed at any time, and it counts who asked.
///
/// ```
/// use jwt_layer::test_util::{JwksServer, TestIssuer};
/// use jwt_layer::{Algorithm, SigningKey};
///
/// let issuer = TestIssuer::new(Algorithm::ES256);
/// let server = JwksServer::start(issuer.jwks());
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// assert_eq!(server.requests(), 0);
///
/// let next = issuer.clone().with_key(SigningKey::generate(Algorithm::ES256)?);
/// server.publish(next.jwks());
/// # Ok::<(), jwt_layer::ConfigError>(())
/// ```
pub struct JwksServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    keys: Mutex<Arc<Respond>>,
    discovery: Mutex<Arc<Respond>>,
    requests: AtomicUsize,
    discovery_requests: AtomicUsize,
    /// True while no answer leaves the server.
    held: watch::Sender<bool>,
}

type Respond = dyn Fn() -> Response + Send + Sync;

impl JwksServer {
    /// Starts a server that publishes this JWK set: [`TestIssuer::jwks`], or any other text.
    ///
    /// # Panics
    /// If the system has no port or no thread left.
    pub fn start(jwks: impl Into<String>) -> Self {
        let (listener, address) = listen().expect("the system should have a loopback port left");
        let shared = Arc::new(Shared {
            keys: Mutex::new(json(jwks.into())),
            discovery: Mutex::new(json(discovery_document(address, &format!("http://{address}")))),
            requests: AtomicUsize::new(0),
            discovery_requests: AtomicUsize::new(0),
            held: watch::Sender::new(false),
        });
        let (stop, stopped) = oneshot::channel();
        let router = router(&shared);
        let thread = thread::Builder::new()
            .name("jwks-server".to_owned())
            .spawn(move || run(listener, router, stopped))
            .expect("the system should have a thread left");
        Self { shared, address, stop: Some(stop), thread: Some(thread) }
    }

    /// Where the JWK set is.
    pub fn url(&self) -> String {
        format!("http://{}/jwks.json", self.address)
    }

    /// The issuer whose discovery document the server has (OpenID Connect Discovery section 4):
    /// its own address, so that a [`TestIssuer`] has to be given this name.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Publishes another JWK set from now on.
    pub fn publish(&self, jwks: impl Into<String>) {
        replace(&self.shared.keys, json(jwks.into()));
    }

    /// Answers requests for the JWK set with this status and no body from now on, until the next
    /// [`publish`](Self::publish).
    pub fn fail(&self, status: StatusCode) {
        self.respond_with(move || status);
    }

    /// Answers requests for the JWK set with this response from now on: a redirect, say, or one
    /// that tells how long to keep it.
    pub fn respond_with<R: IntoResponse>(&self, respond: impl Fn() -> R + Send + Sync + 'static) {
        replace(&self.shared.keys, Arc::new(move || respond().into_response()));
    }

    /// Answers requests for the discovery document with this response from now on.
    pub fn discover_with<R: IntoResponse>(&self, respond: impl Fn() -> R + Send + Sync + 'static) {
        replace(&self.shared.discovery, Arc::new(move || respond().into_response()));
    }

    /// Names this issuer in the discovery document from now on, which is not the one that was
    /// asked.
    pub fn discover_issuer(&self, issuer: &str) {
        replace(&self.shared.discovery, json(discovery_document(self.address, issuer)));
    }

    /// Takes requests, and answers none until [`release`](Self::release).
    pub fn hold(&self) {
        self.shared.held.send_replace(true);
    }

    /// Answers all who were kept waiting.
    pub fn release(&self) {
        self.shared.held.send_replace(false);
    }

    /// How often the JWK set was asked for.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// How often the discovery document was asked for.
    pub fn discovery_requests(&self) -> usize {
        self.shared.discovery_requests.load(Ordering::SeqCst)
    }
}

impl From<&TestIssuer> for JwksServer {
    /// Starts a server of the issuer's keys.
    fn from(issuer: &TestIssuer) -> Self {
        Self::start(issuer.jwks())
    }
}

impl Drop for JwksServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for JwksServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksServer").field("address", &self.address).finish_non_exhaustive()
    }
}

fn listen() -> std::io::Result<(std::net::TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn router(shared: &Arc<Shared>) -> Router {
    let (keys, discovery) = (Arc::clone(shared), Arc::clone(shared));
    let serve_keys = async move || keys.answer(&keys.requests, &keys.keys).await;
    let serve_discovery =
        async move || discovery.answer(&discovery.discovery_requests, &discovery.discovery).await;
    Router::new()
        .route("/jwks.json", get(serve_keys))
        .route("/.well-known/openid-configuration", get(serve_discovery))
}

impl Shared {
    async fn answer(&self, count: &AtomicUsize, respond: &Mutex<Arc<Respond>>) -> Response {
        count.fetch_add(1, Ordering::SeqCst);
        // An error would mean that the sender is gone, and `self` has it.
        let _ = self.held.subscribe().wait_for(|held| !held).await;
        let respond = Arc::clone(&respond.lock().unwrap_or_else(PoisonError::into_inner));
        respond()
    }
}

/// Serves until the other end of `stopped` is dropped, and then drops what is in flight.
fn run(listener: std::net::TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.expect("a runtime for input and output can be built");
    runtime.block_on(async move {
        let listener = TcpListener::from_std(listener).expect("the listener does not block");
        tokio::spawn(axum::serve(listener, router).into_future());
        let _ = stopped.await;
    });
}

fn replace(respond: &Mutex<Arc<Respond>>, other: Arc<Respond>) {
    *respond.lock().unwrap_or_else(PoisonError::into_inner) = other;
}

fn json(text: String) -> Arc<Respond> {
    Arc::new(move || ([(CONTENT_TYPE, "application/json")], text.clone()).into_response())
}

fn discovery_document(address: SocketAddr, issuer: &str) -> String {
    let keys = format!("http://{address}/jwks.json");
    serde_json::json!({ "issuer": issuer, "jwks_uri": keys }).to_string()
}
