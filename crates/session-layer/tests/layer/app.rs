//! A router whose handlers do one thing each, over a backend that is watched.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::ManualClock;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::Value;
use session_layer::backend::MemoryBackend;
use session_layer::{
    FreshLayer, Login, NeedsSessionLayer, PassiveLayer, Session, SessionError, SessionExt,
    SessionLayer, SessionLayerBuilder, StaleLayer,
};
use tokio::sync::Notify;

use crate::browser::Browser;
use crate::spy::Spy;

/// An application under test.
pub(crate) struct App {
    pub(crate) router: Router,
    pub(crate) layer: SessionLayer,
    pub(crate) spy: Spy,
    pub(crate) clock: ManualClock,
    pub(crate) gate: Gate,
}

/// Where the handler of `/hold` waits between loading and writing.
#[derive(Clone, Default)]
pub(crate) struct Gate {
    pub(crate) loaded: Arc<Notify>,
    pub(crate) go_on: Arc<Notify>,
}

impl App {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(configure: impl FnOnce(SessionLayerBuilder) -> SessionLayerBuilder) -> Self {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let clock = ManualClock::new(start);
        let spy = Spy::over(MemoryBackend::builder().clock(clock.clone()).build().unwrap());
        let builder = SessionLayer::builder(spy.clone()).clock(clock.clone());
        let layer = configure(builder).build().unwrap();
        let gate = Gate::default();
        let router = routes().with_state(gate.clone()).layer(layer.clone());
        Self { router, layer, spy, clock, gate }
    }

    /// A browser without a cookie.
    pub(crate) fn browser(&self) -> Browser {
        Browser::of(self.router.clone())
    }

    /// A browser whose user is logged in.
    pub(crate) async fn logged_in(&self, user: &str) -> Browser {
        let mut browser = self.browser();
        browser.get(&format!("/login/{user}")).await.is(StatusCode::OK);
        browser
    }
}

pub(crate) fn routes() -> Router<Gate> {
    Router::new()
        .route("/plain", get(|| async { "plain" }))
        .route("/set/{name}/{value}", get(set))
        .route("/set-and-save/{name}/{value}", get(set_and_save))
        .route("/set-and-fail/{name}/{value}", get(set_and_fail))
        .route("/get/{name}", get(read))
        .route("/poll/{name}", get(read).layer(PassiveLayer::new()))
        .route("/fresh/{name}", get(read).layer(FreshLayer::new()))
        .nest("/stale", stale_routes())
        .route("/status", get(status))
        .route("/needed", get(|| async { "served" }).layer(NeedsSessionLayer::new()))
        .route("/remove/{name}", get(remove))
        .route("/clear", get(clear))
        .route("/add/{name}", get(add))
        .route("/add-all/{name}", get(add_all))
        .route("/hold/{name}/{value}", get(hold))
        .route("/hold-add/{name}", get(hold_add))
        .route("/login/{user}", get(login))
        .route("/login-and-fail/{user}", get(login_and_fail))
        .route("/remember/{user}", get(remember))
        .route("/tower-login/{user}", get(tower_login))
        .route("/logout", get(logout))
        .route("/rotate-and-logout", get(rotate_and_logout))
        .route("/login-and-logout", get(login_and_logout))
        .route("/logout-and-fail", get(logout_and_fail))
        .route("/logout-and-set/{name}/{value}", get(logout_and_set))
        .route("/delete-only", get(delete_only))
        .route("/rotate", get(rotate))
        .route("/rotate-and-fail", get(rotate_and_fail))
        .route("/user", get(user))
        .route("/id", get(id))
        .route("/devices", get(devices))
        .route("/end/{handle}", get(end))
        .route("/others", get(others))
        .route("/everywhere", get(everywhere))
        .route("/stay/{seconds}", get(stay))
}

/// Routes that can do with a copy.
fn stale_routes() -> Router<Gate> {
    Router::new()
        .route("/get/{name}", get(read))
        .route("/fresh-inside/{name}", get(read).layer(FreshLayer::new()))
        .route("/set-and-reread/{name}/{value}", get(set_and_reread))
        .route("/login/{user}", get(login))
        .route("/logout", get(logout))
        .route("/rotate", get(rotate))
        .route("/read-and-devices", get(read_and_devices))
        .layer(StaleLayer::new())
        .route(
            "/fresh-outside/{name}",
            get(read).layer::<_, Infallible>(StaleLayer::new()).layer(FreshLayer::new()),
        )
}

type Answer = Result<String, SessionError>;
type Failure = Result<StatusCode, SessionError>;
type Named = Path<(String, String)>;

const FAILED: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

async fn set(session: Session, Path((name, value)): Named) -> Answer {
    session.insert(&name, value).await?;
    Ok("set".into())
}

async fn set_and_save(session: Session, Path((name, value)): Named) -> Answer {
    session.insert(&name, value).await?;
    session.save().await?;
    session.insert("after", "the save").await?;
    Ok("saved".into())
}

