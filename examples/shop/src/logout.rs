use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use session_layer::{Session, SessionExt};

use crate::failure::Failure;
use crate::form_or_json::FormOrJson;
use crate::security_log::{Incident, SecurityLog};
use crate::wanted::Wanted;

#[derive(Deserialize)]
pub(crate) struct Scope {
    /// Whether all other sessions of the user end as well.
    #[serde(default)]
    everywhere: bool,
}

/// `POST /logout`: ends the session with all that is in it, that of a guest as well.
pub(crate) async fn logout(
    wanted: Wanted,
    session: Session,
    State(log): State<SecurityLog>,
    FormOrJson(Scope { everywhere }): FormOrJson<Scope>,
) -> Result<Response, Failure> {
    match everywhere {
        true => log_out_everywhere(&session, &log).await?,
        false => session.logout().await?,
    }
    Ok(match wanted {
        Wanted::Page => Redirect::to("/login").into_response(),
        Wanted::Json => StatusCode::NO_CONTENT.into_response(),
    })
}

async fn log_out_everywhere(session: &Session, log: &SecurityLog) -> Result<(), Failure> {
    let user = session.user().await?;
    let ended = session.logout_everywhere().await?;
    // This one is among them.
    for _ in 1..ended {
        user.iter().for_each(|user| log.tell(user.as_str(), Incident::LoggedOut));
    }
    Ok(())
}
