use std::sync::Arc;

use axum::extract::FromRef;
use example_service::{Demo, Instance, Lifecycle, PasswordDesk, StartError, Users, secret_of};
use guard_layer::{GuardLayer, LoginThrottle};
use http::request::Parts;
use session_layer::backend::{Backend, UserId};
use session_layer::console::{Console, Figures, Node};
use session_layer::{ClearSiteData, LoginAttempts, SessionLayer};

use crate::device_cookie::DeviceCookie;
use crate::{Options, guard};

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

/// What all requests share. Clones share it too.
#[derive(Clone, Debug)]
pub struct Shop {
    pub(crate) instance: Instance,
    pub(crate) passwords: PasswordDesk,
    pub(crate) sessions: SessionLayer,
    pub(crate) guard: GuardLayer,
    pub(crate) console: Console,
    pub(crate) throttle: LoginThrottle,
    pub(crate) device_cookie: DeviceCookie,
    demos: Arc<[Demo]>,
}

impl Shop {
    /// Reads the file that the options name, and checks it all. Its console shows these figures.
    ///
    /// # Errors
    /// If the file can't be read, or an option can't be right.
    pub fn new(
        options: &Options,
        backend: Arc<dyn Backend>,
        figures: Figures,
    ) -> Result<Self, StartError> {
        let (users, demos) = Users::from_options(&options.instance, &DEMOS)?;
        let passwords = PasswordDesk::new(users);
        let throttle = throttle(options, Arc::clone(&backend))?;
        let sessions = sessions(options, backend)?;
        let console = console(options, figures, &sessions, passwords.clone())?;
        Ok(Self {
            instance: Instance::new(&options.instance, KIND)?,
            passwords,
            guard: guard::layer(options, &console)?,
            throttle,
            device_cookie: DeviceCookie::of(options),
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

fn sessions(options: &Options, backend: Arc<dyn Backend>) -> Result<SessionLayer, StartError> {
    // Not cookies: the one by which the login knows the browser again outlives the session.
    let layer = SessionLayer::builder_shared(backend).clear_site_data([ClearSiteData::Storage]);
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
