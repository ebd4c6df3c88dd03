use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use session_layer::backend::UserId;
use session_layer::{Session, SessionExt};

use crate::failure::Failure;
use crate::wanted::Wanted;
use crate::{login, page};

/// `GET /me`: who is logged in.
pub(crate) async fn me(wanted: Wanted, session: Session) -> Result<Response, Failure> {
    let user = user(&session).await?;
    Ok(match wanted {
        Wanted::Page => page::me(user.as_str()).into_response(),
        Wanted::Json => Json(json!({ "username": user.as_str() })).into_response(),
    })
}

/// The user who is logged in; a guest is refused.
pub(crate) async fn user(session: &Session) -> Result<UserId, Failure> {
    session.user().await?.ok_or_else(|| login::required().into())
}
