use std::collections::HashMap;
use std::convert::Infallible;

use axum::Router;
use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
#[cfg(feature = "tower-store")]
use axum_login::AuthManagerLayerBuilder;
use axum_login::{AuthManager, AuthSession, AuthUser, AuthnBackend, UserId, login_required};
use axum_messages::{Messages, MessagesManagerLayer};
use serde::Deserialize;
use session_layer::backend::MemoryBackend;
use session_layer::{Session, SessionLayer};
use tower::layer::layer_fn;
#[cfg(feature = "tower-store")]
use tower_sessions::{SessionManagerLayer, SessionStore};

#[derive(Clone, Debug)]
struct User {
    id: u64,
    name: String,
    password: String,
}

impl AuthUser for User {
    type Id = u64;

    fn id(&self) -> u64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password.as_bytes()
    }
}

#[derive(Clone, Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

#[derive(Clone, Default)]
struct Users(HashMap<u64, User>);

impl Users {
    fn of_alice() -> Self {
        let alice = User { id: 1, name: "alice".into(), password: "wonderland".into() };
        Self(HashMap::from([(1, alice)]))
    }
}

impl AuthnBackend for Users {
    type User = User;
    type Credentials = Credentials;
    type Error = Infallible;

    async fn authenticate(&self, sent: Credentials) -> Result<Option<User>, Infallible> {
        let fits = |user: &&User| user.name == sent.username && user.password == sent.password;
        Ok(self.0.values().find(fits).cloned())
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<User>, Infallible> {
        Ok(self.0.get(id).cloned())
    }
}

type Auth = AuthSession<Users>;

/// On our layer.
pub(crate) fn on_session_layer() -> Router {
    let users = Users::of_alice();
    let auth = layer_fn(move |inner| AuthManager::new(inner, users.clone(), "axum-login.data"));
    routes().layer(auth).layer(SessionLayer::builder(MemoryBackend::new()).build().unwrap())
}

/// On axum-login's own layer.
#[cfg(feature = "tower-store")]
pub(crate) fn on_store(store: impl SessionStore + Clone) -> Router {
    let sessions = SessionManagerLayer::new(store);
    routes().layer(AuthManagerLayerBuilder::new(Users::of_alice(), sessions).build())
}

fn routes() -> Router {
    Router::new()
        .route("/protected", get(protected))
        .route_layer(login_required!(Users, login_url = "/login"))
        .route("/login", get(login_page))
        .route("/login", post(login))
        .route("/logout", get(logout))
        .route("/cart", get(cart))
        .layer(MessagesManagerLayer)
}

async fn protected(auth: Auth, messages: Messages) -> String {
    let name = auth.user.map(|user| user.name).unwrap_or_default();
    format!("{name}: {}", texts(messages))
}

async fn login_page(messages: Messages) -> String {
    texts(messages)
}

async fn login(mut auth: Auth, messages: Messages, Form(sent): Form<Credentials>) -> Response {
    match auth.authenticate(sent).await.unwrap() {
        Some(user) => {
            auth.login(&user).await.unwrap();
            messages.success("welcome");
            Redirect::to("/protected").into_response()
        }
        None => {
            messages.error("wrong name or password");
            Redirect::to("/login").into_response()
        }
    }
}

async fn logout(mut auth: Auth, messages: Messages) -> Redirect {
    auth.logout().await.unwrap();
    messages.info("goodbye");
    Redirect::to("/login")
}

async fn cart(session: Session) -> String {
    let items = session.get::<u32>("items").await.unwrap().unwrap_or(0) + 1;
    session.insert("items", items).await.unwrap();
    items.to_string()
}

fn texts(messages: Messages) -> String {
    messages.map(|message| message.message).collect::<Vec<_>>().join(", ")
}
