use std::time::Duration;

use auth_core::SharedClock;
use clap::ValueEnum;
use example_service::{StartError, peppers_of};
use guard_layer::{GuardLayer, PlaceDatabase, Policy};

use session_layer::console::Console;

use crate::Options;
use crate::security_log::SecurityLog;

/// How suspicious the shop is of requests that look unlike their session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Guard {
    /// Ends whatever comes from another address or browser, as is often done: for comparison
    Naive,
    /// Asks for the password when nearly all has changed
    Lenient,
    /// Asks for the password when it looks like somebody else
    Balanced,
    /// Asks for the password sooner
    Strict,
    /// Only logs what `balanced` would do
    Off,
}

impl Guard {
    fn policy(self) -> Policy {
        match self {
            Self::Naive => Policy::naive(),
            Self::Lenient => Policy::lenient(),
            Self::Balanced => Policy::balanced(),
            Self::Strict => Policy::strict(),
            Self::Off => Policy::balanced().dry_run(),
        }
    }
}

/// Where users are asked for their password.
pub(crate) const PAGE: &str = "/reauth";

/// As long as a session that is remembered: how long one lives is up to its own lifetime.
const IDLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

pub(crate) fn layer(
    options: &Options,
    places: Option<PlaceDatabase>,
    (log, console): (&SecurityLog, &Console),
    clock: &SharedClock,
) -> Result<GuardLayer, StartError> {
    let (log, shown) = (log.clone(), console.guard_events());
    let peppers = peppers_of("--guard-key", options.guard_key.as_deref())?;
    let guard = GuardLayer::builder(options.guard.policy(), peppers).clock(clock.clone());
    let guard = match places {
        Some(places) => guard.places(move |address| places.find(address)),
        None => guard,
    };
    let guard = guard.page(PAGE).idle(IDLE).on_event(move |event| {
        log.tell_of_guard(event);
        shown(event);
    });
    let guard = guard.build();
    guard.map_err(|error| StartError::about("--guard", error))
}
