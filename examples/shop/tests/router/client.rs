use axum::Router;
use axum::body::Body;
use example_service::test_util::{Answer, PASSWORD};
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, SET_COOKIE, USER_AGENT};
use http::request::Builder;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::service::Service;

/// A browser or a program that keeps its cookie. Clones are tabs that start with the same one.
#[derive(Clone)]
pub(crate) struct Client {
    app: Router,
    /// `name=value`, of its session.
    pub(crate) cookie: Option<String>,
    /// `name=value`, of a browser that has logged in.
    pub(crate) device: Option<String>,
    /// From where, through a proxy, and what browser it says it is.
    seen_as: Option<(&'static str, &'static str)>,
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

impl Client {
    pub(crate) fn of(app: Router) -> Self {
        Self { app, cookie: None, device: None, seen_as: None }
    }

    pub(crate) fn seen_as(self, address: &'static str, browser: &'static str) -> Self {
        Self { seen_as: Some((address, browser)), ..self }
    }

    /// The same client, which is served by another instance from now on.
    pub(crate) fn served_by(self, service: &Service) -> Self {
        Self { app: service.client().app, ..self }
    }

    /// Gets JSON.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path).header(ACCEPT, "application/json");
        self.send(request, Body::empty()).await
    }

    /// Sends JSON.
    pub(crate) async fn json(&mut self, method: Method, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(CONTENT_TYPE, "application/json");
        self.send(request, body.to_string().into()).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub(crate) async fn put(&mut self, path: &str, body: Value) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(Request::delete(path), Body::empty()).await
    }

    /// Gets a page as a browser does.
    pub(crate) async fn page(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).header(ACCEPT, BROWSER), Body::empty()).await
    }

    /// Sends a form as a browser does from a page of the shop.
    pub(crate) async fn form(&mut self, path: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .header(ACCEPT, BROWSER)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, body.to_owned().into()).await
    }

    /// Sends it with the cookie, and keeps or drops that as it is told.
    pub(crate) async fn send(&mut self, request: Builder, body: Body) -> Answer {
        let cookies = self.cookie.iter().chain(&self.device);
        let request = cookies.fold(request, |request, cookie| request.header(COOKIE, cookie));
        let request = match self.seen_as {
            Some((address, browser)) => {
                request.header("x-forwarded-for", address).header(USER_AGENT, browser)
            }
            None => request,
        };
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let answer = Answer::of(response).await;
        if let Some(cookie) = session_cookie(&answer) {
            self.cookie = kept(cookie);
        }
        if let Some(cookie) = device_cookie(&answer) {
            self.device = kept(cookie);
        }
        answer
    }

    #[track_caller]
    pub(crate) fn credentials(user: &str) -> Value {
        json!({ "username": user, "password": PASSWORD })
    }

    pub(crate) async fn log_in(&mut self, user: &str) {
        let answer = self.post("/login", Self::credentials(user)).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }

    pub(crate) async fn add(&mut self, sku: &str, quantity: u64) -> Answer {
        self.post("/cart/items", json!({ "sku": sku, "quantity": quantity })).await
    }

    /// The cart as `SKU QUANTITY` pairs.
    pub(crate) async fn cart(&mut self) -> Vec<(String, u64)> {
        let cart = self.get("/cart").await.json();
        let items = cart["items"].as_array().unwrap().iter();
        let pair = |item: &Value| {
            (item["sku"].as_str().unwrap().to_owned(), item["quantity"].as_u64().unwrap())
        };
        items.map(pair).collect()
    }

    pub(crate) async fn devices(&mut self) -> Vec<Value> {
        let answer = self.get("/devices").await;
        answer.json().as_array().expect(&answer.text).clone()
    }

    /// Who is logged in.
    pub(crate) async fn user(&mut self) -> Option<String> {
        let answer = self.get("/me").await;
        answer.json()["username"].as_str().map(str::to_owned)
    }
}

/// The cookie of the session, as a response sets it.
pub(crate) fn session_cookie(answer: &Answer) -> Option<&str> {
    set_cookie(answer, "sid")
}

/// The cookie of a browser that has logged in, as a response sets it.
pub(crate) fn device_cookie(answer: &Answer) -> Option<&str> {
    set_cookie(answer, "device")
}

fn set_cookie<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut lines = answer.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    lines.find(|line| line.split('=').next().unwrap().ends_with(name))
}

fn kept(set_cookie: &str) -> Option<String> {
    let cookie = set_cookie.split(';').next().unwrap();
    (!set_cookie.contains("Max-Age=0")).then(|| cookie.to_owned())
}

/// Checks that a form was answered with the way to this page.
#[track_caller]
pub(crate) fn leads_to(answer: &Answer, path: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    assert_eq!(answer.headers["location"], path);
}

/// Checks that it is a page with this in it.
#[track_caller]
pub(crate) fn is_page(answer: &Answer, status: StatusCode, part: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.headers[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(answer.text.starts_with("<!DOCTYPE html>"), "{answer:?}");
    assert!(answer.text.contains(part), "{part:?} is not in {}", answer.text);
}
