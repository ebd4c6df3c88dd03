use std::time::Duration;

use clap::ValueEnum;
use example_service::{StartError, secret_of};
use guard_layer::{GuardLayer, Peppers, Policy};

use session_layer::console::Console;

use crate::Options;

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

pub(crate) fn layer(options: &Options, console: &Console) -> Result<GuardLayer, StartError> {
    let secret = secret_of("--guard-key", options.guard_key.as_deref())?;
    let guard = GuardLayer::builder(options.guard.policy(), Peppers::new(number(&secret), &secret));
    let guard = guard.page(PAGE).idle(IDLE).on_event(console.guard_events()).build();
    guard.map_err(|error| StartError::about("--guard", error))
}

/// What a secret is called: what was noted with another one is known to be unreadable, and is not
/// taken for a change.
fn number([first, second, ..]: &[u8; 32]) -> u16 {
    u16::from_be_bytes([*first, *second])
}
