use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::OnceLock;

use argon2::{Argon2, Params, PasswordHasher};
use axum::body::Body;
use axum::extract::connect_info::MockConnectInfo;
use axum::{Router, response::Response};
use clap::Parser;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Builder;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use stateless_api::{Api, Lifecycle, Options, Phase, app};
use tempfile::TempDir;
use tower::ServiceExt;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "open sesame";

/// The service with two users: alice may do all, and bob nothing.
pub(crate) struct Service {
    app: Router,
    pub(crate) lifecycle: Lifecycle,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// Files for options, gone when it is dropped.
pub(crate) struct Files(TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Service {
    /// With a secret that all instances share.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// With further options. A key among them takes the place of that secret.
    pub(crate) fn with(options: &[&str]) -> Self {
        let service = Self::build(options);
        service.lifecycle.enter(Phase::Serving);
        service
    }

    /// Not ready yet.
    pub(crate) fn starting() -> Self {
        Self::build(&[])
    }

    fn build(options: &[&str]) -> Self {
        let files = Files::new();
        let key = files.write("key", &"a secret of all instances ".repeat(2));
        let users = files.write("users", &users());
        let mut all = vec!["stateless-api", "--instance", "api-1", "--users", &users];
        if !options.contains(&"--key") {
            all.extend(["--key", &key]);
        }
        all.extend(options);
        let api = Api::new(&Options::try_parse_from(all).unwrap()).unwrap();
        let lifecycle = api.lifecycle().clone();
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        Self { app: app(api).layer(MockConnectInfo(peer)), lifecycle }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.app.clone().oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_with(&self, path: &str, token: &str) -> Answer {
        self.send(with_token(Request::get(path), token).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_with(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send(with_token(json_post(path), token).body(body.to_string().into()).unwrap()).await
    }

    pub(crate) async fn login(&self, name: &str, password: &str) -> Answer {
        let body = json!({ "username": name, "password": password }).to_string();
        self.send(json_post("/login").body(body.into()).unwrap()).await
    }

    pub(crate) async fn token(&self, name: &str) -> String {
        let answer = self.login(name, PASSWORD).await;
        answer.json()["access_token"].as_str().expect(&answer.text).to_owned()
    }
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Checks that it is this problem, to the byte.
    #[track_caller]
    pub(crate) fn is_problem(&self, json: &str) {
        assert_eq!(self.text, json);
        let problem: Value = serde_json::from_str(json).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
    }
}

pub(crate) fn json_post(path: &str) -> Builder {
    Request::post(path).header(CONTENT_TYPE, "application/json")
}

fn with_token(request: Builder, token: &str) -> Builder {
    request.header(AUTHORIZATION, format!("Bearer {token}"))
}

/// With a hash that takes no time.
fn users() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| {
        let params = Params::new(8, 1, 1, None).unwrap();
        let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        argon2.hash_password_with_salt(PASSWORD.as_bytes(), b"some salt").unwrap().to_string()
    });
    format!("alice {hash} scope=orders:read scope=orders:write role=admin\nbob {hash}\n")
}
