//! An application that was written for axum-login and axum-messages, on our layer: a login page, a
//! protected one, a logout, and messages that the next page shows.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::HashMap;
use std::convert::Infallible;

use axum::extract::{Form, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, body::Body};
use axum_login::{AuthManager, AuthSession, AuthUser, AuthnBackend, UserId, login_required};
use axum_messages::{Messages, MessagesManagerLayer};
use http_body_util::BodyExt;
use serde::Deserialize;
use session_layer::backend::MemoryBackend;
use session_layer::{Session, SessionLayer};
use tower::ServiceExt;
use tower::layer::layer_fn;

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

fn app() -> Router {
    let users = Users::of_alice();
    let auth = layer_fn(move |inner| AuthManager::new(inner, users.clone(), "axum-login.data"));
    Router::new()
        .route("/protected", get(protected))
        .route_layer(login_required!(Users, login_url = "/login"))
        .route("/login", get(login_page))
        .route("/login", post(login))
        .route("/logout", get(logout))
        .route("/cart", get(cart))
        .layer(MessagesManagerLayer)
        .layer(auth)
        .layer(SessionLayer::builder(MemoryBackend::new()).build().unwrap())
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

#[derive(Clone)]
struct Browser {
    app: Router,
    cookie: String,
}

impl Browser {
    fn new() -> Self {
        Self { app: app(), cookie: String::new() }
    }

    async fn get(&mut self, path: &str) -> (StatusCode, String) {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn log_in(&mut self, password: &str) -> (StatusCode, String) {
        let form = format!("username=alice&password={password}");
        let request = Request::post("/login");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form)).unwrap()).await
    }

    /// The status, and the body or where it leads.
    async fn send(&mut self, mut request: Request) -> (StatusCode, String) {
        request.headers_mut().insert(COOKIE, self.cookie.parse().unwrap());
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(cookie) = parts.headers.get(SET_COOKIE) {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        let body = body.collect().await.unwrap().to_bytes();
        let location = parts.headers.get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        (parts.status, location.unwrap_or(String::from_utf8(body.to_vec()).unwrap()))
    }
}

fn see(path: &str) -> (StatusCode, String) {
    (StatusCode::SEE_OTHER, path.to_owned())
}

fn page(text: &str) -> (StatusCode, String) {
    (StatusCode::OK, text.to_owned())
}

#[tokio::test]
async fn a_guest_is_led_to_the_login() {
    let (status, to) = Browser::new().get("/protected").await;
    assert_eq!((status, to.as_str()), (StatusCode::TEMPORARY_REDIRECT, "/login?next=%2Fprotected"));
}

#[tokio::test]
async fn a_user_logs_in_sees_the_page_and_logs_out() {
    let mut browser = Browser::new();
    assert_eq!(browser.log_in("wonderland").await, see("/protected"));
    assert_eq!(browser.get("/protected").await, page("alice: welcome"));
    assert_eq!(browser.get("/protected").await, page("alice: "));
    let copy = browser.clone();
    assert_eq!(browser.get("/logout").await, see("/login"));
    assert_eq!(browser.get("/login").await, page("goodbye"));
    for mut out in [browser, copy] {
        assert_eq!(out.get("/protected").await.0, StatusCode::TEMPORARY_REDIRECT);
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_on_the_next_page() {
    let mut browser = Browser::new();
    assert_eq!(browser.log_in("looking-glass").await, see("/login"));
    assert_eq!(browser.get("/login").await, page("wrong name or password"));
    assert_eq!(browser.get("/login").await, page(""));
}

#[tokio::test]
async fn a_login_gives_a_new_id_and_keeps_the_cart() {
    let mut browser = Browser::new();
    assert_eq!(browser.get("/cart").await, page("1"));
    let mut old = browser.clone();
    browser.log_in("wonderland").await;
    assert_ne!(old.cookie, browser.cookie);
    assert_eq!(browser.get("/cart").await, page("2"));
    assert_eq!(old.get("/protected").await.0, StatusCode::TEMPORARY_REDIRECT);
}
