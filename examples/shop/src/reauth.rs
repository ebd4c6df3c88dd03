use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use example_service::PasswordDesk;
use guard_layer::Reauth;
use serde::Deserialize;
use serde_json::json;
use session_layer::Session;

use crate::failure::Failure;
use crate::form_or_json::FormOrJson;
use crate::page::{self, Page};
use crate::site::Site;
use crate::wanted::Wanted;
use crate::{login, me};

/// What the challenge is for: one session may have others for other purposes.
const PURPOSE: &str = "password";

#[derive(Deserialize)]
pub(crate) struct Proof {
    password: String,
}

/// `GET /reauth`
pub(crate) async fn form(site: Site, session: Session, reauth: Reauth) -> Result<Page, Failure> {
    let user = me::user(&session).await?;
    Ok(page::reauth(user.as_str(), reauth.is_suspected(), None).at(site))
}

/// `POST /reauth`: the user is who they were, and goes on where they were going.
pub(crate) async fn reauth(
    State(passwords): State<PasswordDesk>,
    (wanted, site): (Wanted, Site),
    session: Session,
    reauth: Reauth,
    FormOrJson(Proof { password }): FormOrJson<Proof>,
) -> Result<Response, Failure> {
    let user = me::user(&session).await?;
    let attempt = reauth.attempt(PURPOSE).await?;
    if passwords.check(user.as_str().to_owned(), password).await?.is_none() {
        let left = attempt.failed();
        return Ok(match wanted {
            Wanted::Page => {
                let page = page::reauth(user.as_str(), reauth.is_suspected(), Some(left));
                page.at(site).into_response()
            }
            Wanted::Json => login::wrong().into_response(),
        });
    }
    let way_back = attempt.completed("pwd").await?;
    Ok(match wanted {
        Wanted::Page => Redirect::to(way_back.as_deref().unwrap_or(site.home())).into_response(),
        Wanted::Json => Json(json!({ "username": user.as_str() })).into_response(),
    })
}
