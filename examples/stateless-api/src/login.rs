use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, SystemTime};

use auth_core::{Challenge, Rejection};
use axum::Json;
use axum::extract::State;
use http::header::CACHE_CONTROL;
use http::{HeaderName, StatusCode};
use jwt_layer::{Grant, IssueError, IssuedToken, Issuer};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::Users;
use crate::json_body::JsonBody;
use crate::problem::Refusal;
use crate::users::User;

/// How long a login may take, with its turn to wait for.
const DEADLINE: Duration = Duration::from_secs(5);

/// When to come back where too many log in at once.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The `client_id` of the tokens: users log in with the API itself.
const CLIENT_ID: &str = "stateless-api";

/// Checks passwords, only as many at once as there are processors, and issues tokens.
#[derive(Clone, Debug)]
pub(crate) struct LoginDesk {
    users: Arc<Users>,
    places: Arc<Semaphore>,
    issuer: Issuer,
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    username: String,
    password: String,
}

/// RFC 6749 section 5.1.
#[derive(Serialize)]
pub(crate) struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
}

/// What the tokens say beside the registered claims.
#[derive(Serialize)]
struct Roles<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    roles: &'a [String],
}

/// `POST /login`: a token for a name and a password.
pub(crate) async fn login(
    State(desk): State<LoginDesk>,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<([(HeaderName, &'static str); 1], Json<TokenResponse>), Refusal> {
    let user = desk.authenticate(credentials).await?;
    let token = desk.issue(&user).map_err(|error| {
        tracing::error!(%error, "no token could be issued");
        Refusal::internal()
    })?;
    let expires_in = token.lifetime().as_secs();
    let (access_token, scope) = (token.into_string(), user.scopes.join(" "));
    let response = TokenResponse { access_token, token_type: "Bearer", expires_in, scope };
    Ok(([(CACHE_CONTROL, "no-store")], Json(response)))
}

impl LoginDesk {
    pub(crate) fn new(users: Users, issuer: Issuer) -> Self {
        let places = available_parallelism().map_or(1, usize::from);
        Self { users: Arc::new(users), places: Arc::new(Semaphore::new(places)), issuer }
    }

    async fn authenticate(&self, credentials: Credentials) -> Result<Arc<User>, Refusal> {
        let checked = timeout(DEADLINE, self.check(credentials)).await;
        checked.unwrap_or_else(|_| Err(busy()))
    }

    /// The place is given back when the work is done, not when the client stops to wait for it.
    async fn check(&self, credentials: Credentials) -> Result<Arc<User>, Refusal> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| busy())?;
        let users = Arc::clone(&self.users);
        let checked = spawn_blocking(move || {
            let user = users.check(&credentials.username, &credentials.password);
            drop(place);
            user
        });
        checked.await.map_err(|_| Refusal::internal())?.ok_or_else(wrong)
    }

    fn issue(&self, user: &User) -> Result<IssuedToken, IssueError> {
        let grant = Grant::to(&user.name)
            .client_id(CLIENT_ID)
            .scope(&user.scopes.join(" "))
            .authenticated_at(SystemTime::now())
            .amr("pwd")
            .claims(Roles { roles: &user.roles });
        self.issuer.issue(&grant)
    }
}

/// One answer for a wrong password and an unknown name. A 401 has to have a challenge (RFC 9110
/// section 15.5.2), and a token is what all other resources ask for.
fn wrong() -> Refusal {
    let detail = "the user name or the password is wrong";
    let rejection = Rejection::new(StatusCode::UNAUTHORIZED, "invalid_credentials", detail);
    rejection.challenge(Challenge::bearer().realm("api")).into()
}

fn busy() -> Refusal {
    let detail = "too many users are logging in at the moment";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jwt_layer::{Algorithm, SigningKey};

    fn desk(places: usize) -> LoginDesk {
        let key = SigningKey::generate(Algorithm::HS256).unwrap();
        let issuer = Issuer::builder("a", key).audience("b").build().unwrap();
        let (users, _) = Users::demo().unwrap();
        LoginDesk { places: Arc::new(Semaphore::new(places)), ..LoginDesk::new(users, issuer) }
    }

    fn credentials() -> Credentials {
        Credentials { username: "demo".to_owned(), password: "wrong".to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_for_a_turn_is_told_to_come_back() {
        assert_eq!(desk(0).authenticate(credentials()).await.unwrap_err(), busy());
    }

    #[tokio::test]
    async fn a_place_is_kept_until_the_work_is_done() {
        let desk = desk(1);
        tokio::select! {
            biased;
            _ = desk.authenticate(credentials()) => unreachable!("it takes longer than that"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(desk.places.available_permits(), 0);
        assert_eq!(desk.authenticate(credentials()).await.unwrap_err(), wrong());
    }
}
