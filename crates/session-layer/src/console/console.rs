use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::Renderer;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use guard_layer::{GuardEvent, RequireFresh};
use http::request::Parts;
use tokio::time::{MissedTickBehavior, interval};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::builder::Config;
use super::history::PERIOD;
use super::page::Overview;
use super::{
    ConsoleBuilder, Figures, alert, asset, chart, end, headers, node, overview, permission,
    rejection, search,
};
use crate::backend::UserId;
use crate::{NeedsSessionLayer, PassiveLayer, Sessions};

/// A console for operators in the browser: see the [module](crate::console).
///
/// Clones share what they know.
#[derive(Clone)]
pub struct Console(Arc<Config>);

/// How lately an operator has to have proved who they are to end a session.
const FRESH: Duration = Duration::from_secs(300);

/// Larger than any form of it.
const LARGEST_FORM: usize = 4096;

/// How many events a page begins with.
const EVENTS: usize = 50;

impl Console {
    /// A console over these sessions and figures, for those users whom the function permits.
    ///
    /// It is asked on every request, with the user of the session and with the request's extensions
    /// as the layers outside have left them. It should only look it up: what has to be waited for,
    /// such as roles in a database, a middleware outside puts into the extensions.
    pub fn builder(
        sessions: Sessions,
        figures: Figures,
        permitted: impl Fn(&Parts, &UserId) -> bool + Send + Sync + 'static,
    ) -> ConsoleBuilder {
        ConsoleBuilder::new(sessions, figures, permitted)
    }

    pub(super) fn new(config: Config) -> Self {
        Self(Arc::new(config))
    }

    /// Its pages, to be nested wherever the application wants them, inside of its
    /// [`SessionLayer`](crate::SessionLayer) and its [`GuardLayer`](guard_layer::GuardLayer).
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let cross_origin: fn(ProtectionError) -> Response = rejection::cross_origin;
        pages()
            .merge(changes().route_layer(RequireFresh::within(FRESH)))
            .route_layer(from_fn_with_state(self.clone(), permission::check))
            // Who can't be told is not told to log in.
            .route_layer(NeedsSessionLayer::new())
            .layer(DefaultBodyLimit::max(LARGEST_FORM))
            .layer(CsrfLayer::new().with_rejection_response(cross_origin))
            .layer(headers::layer())
            .with_state(self.clone())
    }

    /// Shows what a guard notices, for
    /// [`GuardLayerBuilder::on_event`](guard_layer::GuardLayerBuilder::on_event). An application
    /// that has something to do with events itself calls it in there:
    ///
    /// ```
    /// # fn guard(console: session_layer::console::Console) -> Result<(), guard_layer::ConfigError> {
    /// # use guard_layer::{GuardLayer, Peppers, Policy};
    /// # let peppers = Peppers::new(1, &[7; 32]);
    /// let shows = console.guard_events();
    /// let guard = GuardLayer::builder(Policy::balanced(), peppers)
    ///     .on_event(move |event| {
    ///         shows(event);
    ///         println!("for the audit log: {event:?}");
    ///     })
    ///     .build()?;
    /// # drop(guard);
    /// # Ok(())
    /// # }
    /// ```
    pub fn guard_events(&self) -> impl Fn(&GuardEvent) + Send + Sync + 'static {
        let console = self.clone();
        move |event| console.0.feed.tell(event, console.0.sessions.now())
    }

    /// Notes the figures every ten seconds, by which alerts are judged and charts are drawn up to the
    /// present moment, and reports the node if there is one, for ever. Without it there are neither
    /// charts nor alerts:
    ///
    /// ```no_run
    /// # async fn main_of(console: session_layer::console::Console) {
    /// tokio::spawn(console.keep_watch());
    /// # }
    /// ```
    pub async fn keep_watch(self) {
        match self.0.node.clone() {
            Some(node) => {
                let sessions = self.0.sessions.clone();
                tokio::join!(self.keep_noting(), node.keep_reported(sessions));
            }
            None => self.keep_noting().await,
        }
    }

    async fn keep_noting(&self) {
        let mut turn = interval(PERIOD);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turn.tick().await;
            self.0.history.note(self.0.figures.totals());
        }
    }

    pub(super) fn permits(&self, parts: &Parts, user: &UserId) -> bool {
        (self.0.permitted)(parts, user)
    }

    pub(super) fn renderer(&self) -> &Renderer {
        &self.0.sessions.config().renderer
    }

    pub(super) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(super) fn feed(&self) -> &Arc<super::feed::Feed> {
        &self.0.feed
    }

    /// What there is to see at this moment.
    pub(super) async fn overview(&self) -> Overview {
        let hour = self.0.history.hour();
        let so_far = hour.clone().up_to_now(self.0.figures.totals());
        let mut events = self.0.feed.after(0);
        events.drain(..events.len().saturating_sub(EVENTS));
        Overview {
            now: self.0.sessions.now(),
            alerts: alert::all(&hour, self.0.capacity),
            charts: chart::all(&so_far),
            keys: so_far.latest().map(|totals| fetched(&totals.keys)).unwrap_or_default(),
            nodes: node::all(&self.0.sessions).await.ok(),
            events,
        }
    }
}

/// When the keys of each issuer were fetched.
fn fetched(keys: &BTreeMap<String, f64>) -> Vec<(String, SystemTime)> {
    let at = |seconds: f64| {
        SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
    };
    keys.iter().filter_map(|(issuer, seconds)| Some((issuer.clone(), at(*seconds)?))).collect()
}

fn pages() -> Router<Console> {
    Router::new()
        .route("/", get(overview::entrance))
        .route("/overview", get(overview::overview))
        // What the script asks for by itself keeps no session alive.
        .route("/live", get(overview::overview).layer(PassiveLayer::new()))
        .route("/events", get(overview::events).layer(PassiveLayer::new()))
        .route("/sessions", get(search::search))
        .route("/console.css", get(asset::style).layer(PassiveLayer::new()))
        .route("/console.js", get(asset::script).layer(PassiveLayer::new()))
}

/// What changes something.
fn changes() -> Router<Console> {
    Router::new().route("/end-session", post(end::one)).route("/end-sessions", post(end::all))
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("capacity", &self.0.capacity)
            .field("node", &self.0.node)
            .finish_non_exhaustive()
    }
}
