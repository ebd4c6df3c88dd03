use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use session_layer::{Session, SessionExt};

use crate::failure::Failure;
use crate::form_or_json::FormOrJson;
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
    FormOrJson(Scope { everywhere }): FormOrJson<Scope>,
) -> Result<Response, Failure> {
    match everywhere {
        true => session.logout_everywhere().await.map(drop)?,
        false => session.logout().await?,
    }
    Ok(match wanted {
        Wanted::Page => Redirect::to("/login").into_response(),
        Wanted::Json => StatusCode::NO_CONTENT.into_response(),
    })
}
