use std::sync::Arc;

use auth_core::{Challenge, ClientAddr, Rejection};
use axum::Json;
use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Redirect, Response};
use example_service::{PasswordDesk, Refusal, User};
use guard_layer::{LoginThrottle, Reauth};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;
use session_layer::{Login, Session, SessionError, SessionExt};

use crate::Shop;
use crate::device_cookie::DeviceCookie;
use crate::failure::Failure;
use crate::form_or_json::FormOrJson;
use crate::label::label;
use crate::page::{self, Page};
use crate::site::Site;
use crate::wanted::Wanted;

#[derive(Deserialize)]
pub(crate) struct Credentials {
    username: String,
    password: String,
    /// Whether the session outlives the browser.
    #[serde(default)]
    remember: bool,
}

/// `GET /login`
pub(crate) async fn form(site: Site) -> Page {
    page::login(None).at(site)
}

/// `POST /login`: the session becomes the user's, with the cart that the guest has filled.
pub(crate) async fn login(
    State(desk): State<LoginDesk>,
    client: ClientAddr,
    (wanted, site): (Wanted, Site),
    session: Session,
    guard: Reauth,
    headers: HeaderMap,
    FormOrJson(credentials): FormOrJson<Credentials>,
) -> Result<Response, Failure> {
    let remember = credentials.remember;
    let Authenticated { user, device, failures_before } =
        desk.authenticate(client, &headers, credentials).await?;
    leave_to_another(&session, &user).await?;
    let login = Login::of(&*user.name);
    let login = if remember { login.remembered() } else { login };
    session
        .login(match label(&headers) {
            Some(label) => login.label(label),
            None => login,
        })
        .await?;
    guard.login_failures(failures_before);
    let mut response = match wanted {
        Wanted::Page => Redirect::to(site.home()).into_response(),
        Wanted::Json => Json(json!({ "username": user.name })).into_response(),
    };
    response.headers_mut().extend(device.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

/// A user who has given the right password.
struct Authenticated {
    user: Arc<User>,
    /// The cookie by which the browser will be known.
    device: Option<HeaderValue>,
    /// How often it was wrong before.
    failures_before: u32,
}

/// Checks passwords, and makes wait who guesses.
#[derive(Clone, Debug)]
pub(crate) struct LoginDesk {
    passwords: PasswordDesk,
    throttle: LoginThrottle,
    device_cookie: DeviceCookie,
}

impl LoginDesk {
    async fn authenticate(
        &self,
        client: ClientAddr,
        headers: &HeaderMap,
        credentials: Credentials,
    ) -> Result<Authenticated, Refusal> {
        let Credentials { username, password, .. } = credentials;
        let device = self.device_cookie.read(headers);
        let attempt = self.throttle.begin(&username, client, device).await?;
        match self.passwords.check(username, password).await {
            Ok(Some(user)) => {
                let failures_before = attempt.failures_before();
                let device = attempt.succeeded().await;
                let device = device.and_then(|device| self.device_cookie.give(&device));
                Ok(Authenticated { user, device, failures_before })
            }
            Ok(None) => Err(wrong()),
            Err(busy) => {
                attempt.withdrawn().await;
                Err(busy)
            }
        }
    }
}

impl FromRef<Shop> for LoginDesk {
    fn from_ref(shop: &Shop) -> Self {
        Self {
            passwords: shop.passwords.clone(),
            throttle: shop.throttle.clone(),
            device_cookie: shop.device_cookie,
        }
    }
}

/// The session of one user is not handed on to the next.
async fn leave_to_another(session: &Session, next: &Arc<User>) -> Result<(), SessionError> {
    match session.user().await? {
        Some(user) if user.as_str() != next.name => session.logout().await,
        _ => Ok(()),
    }
}

/// One answer for a wrong password and an unknown name.
pub(crate) fn wrong() -> Refusal {
    unauthorized("invalid_credentials", "the user name or the password is wrong")
}

/// The refusal of whoever has to log in first.
pub(crate) fn required() -> Refusal {
    unauthorized("login_required", "log in first")
}

/// A 401 has to have a challenge (RFC 9110 section 15.5.2). No scheme is registered for cookies;
/// this is the one that draft-broyer-http-cookie-auth has proposed, and browsers leave it alone.
fn unauthorized(code: &'static str, detail: &'static str) -> Refusal {
    let challenge = Challenge::new("Cookie").realm("shop").param("form-action", "/login");
    Rejection::new(StatusCode::UNAUTHORIZED, code, detail).challenge(challenge).into()
}
