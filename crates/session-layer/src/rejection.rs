use std::time::Duration;

use auth_core::Rejection;
use http::StatusCode;

use crate::SessionError;
#[cfg(feature = "guard")]
use crate::SessionErrorKind;
use crate::backend::BackendErrorKind;
use crate::engine::Fault;

/// How a fault is told to a client.
pub(crate) fn of(fault: Fault) -> Rejection {
    match fault {
        Fault::Backend(BackendErrorKind::Unavailable | BackendErrorKind::Timeout) => {
            busy("store_unavailable", "the sessions can't be reached at the moment; try again soon")
        }
        Fault::Full => Rejection::new(
            StatusCode::FORBIDDEN,
            "too_many_sessions",
            "this user is logged in on as many devices as may be",
        ),
        Fault::Backend(_)
        | Fault::Contended
        | Fault::Superseded
        | Fault::Unfit
        | Fault::NoRandomness => {
            busy("commit_failed", "the session could not be changed; try again")
        }
    }
}

fn busy(code: &'static str, detail: &'static str) -> Rejection {
    Rejection::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(SOON)
}

/// Of what is not a refusal of a client, but tells a balancer to send none.
pub(crate) const UNREADY: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

const SOON: Duration = Duration::from_secs(1);

/// How a verb's failure is told.
#[cfg(feature = "guard")]
pub(crate) fn of_error(error: &SessionError) -> Rejection {
    match error.kind() {
        SessionErrorKind::Unavailable => of(error.fault()),
        _ => of_mistake(error),
    }
}

/// How a mistake of the program is told to a client, who can do nothing about it.
pub(crate) fn of_mistake(error: &SessionError) -> Rejection {
    tracing::error!("the program uses a session in a way that can not work: {error}");
    let detail = "the server is not set up for this request";
    Rejection::new(StatusCode::INTERNAL_SERVER_ERROR, "session_misused", detail)
}
