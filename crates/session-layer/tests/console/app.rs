//! An application with a console, whose operator is `admin`.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::ManualClock;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use guard_layer::{ClientAddrLayer, GuardLayer, Peppers, Policy, Reauth};
use metrics::LocalRecorderGuard;
use session_layer::backend::{Backend, MemoryBackend};
use session_layer::console::{Console, ConsoleBuilder, Figures, Node};
use session_layer::{Login, Session, SessionError, SessionExt, SessionLayer};
use tokio::task::yield_now;
use tokio::time::advance;

use crate::client::Client;
use crate::spy::Spy;

pub(crate) struct App {
    pub(crate) router: Router,
    pub(crate) console: Console,
    pub(crate) layer: SessionLayer,
    pub(crate) spy: Spy,
    pub(crate) clock: ManualClock,
    _recorder: LocalRecorderGuard<'static>,
}

impl App {
    pub(crate) fn new() -> Self {
        Self::with(|console| console)
    }

    pub(crate) fn with(configure: impl FnOnce(ConsoleBuilder) -> ConsoleBuilder) -> Self {
        let clock = clock();
        let spy = Spy::over(MemoryBackend::builder().clock(clock.clone()).build().unwrap());
        Self::over(Arc::new(spy.clone()), spy, clock, configure)
    }

    /// An instance of this name, over a backend that others have too.
    pub(crate) fn node(name: &'static str, backend: Arc<dyn Backend>) -> Self {
        let unused = Spy::over(MemoryBackend::new());
        Self::over(backend, unused, clock(), |console| console.node(Node::new(name, "1.2.3")))
    }

    fn over(
        backend: Arc<dyn Backend>,
        spy: Spy,
        clock: ManualClock,
        configure: impl FnOnce(ConsoleBuilder) -> ConsoleBuilder,
    ) -> Self {
        let figures: &'static Figures = Box::leak(Box::default());
        let recorder = metrics::set_default_local_recorder(figures);
        let layer = SessionLayer::builder_shared(backend).clock(clock.clone());
        let layer = layer.lifetime(HOUR, HOUR).build().unwrap();
        let is_admin = |_: &_, user: &session_layer::backend::UserId| user.as_str() == "admin";
        let console = Console::builder(layer.sessions(), figures.clone(), is_admin);
        let console = configure(console).build().unwrap();
        let guard = GuardLayer::builder(Policy::balanced(), Peppers::new(1, &[7; 32]))
            .clock(clock.clone())
            .page("/reauth")
            .on_event(console.guard_events())
            .build()
            .unwrap();
        let router = Router::new()
            .nest("/console", console.router())
            .nest("/deep/inside", console.router())
            .route("/login/{user}", get(login))
            .route("/me", get(me))
            .route("/reauth", post(reauth))
            .layer(guard)
            .layer(layer.clone())
            .layer(ClientAddrLayer::peer());
        Self { router, console, layer, spy, clock, _recorder: recorder }
    }

    pub(crate) fn client(&self) -> Client {
        Client::of(self.router.clone())
    }

    pub(crate) async fn logged_in(&self, user: &str) -> Client {
        let mut client = self.client();
        assert_eq!(client.get(&format!("/login/{user}")).await.text, "welcome");
        client
    }

    pub(crate) async fn operator(&self) -> Client {
        self.logged_in("admin").await
    }

    pub(crate) fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }
}

/// So much time passes, ten seconds after another, of a clock that stands still.
pub(crate) async fn pass(time: Duration) {
    for _ in 0..time.as_secs() / 10 {
        advance(Duration::from_secs(10)).await;
        yield_now().await;
    }
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
}

async fn login(session: Session, Path(user): Path<String>) -> Result<&'static str, SessionError> {
    session.login(Login::of(user).label("a test")).await?;
    Ok("welcome")
}

async fn me(session: Session) -> Result<String, SessionError> {
    Ok(session.user().await?.map_or_else(|| "nobody".into(), |user| user.to_string()))
}

async fn reauth(reauth: Reauth) -> Response {
    match reauth.attempt("password").await {
        Ok(attempt) => match attempt.completed("pwd").await {
            Ok(way_back) => way_back.unwrap_or_default().into_response(),
            Err(refused) => refused.into_response(),
        },
        Err(refused) => refused.into_response(),
    }
}
