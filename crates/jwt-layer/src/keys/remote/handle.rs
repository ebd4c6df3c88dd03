use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::Clock;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use super::builder::RemoteKeysBuilder;
use super::quota::Quota;
use super::shared::Shared;
use super::worker::{Demand, Worker};
use crate::VerifyingKey;
use crate::keys::{KeySet, Refresh};

/// The keys that an issuer publishes as a JWK set (RFC 7517 section 5), fetched and kept up to
/// date in the background. Clones are handles to the same keys; when the last is dropped, which
/// includes those in a verifier, the fetching ends.
///
/// ```no_run
/// use jwt_layer::{JwtLayer, RemoteKeys, TrustedIssuer, Verifier};
///
/// # async fn start() -> Result<JwtLayer, jwt_layer::ConfigError> {
/// let keys = RemoteKeys::openid("https://login.example").build()?;
/// let verifier = Verifier::builder()
///     .trust(TrustedIssuer::new("https://login.example", keys.clone()).audience("orders-api"))
///     .build()?;
/// keys.ready().await;
/// # Ok(JwtLayer::new(verifier))
/// # }
/// ```
///
/// Each issuer has a `RemoteKeys` of its own: what it publishes verifies its tokens and nobody
/// else's.
///
/// # When keys are fetched
///
/// 1. At once when it is built, and then ahead of need: after 80 to 100 % of
///    [`refresh_every`](RemoteKeysBuilder::refresh_every), drawn at random so that instances do
///    not ask in step. A shorter `max-age` in the answer's `Cache-Control` is followed, down to
///    30 s; a longer one is not, so that a withdrawn key is gone in time.
/// 2. After a failure, the first as well, again after 1 s, 2 s, 4 s and so on up to a minute.
/// 3. When a token names a key that is not known, at most once per 30 s. The request that caused
///    it waits, no longer than [`timeout`](RemoteKeysBuilder::timeout); all others are answered
///    at once with what is known. Fetches of the other two kinds do not count here.
///
/// No two fetches run at the same time, and nothing in a token (`jku`, `x5u`, `jwk`, `iss`) ever
/// causes or directs a request.
///
/// # What an answer changes
///
/// A *good* answer has status 200 and is a JWK set with at least one key that can be used. Any
/// other changes nothing: the keys stay. Of a good answer:
///
/// 1. Every key that can be used is taken. Shared secrets (`oct`), and keys whose `use`,
///    `key_ops`, `alg` or `crv` do not fit, can't be; they are left out with a logged reason.
/// 2. A key that is held stays if the answer lists its `kid`, but only in a form that can't be
///    used.
/// 3. If the answer is damaged in such a way that nobody can tell which key a member is (it is
///    no object, its `kid` is no text, or it is a broken key without `kid`), all that are held
///    stay.
/// 4. Every other key that is held is removed, and stops working at once, for cached tokens too.
///
/// What stays by rule 2 or 3 does so for at most [`stale_for`](RemoteKeysBuilder::stale_for)
/// after it was last listed in a form that can be used.
///
/// # Without an answer
///
/// Keys are used until [`stale_for`](RemoteKeysBuilder::stale_for) after the last good answer.
/// From then on, and before the first one, requests with a token of the issuer are refused with
/// 503 (`keys_unavailable`). The next good answer ends that.
///
/// # What it does not do
///
/// It follows no redirect, keeps no cookie, sends no credentials, and uses no proxy: `HTTP_PROXY`
/// and its like have no effect.
#[derive(Clone)]
pub struct RemoteKeys(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    quota: Quota,
    demands: mpsc::Sender<Demand>,
    runtime: runtime::Handle,
    timeout: Duration,
    task: AbortHandle,
}

impl RemoteKeys {
    /// The keys that are served as a JWK set at this URL: `https`, or `http` to this machine
    /// (`localhost`, 127.0.0.0/8, `::1`).
    pub fn jwks(url: impl Into<String>) -> RemoteKeysBuilder {
        RemoteKeysBuilder::jwks(url.into())
    }

    /// The keys of an OpenID issuer, found by discovery: `jwks_uri` of the document at
    /// `{issuer}/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 section 4). The
    /// same is asked of issuer and `jwks_uri` as of the URL of [`jwks`](Self::jwks), and an
    /// `https` issuer can't name an `http` one.
    ///
    /// The document's `issuer` has to be this one to the letter. It is read again once an hour,
    /// and after every failure.
    pub fn openid(issuer: impl Into<String>) -> RemoteKeysBuilder {
        RemoteKeysBuilder::openid(issuer.into())
    }

    /// Whether there are keys that may be used now: something was fetched, and is not too old.
    pub fn is_available(&self) -> bool {
        self.is_available_at(self.0.shared.clock.now())
    }

    /// Waits until there are keys that may be used. It may wait for ever; dropping the future is
    /// harmless.
    pub async fn ready(&self) {
        let mut answers = self.0.shared.answers.subscribe();
        while !self.is_available() && answers.changed().await.is_ok() {}
    }

    /// The keys of the moment, also those that are too old to be used.
    pub fn keys(&self) -> Vec<VerifyingKey> {
        self.set().keys()
    }

    pub(super) fn start(
        runtime: runtime::Handle,
        shared: Arc<Shared>,
        worker: Worker,
        timeout: Duration,
    ) -> Self {
        let (demands, queue) = mpsc::channel(1);
        let task = runtime.spawn(worker.run(queue)).abort_handle();
        let quota = Quota::default();
        Self(Arc::new(Inner { shared, quota, demands, runtime, timeout, task }))
    }

    pub(in crate::keys) fn set(&self) -> &KeySet {
        &self.0.shared.set
    }

    pub(in crate::keys) fn is_available_at(&self, now: SystemTime) -> bool {
        self.0.shared.is_usable(now)
    }

    /// Has the keys fetched on account of a token; none if that was done a moment ago.
    pub(in crate::keys) fn refresh(&self) -> Option<Refresh> {
        if !self.0.quota.take(self.0.shared.clock.now()) {
            return None;
        }
        let (demand, answered) = oneshot::channel();
        self.0.demands.try_send(demand).ok()?;
        let _context = self.0.runtime.enter();
        let answered = tokio::time::timeout(self.0.timeout, answered);
        Some(Box::pin(async move {
            let _ = answered.await;
        }))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys")
            .field("from", &self.0.shared.from)
            .field("set", self.set())
            .finish_non_exhaustive()
    }
}
