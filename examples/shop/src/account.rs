use axum::Json;
use axum::response::{IntoResponse, Redirect, Response};
use example_service::Refusal;
use serde::Deserialize;
use serde_json::json;
use session_layer::Session;

use crate::cart::Cart;
use crate::failure::Failure;
use crate::form_or_json::FormOrJson;
use crate::me;
use crate::wanted::Wanted;

/// The field of the session.
const EMAIL: &str = "email";

/// The longest address, in bytes (RFC 5321 section 4.5.3.1.3).
const LONGEST: usize = 254;

#[derive(Deserialize)]
pub(crate) struct NewEmail {
    email: String,
}

/// `POST /account/email`: needs a password of lately.
pub(crate) async fn email(
    wanted: Wanted,
    session: Session,
    FormOrJson(NewEmail { email }): FormOrJson<NewEmail>,
) -> Result<Response, Failure> {
    me::user(&session).await?;
    check(&email)?;
    session.insert(EMAIL, &email).await.map_err(session_layer::SessionError::from)?;
    Ok(match wanted {
        Wanted::Page => Redirect::to("/me").into_response(),
        Wanted::Json => Json(json!({ "email": email })).into_response(),
    })
}

/// `POST /checkout`: needs a password of lately.
pub(crate) async fn checkout(wanted: Wanted, session: Session) -> Result<Response, Failure> {
    me::user(&session).await?;
    let articles = Cart::take(&session).await?.items().count();
    if articles == 0 {
        return Err(Refusal::unprocessable("cart_empty", "there is nothing to pay for").into());
    }
    Ok(match wanted {
        Wanted::Page => Redirect::to("/cart").into_response(),
        Wanted::Json => Json(json!({ "articles": articles })).into_response(),
    })
}

fn check(email: &str) -> Result<(), Refusal> {
    let parts = email.split_once('@').map(|(name, host)| !name.is_empty() && !host.is_empty());
    let is_one = parts == Some(true) && email.len() <= LONGEST;
    if is_one && !email.contains(char::is_control) && !email.contains(' ') {
        return Ok(());
    }
    Err(Refusal::unprocessable("invalid_email", "that is no address of electronic mail"))
}
