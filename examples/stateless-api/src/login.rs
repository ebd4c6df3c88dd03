use std::sync::Arc;
use std::time::SystemTime;

use auth_core::{Challenge, ClientAddr, Rejection};
use axum::Json;
use axum::extract::State;
use example_service::{JsonBody, PasswordDesk, Refusal, StartError, User, Users, secret_of};
use guard_layer::{LoginThrottle, MemoryAttempts};
use http::header::CACHE_CONTROL;
use http::{HeaderName, StatusCode};
use jwt_layer::{Grant, IssueError, IssuedToken, Issuer};
use serde::{Deserialize, Serialize};

/// The `client_id` of the tokens: users log in with the API itself.
const CLIENT_ID: &str = "stateless-api";

/// Checks passwords and issues tokens, and makes wait who guesses.
#[derive(Clone, Debug)]
pub(crate) struct LoginDesk {
    throttle: LoginThrottle,
    passwords: PasswordDesk,
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
    client: ClientAddr,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<([(HeaderName, &'static str); 1], Json<TokenResponse>), Refusal> {
    let user = desk.authenticate(client, credentials).await?;
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
    /// The instances share nothing, so that each counts by itself what has failed.
    pub(crate) fn new(users: Users, issuer: Issuer) -> Result<Self, StartError> {
        let secret = secret_of("login throttle", None)?;
        let throttle = LoginThrottle::builder(Arc::new(MemoryAttempts::new()), &secret).build();
        Ok(Self { throttle, passwords: PasswordDesk::new(users), issuer })
    }

    async fn authenticate(
        &self,
        client: ClientAddr,
        credentials: Credentials,
    ) -> Result<Arc<User>, Refusal> {
        let Credentials { username, password } = credentials;
        let attempt = self.throttle.begin(&username, client, None).await?;
        match self.passwords.check(username, password).await {
            Ok(Some(user)) => {
                // What proves it later is for a browser's cookie.
                attempt.succeeded().await;
                Ok(user)
            }
            Ok(None) => Err(wrong()),
            Err(busy) => {
                attempt.withdrawn().await;
                Err(busy)
            }
        }
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
