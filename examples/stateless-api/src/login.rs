use std::sync::Arc;
use std::time::SystemTime;

use auth_core::{Challenge, ClientAddr, Rejection};
use axum::Json;
use axum::extract::State;
use example_service::{JsonBody, PasswordDesk, Refusal, StartError, User, Users, secret_of};
use guard_layer::{IssuedBinding, LoginThrottle, MemoryAttempts, TokenGuardLayer};
use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
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
    token_guard: Option<TokenGuardLayer>,
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
struct OwnClaims<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    roles: &'a [String],
    #[serde(flatten)]
    binding: Option<&'a IssuedBinding>,
}

/// `POST /login`: a token for a name and a password, and the cookie that it is bound to, if it is.
pub(crate) async fn login(
    State(desk): State<LoginDesk>,
    client: ClientAddr,
    headers: HeaderMap,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<(HeaderMap, Json<TokenResponse>), Refusal> {
    let user = desk.authenticate(client, credentials).await?;
    let binding = desk.bind(&user, &headers, client)?;
    let token = desk.issue(&user, binding.as_ref()).map_err(|error| {
        tracing::error!(%error, "no token could be issued");
        Refusal::internal()
    })?;
    let headers = response_headers(&token, binding.as_ref());
    let expires_in = token.lifetime().as_secs();
    let (access_token, scope) = (token.into_string(), user.scopes.join(" "));
    let response = TokenResponse { access_token, token_type: "Bearer", expires_in, scope };
    Ok((headers, Json(response)))
}

fn response_headers(token: &IssuedToken, binding: Option<&IssuedBinding>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = binding.and_then(|binding| binding.set_cookie(token.lifetime())) {
        headers.insert(SET_COOKIE, cookie);
    }
    headers
}

impl LoginDesk {
    /// The instances share nothing, so that each counts by itself what has failed.
    pub(crate) fn new(
        users: Users,
        issuer: Issuer,
        token_guard: Option<TokenGuardLayer>,
    ) -> Result<Self, StartError> {
        let secret = secret_of("login throttle", None)?;
        let throttle = LoginThrottle::builder(Arc::new(MemoryAttempts::new()), &secret).build();
        Ok(Self { throttle, passwords: PasswordDesk::new(users), issuer, token_guard })
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

    /// None if tokens are not bound.
    fn bind(
        &self,
        user: &User,
        headers: &HeaderMap,
        client: ClientAddr,
    ) -> Result<Option<IssuedBinding>, Refusal> {
        let guard = self.token_guard.as_ref();
        Ok(guard.map(|guard| guard.bind(&user.name, headers, client)).transpose()?)
    }

    fn issue(
        &self,
        user: &User,
        binding: Option<&IssuedBinding>,
    ) -> Result<IssuedToken, IssueError> {
        let grant = Grant::to(&user.name)
            .client_id(CLIENT_ID)
            .scope(&user.scopes.join(" "))
            .authenticated_at(SystemTime::now())
            .amr("pwd")
            .claims(OwnClaims { roles: &user.roles, binding });
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
