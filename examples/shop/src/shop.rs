use std::sync::Arc;
use std::time::Duration;

use auth_core::SharedClock;
use axum::extract::FromRef;
use example_service::{Demo, Instance, Lifecycle, PasswordDesk, StartError, Users, secret_of};
use guard_layer::{GuardLayer, LoginThrottle, PlaceDatabase};
use http::request::Parts;
use session_layer::backend::{Backend, UserId};
use session_layer::console::{Console, Figures, Node};
use session_layer::{ClearSiteData, LoginAttempts, SessionLayer};

use crate::device_cookie::DeviceCookie;
use crate::options::SESSION_LIFE;
use crate::security_log::SecurityLog;
use crate::{Options, geo, guard};

impl FromRef<Shop> for PasswordDesk {
    fn from_ref(shop: &Shop) -> Self {
        shop.passwords.clone()
    }
}

/// What an instance without a name is called, with its port.
pub(crate) const KIND: &str = "shop";

/// Who is there unless a file says otherwise.
const DEMOS: [&str; 3] = ["alice", "bob", "admin role=admin"];

/// As many sessions as `examples/monitoring/alerts.yml` says that the store has room for.
const CAPACITY: u64 = 100_000;

/// How often a session gets another id, so that of two who have a cookie one is noticed.
const PERIOD: Duration = Duration::from_secs(15 * 60);

/// How long an old id is good for what is on its way.
const GRACE: Duration = Duration::from_secs(60);

/// How long it is noticed after that: as long as most sessions live.
const OLD_IDS: Duration = Duration::from_secs(12 * 60 * 60);

/// What all requests share. Clones share it too.
#[derive(Clone, Debug)]
pub struct Shop {
    pub(crate) instance: Instance,
    pub(crate) passwords: PasswordDesk,
    pub(crate) sessions: SessionLayer,
    pub(crate) guard: GuardLayer,
    pub(crate) places: Option<PlaceDatabase>,
    pub(crate) console: Console,
    pub(crate) throttle: LoginThrottle,
    pub(crate) device_cookie: DeviceCookie,
    pub(crate) security_log: SecurityLog,
    demos: Arc<[Demo]>,
}

impl Shop {
    /// Reads the files that the options name, and checks it all. Its console shows these figures. It
    /// needs a runtime, for what it does while nobody waits.
    ///
    /// # Errors
    /// If a file can't be read, or an option can't be right.
    pub fn new(
        options: &Options,
        backend: Arc<dyn Backend>,
        figures: Figures,
    ) -> Result<Self, StartError> {
        Self::with_clock(options, backend, figures, &SharedClock::default())
    }

    /// The same, whose sessions are renewed and guarded by this clock. For tests.
    ///
    /// # Errors
    /// As of [`new`](Self::new).
    pub fn with_clock(
        options: &Options,
        backend: Arc<dyn Backend>,
        figures: Figures,
        clock: &SharedClock,
    ) -> Result<Self, StartError> {
        let places = geo::open(options)?;
        let (users, demos) = Users::from_options(&options.instance, &DEMOS)?;
        let passwords = PasswordDesk::new(users);
        let security_log = SecurityLog::start(Arc::clone(&backend));
        let throttle = throttle(options, Arc::clone(&backend))?;
        let sessions = sessions(options, backend, &security_log, clock)?;
        let console = console(options, figures, &sessions, passwords.clone())?;
        Ok(Self {
            instance: Instance::new(&options.instance, KIND)?,
            passwords,
            guard: guard::layer(options, places.clone(), (&security_log, &console), clock)?,
            places,
            throttle,
            device_cookie: DeviceCookie::of(options),
            security_log,
            sessions,
            console,
            demos: demos.into(),
        })
    }

    /// The demo users, if there are some.
    pub fn demos(&self) -> &[Demo] {
        &self.demos
    }

    /// Whether it is starting, serving or ending. It is not ready before it is told to be
    /// [`Serving`](example_service::Phase::Serving).
    pub fn lifecycle(&self) -> &Lifecycle {
        self.instance.lifecycle()
    }
}

fn sessions(
    options: &Options,
    backend: Arc<dyn Backend>,
    log: &SecurityLog,
    clock: &SharedClock,
) -> Result<SessionLayer, StartError> {
    let log = log.clone();
    // Not cookies: the one by which the login knows the browser again outlives the session.
    let layer = SessionLayer::builder_shared(backend).clear_site_data([ClearSiteData::Storage]);
    let layer = layer.lifetime(options.session_idle, SESSION_LIFE);
    let layer = layer.renew_every(PERIOD, GRACE).keep_old_ids(OLD_IDS).clock(clock.clone());
    let layer = layer.on_event(move |event| log.tell_of_session(event));
    let layer = if options.insecure_http { layer.insecure_plain_http() } else { layer };
    layer.build().map_err(|error| StartError::about("sessions", error))
}

/// Whoever has the role `admin` may see it.
fn console(
    options: &Options,
    figures: Figures,
    sessions: &SessionLayer,
    passwords: PasswordDesk,
) -> Result<Console, StartError> {
    let is_admin = move |_: &Parts, user: &UserId| passwords.has_role(user.as_str(), "admin");
    let node = Node::new(options.instance.name(KIND), env!("CARGO_PKG_VERSION"));
    let console = Console::builder(sessions.sessions(), figures, is_admin);
    let console = console.capacity(CAPACITY).node(node).build();
    console.map_err(|error| StartError::about("console", error))
}

fn throttle(options: &Options, backend: Arc<dyn Backend>) -> Result<LoginThrottle, StartError> {
    let secret = secret_of("--throttle-key", options.throttle_key.as_deref())?;
    let attempts = LoginAttempts::in_backend(backend);
    Ok(LoginThrottle::builder(Arc::new(attempts), &secret).build())
}
