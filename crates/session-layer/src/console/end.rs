use auth_core::RequestHead;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::permission::Operator;
use super::{Console, rejection};
use crate::SessionError;

/// One session of a user.
#[derive(Deserialize)]
pub(super) struct One {
    user: String,
    handle: String,
}

/// All of them.
#[derive(Deserialize)]
pub(super) struct All {
    user: String,
}

/// `POST /end-session`
pub(super) async fn one(
    State(console): State<Console>,
    Extension(operator): Extension<Operator>,
    form: Result<Form<One>, FormRejection>,
) -> Result<Response, SessionError> {
    let Ok(Form(One { user, handle })) = form else { return Ok(malformed(&console)) };
    let ended = u32::from(console.sessions().end(&user, &handle).await?);
    Ok(done(&operator, &user, ended))
}

/// `POST /end-sessions`
pub(super) async fn all(
    State(console): State<Console>,
    Extension(operator): Extension<Operator>,
    form: Result<Form<All>, FormRejection>,
) -> Result<Response, SessionError> {
    let Ok(Form(All { user })) = form else { return Ok(malformed(&console)) };
    let ended = console.sessions().end_all(&user).await?;
    Ok(done(&operator, &user, ended))
}

/// Notes who has done it, and leads back to what is left.
fn done(Operator(operator): &Operator, user: &str, ended: u32) -> Response {
    tracing::info!(target: TARGET, %operator, user, ended, "an operator has ended sessions");
    let user = utf8_percent_encode(user, NON_ALPHANUMERIC);
    Redirect::to(&format!("sessions?user={user}&ended={ended}")).into_response()
}

fn malformed(console: &Console) -> Response {
    let request = http::Request::new(());
    console.renderer().render(&rejection::malformed_form(), &RequestHead::of_request(&request))
}

const TARGET: &str = "session_layer::console";
