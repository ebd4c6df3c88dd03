use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::MockConnectInfo;
use clap::Parser;
use example_service::test_util::{Answer, Files, PASSWORD, users};
use example_service::{Lifecycle, Phase};
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Builder;
use serde_json::{Value, json};
use stateless_api::{Api, Options, app};
use tower::ServiceExt;

/// The service with two users: alice may do all, and bob nothing.
pub(crate) struct Service {
    app: Router,
    pub(crate) lifecycle: Lifecycle,
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

pub(crate) fn json_post(path: &str) -> Builder {
    Request::post(path).header(CONTENT_TYPE, "application/json")
}

fn with_token(request: Builder, token: &str) -> Builder {
    request.header(AUTHORIZATION, format!("Bearer {token}"))
}