async fn set_and_reread(session: Session, Path((name, value)): Named) -> Answer {
    session.insert(&name, value).await?;
    session.save().await?;
    session.load().await?;
    read(session, Path(name)).await
}

async fn read_and_devices(session: Session) -> Answer {
    session.get_value("a").await?;
    Ok(session.devices().await?.len().to_string())
}

async fn set_and_fail(session: Session, Path((name, value)): Named) -> Failure {
    session.insert(&name, value).await?;
    Ok(FAILED)
}

async fn read(session: Session, Path(name): Path<String>) -> Answer {
    let value = session.get_value(&name).await?;
    Ok(value.map_or_else(|| "none".into(), |value| text(&value)))
}

async fn status(session: Session) -> Answer {
    Ok(format!("{:?}", session.status().await?))
}

async fn remove(session: Session, Path(name): Path<String>) -> Answer {
    session.remove_value(&name).await?;
    Ok("removed".into())
}

async fn clear(session: Session) -> Answer {
    session.clear().await;
    Ok("cleared".into())
}

async fn add(session: Session, Path(name): Path<String>) -> Answer {
    let sum = session.update(&name, |value: Option<u64>| value.unwrap_or(0) + 1).await?;
    Ok(sum.to_string())
}

/// Several changes of one field in one request.
async fn add_all(session: Session, Path(name): Path<String>) -> Answer {
    for _ in 0..3 {
        session.update(&name, |value: Option<u64>| value.unwrap_or(0) + 1).await?;
    }
    Ok("added".into())
}

async fn hold(State(gate): State<Gate>, session: Session, Path((name, value)): Named) -> Answer {
    session.get_value(&name).await?;
    gate.loaded.notify_one();
    gate.go_on.notified().await;
    session.insert(&name, value).await?;
    Ok("held".into())
}

async fn hold_add(State(gate): State<Gate>, session: Session, Path(name): Path<String>) -> Answer {
    let sum = session.update(&name, |value: Option<u64>| value.unwrap_or(0) + 1).await?;
    gate.loaded.notify_one();
    gate.go_on.notified().await;
    Ok(sum.to_string())
}

async fn login(session: Session, Path(user): Path<String>) -> Answer {
    session.login(user).await?;
    Ok("logged in".into())
}

async fn login_and_fail(session: Session, Path(user): Path<String>) -> Failure {
    session.login(user).await?;
    Ok(FAILED)
}

async fn remember(session: Session, Path(user): Path<String>) -> Answer {
    session.login(Login::of(user).remembered().label("a test")).await?;
    Ok("remembered".into())
}

/// As libraries for tower-sessions do it, axum-login among them.
async fn tower_login(session: Session, Path(user): Path<String>) -> Answer {
    session.cycle_id().await?;
    session.insert("user", user).await?;
    Ok("logged in".into())
}

async fn logout(session: Session) -> Answer {
    session.logout().await?;
    Ok("logged out".into())
}

async fn rotate_and_logout(session: Session) -> Result<&'static str, SessionError> {
    session.rotate().await?;
    session.logout().await?;
    Ok("logged out")
}

async fn login_and_logout(session: Session) -> Result<&'static str, SessionError> {
    session.login("bob").await?;
    session.logout().await?;
    Ok("logged out")
}

async fn logout_and_fail(session: Session) -> Failure {
    session.logout().await?;
    Ok(FAILED)
}

async fn logout_and_set(session: Session, Path((name, value)): Named) -> Answer {
    session.logout().await?;
    session.insert(&name, value).await?;
    Ok("logged out".into())
}

async fn delete_only(session: Session) -> Answer {
    session.insert("seen", true).await?;
    session.delete().await?;
    Ok("deleted".into())
}

async fn rotate(session: Session) -> Answer {
    session.rotate().await?;
    Ok("rotated".into())
}

async fn rotate_and_fail(session: Session) -> Failure {
    session.rotate().await?;
    Ok(FAILED)
}

async fn user(session: Session) -> Answer {
    Ok(session.user().await?.map_or_else(|| "nobody".into(), |user| user.to_string()))
}

async fn id(session: Session) -> String {
    session.id().map_or_else(|| "none".into(), |id| id.to_string())
}

async fn devices(session: Session) -> Answer {
    let devices = session.devices().await?;
    let lines = devices.into_iter().map(|device| {
        let label = device.label.unwrap_or_default();
        format!("{} {} {label}", device.handle, if device.current { "current" } else { "other" })
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

async fn end(session: Session, Path(handle): Path<String>) -> Answer {
    Ok(session.end_device(&handle).await?.to_string())
}

async fn others(session: Session) -> Answer {
    Ok(session.logout_others().await?.to_string())
}

async fn everywhere(session: Session) -> Answer {
    Ok(session.logout_everywhere().await?.to_string())
}

/// As a program for tower-sessions says how long a session is to live.
async fn stay(session: Session, Path(seconds): Path<i64>) -> Answer {
    use tower_sessions_core::session::Expiry;
    session.set_expiry(Some(Expiry::OnInactivity(time::Duration::seconds(seconds))));
    session.insert("stays", seconds).await?;
    Ok("stays".into())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
