//! A shop of two nodes over one backend that is watched.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use auth_core::ManualClock;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use guard_layer::{
    ClientAddrLayer, Factor, GuardEvent, GuardLayer, GuardLayerBuilder, Peppers, Policy, Reauth,
    RequireAcr, RequireFactor, RequireFresh,
};
use session_layer::backend::{Backend, MemoryBackend};
use session_layer::{
    Ending, FreshLayer, PassiveLayer, Session, SessionError, SessionEventKind, SessionExt,
    SessionLayer, SessionLayerBuilder,
};

use crate::client::Client;
use crate::spy::Spy;

/// Two nodes: none has anything in memory that the other needs.
pub(crate) struct Shop {
    pub(crate) nodes: [Node; 2],
    pub(crate) spy: Spy,
    pub(crate) clock: ManualClock,
    events: Arc<Mutex<Vec<GuardEvent>>>,
    endings: Endings,
}

/// After so many seconds a session that is renewed at all gets another id.
pub(crate) const PERIOD: u64 = 6 * 3600;

type Endings = Arc<Mutex<Vec<Ending>>>;

pub(crate) struct Node {
    pub(crate) router: Router,
    pub(crate) guard: GuardLayer,
}

impl Shop {
    pub(crate) fn new(policy: Policy) -> Self {
        Self::with(policy, |guard| guard)
    }

    pub(crate) fn with(
        policy: Policy,
        configure: impl Fn(GuardLayerBuilder) -> GuardLayerBuilder,
    ) -> Self {
        Self::built(policy, configure, |sessions| sessions)
    }

    /// Sessions get another id every [`PERIOD`], and old ids are known for a day.
    pub(crate) fn renewing(policy: Policy) -> Self {
        let seconds = Duration::from_secs;
        Self::built(
            policy,
            |guard| guard.idle(seconds(2 * PERIOD)),
            |layer| layer.renew_every(seconds(PERIOD), seconds(60)).keep_old_ids(seconds(86_400)),
        )
    }

    fn built(
        policy: Policy,
        guard: impl Fn(GuardLayerBuilder) -> GuardLayerBuilder,
        sessions: impl Fn(SessionLayerBuilder) -> SessionLayerBuilder,
    ) -> Self {
        let clock = clock();
        let spy = Spy::over(MemoryBackend::builder().clock(clock.clone()).build().unwrap());
        let shared: Arc<dyn Backend> = Arc::new(spy.clone());
        Self::over(policy, [Arc::clone(&shared), shared], spy, clock, (guard, sessions))
    }

    /// Each node has a backend of its own to the same store.
    #[cfg(feature = "redis")]
    pub(crate) fn apart(policy: Policy, backends: [Arc<dyn Backend>; 2]) -> Self {
        let unused = Spy::over(MemoryBackend::new());
        let as_it_is = (|guard| guard, |sessions| sessions);
        Self::over(policy, backends, unused, clock(), as_it_is)
    }

    fn over(
        policy: Policy,
        backends: [Arc<dyn Backend>; 2],
        spy: Spy,
        clock: ManualClock,
        (configure, configure_sessions): (
            impl Fn(GuardLayerBuilder) -> GuardLayerBuilder,
            impl Fn(SessionLayerBuilder) -> SessionLayerBuilder,
        ),
    ) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let endings = Endings::default();
        let nodes = backends.map(|backend| {
            let sink = Arc::clone(&events);
            let guard = GuardLayer::builder(policy.clone(), Peppers::new(1, &[7; 32]))
                .clock(clock.clone())
                .on_event(move |event| sink.lock().unwrap().push(event.clone()));
            let sessions = SessionLayer::builder_shared(backend).clock(clock.clone());
            let sessions = configure_sessions(sessions);
            node(sessions, configure(guard).build().unwrap(), Arc::clone(&endings))
        });
        Self { nodes, spy, clock, events, endings }
    }

    /// A user at home, who has just logged in.
    pub(crate) async fn logged_in(&self, user: &str) -> Client {
        let mut client = Client::at_home(self.nodes[0].router.clone());
        client.get(&format!("/login/{user}")).await.says("welcome");
        client
    }

    /// The same client, served by the other node.
    pub(crate) fn elsewhere(&self, client: &Client) -> Client {
        Client { router: self.nodes[1].router.clone(), ..client.clone() }
    }

    /// A client that was challenged, and the one that it has the cookie from.
    pub(crate) async fn robbed(&self) -> (Client, Client) {
        let user = self.logged_in("alice").await;
        let mut thief = user.thief();
        thief.get("/cart").await.is(StatusCode::UNAUTHORIZED);
        (user, thief)
    }

    /// The same shop before it had a guard.
    pub(crate) fn unguarded(&self) -> Router {
        let sessions = SessionLayer::builder(self.spy.clone()).clock(self.clock.clone());
        let login = async |session: Session, Path(user): Path<String>| {
            session.login(user).await.unwrap();
            "welcome"
        };
        Router::new().route("/login/{user}", get(login)).layer(sessions.build().unwrap())
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// What the guards have told since this was asked last.
    pub(crate) fn events(&self) -> Vec<GuardEvent> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }

    /// What sessions were ended as.
    pub(crate) fn endings(&self) -> Vec<Ending> {
        self.endings.lock().unwrap().clone()
    }

    pub(crate) fn words(&self) -> Vec<&'static str> {
        self.events().iter().map(|event| event.kind.as_str()).collect()
    }
}

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
}

