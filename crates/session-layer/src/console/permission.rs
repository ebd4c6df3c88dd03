//! Nothing is shown without it.

use auth_core::RequestHead;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use tower_sessions_core::Session;

use super::{Console, rejection};
use crate::SessionExt as _;
use crate::backend::UserId;

/// Who may see the console.
pub(super) type Permitted = dyn Fn(&Parts, &UserId) -> bool + Send + Sync;

/// Who asks, of whom it is known that they may.
#[derive(Clone, Debug)]
pub(super) struct Operator(pub(super) UserId);

/// Lets those pass who may.
pub(super) async fn check(
    State(console): State<Console>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let user = match session.user().await {
        Ok(user) => user,
        Err(error) => return error.into_response(),
    };
    let (mut parts, body) = request.into_parts();
    let rejection = match user {
        Some(user) if console.permits(&parts, &user) => {
            parts.extensions.insert(Operator(user));
            return next.run(Request::from_parts(parts, body)).await;
        }
        Some(_) => rejection::forbidden(),
        None => rejection::login_required(),
    };
    console.renderer().render(&rejection, &RequestHead::of(&parts))
}