fn node(sessions: SessionLayerBuilder, guard: GuardLayer, endings: Endings) -> Node {
    let week = Duration::from_secs(7 * 24 * 3600);
    let sessions = sessions.lifetime(week, week).on_event(move |event| {
        if let SessionEventKind::Ended(ending) = event.kind {
            endings.lock().unwrap().push(ending);
        }
    });
    let router = guarded()
        .layer(guard.clone())
        .merge(exempt().layer(guard.exempt()))
        .layer(sessions.build().unwrap())
        .layer(ClientAddrLayer::peer());
    Node { router, guard }
}

fn guarded() -> Router {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    Router::new()
        .route("/login/{user}", get(login))
        .route("/login-after/{failures}", get(login_after))
        .route("/cart", get(async || "cart"))
        .route("/cart/items", post(async || "added"))
        .route("/clear", get(clear))
        .route("/read", get(read))
        .route("/read-fresh", get(read).layer(FreshLayer::new()))
        .route("/news", get(async || "none").layer(PassiveLayer::new()))
        .route("/pay", post(async || "paid").layer(RequireFresh::within(minutes(5))))
        .route("/transfer", post(async || "sent").layer(RequireFactor("otp").within(minutes(5))))
        .route("/vault", get(async || "open").layer(RequireAcr("gold")))
        .route("/reauth", get(asked))
        .route("/reauth/{purpose}/open", post(open))
        .route("/reauth/{purpose}/{challenge}/{answer}", post(answer))
}

fn exempt() -> Router {
    Router::new()
        .route("/reauth/{answer}", post(reauth))
        .route("/reauth-and-break", post(reauth_and_break))
        .route("/reauth-and-end", post(reauth_and_end))
        .route("/logout", post(logout))
        .route("/asked", get(asked))
}

async fn login(
    session: Session,
    reauth: Reauth,
    Path(user): Path<String>,
) -> Result<&'static str, SessionError> {
    session.login(user).await?;
    reauth.given("pwd");
    Ok("welcome")
}

async fn login_after(
    session: Session,
    reauth: Reauth,
    Path(failures): Path<u32>,
) -> Result<&'static str, SessionError> {
    session.login("alice").await?;
    reauth.login_failures(failures);
    Ok("welcome")
}

async fn logout(session: Session) -> Result<&'static str, SessionError> {
    session.logout().await?;
    Ok("bye")
}

async fn clear(session: Session) -> &'static str {
    session.clear().await;
    "cleared"
}

async fn read(session: Session) -> String {
    session.get("any").await.unwrap().unwrap_or_else(|| "none".to_owned())
}

async fn asked(reauth: Reauth) -> String {
    format!("{} {:?}", reauth.is_suspected(), reauth.asked())
}

/// The answer is the name of the factor, or `wrong`.
async fn reauth(reauth: Reauth, Path(answer): Path<String>) -> Response {
    match reauth.attempt("password").await {
        Ok(attempt) => check(attempt, &answer).await,
        Err(refused) => refused.into_response(),
    }
}

async fn reauth_and_break(reauth: Reauth) -> StatusCode {
    check(reauth.attempt("password").await.unwrap(), "pwd").await;
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn reauth_and_end(session: Session, reauth: Reauth) -> StatusCode {
    check(reauth.attempt("password").await.unwrap(), "pwd").await;
    session.logout().await.unwrap();
    StatusCode::OK
}

async fn open(reauth: Reauth, Path(purpose): Path<String>) -> Response {
    match reauth.open(&purpose).await {
        Ok(challenge) => challenge.into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn answer(
    reauth: Reauth,
    Path((purpose, challenge, answer)): Path<(String, String, String)>,
) -> Response {
    match reauth.answer(&purpose, &challenge).await {
        Ok(attempt) => check(attempt, &answer).await,
        Err(refused) => refused.into_response(),
    }
}

async fn check(attempt: guard_layer::Attempt, answer: &str) -> Response {
    if answer == "wrong" {
        return format!("{} left", attempt.failed()).into_response();
    }
    let factor = Factor::from(answer);
    let factor = if answer == "hwk" { factor.acr("gold") } else { factor };
    match attempt.completed(factor).await {
        Ok(way_back) => way_back.unwrap_or_else(|| "nowhere".into()).into_response(),
        Err(refused) => refused.into_response(),
    }
}
