//! A browser that keeps one cookie, as the response says.

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use session_layer::SessionLayer;
use tower::ServiceExt;

use crate::app::{Gate, routes};

/// A browser. Clones are tabs that start with the same cookie.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    /// `name=value`.
    pub(crate) cookie: Option<String>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn of(router: Router) -> Self {
        Self { router, cookie: None }
    }

    /// Asks, and keeps or drops the cookie as it is told.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let answer = self.request(path).await;
        if let Some(set_cookie) = answer.set_cookie() {
            self.cookie = kept(set_cookie);
        }
        answer
    }

    /// Asks without regard to what becomes of the cookie.
    pub(crate) async fn request(&self, path: &str) -> Answer {
        let cookie = self.cookie.as_ref().map(|cookie| cookie.parse().unwrap());
        self.send(path, cookie).await
    }

    /// Asks with this `Cookie` header.
    pub(crate) async fn get_with(&self, path: &str, cookie: HeaderValue) -> Answer {
        self.send(path, Some(cookie)).await
    }

    async fn send(&self, path: &str, cookie: Option<HeaderValue>) -> Answer {
        let mut request = Request::get(path);
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(text.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// The same browser, at the same application behind another layer.
    pub(crate) fn through(&self, layer: SessionLayer) -> Self {
        Self {
            router: routes().with_state(Gate::default()).layer(layer),
            cookie: self.cookie.clone(),
        }
    }

    /// The id in the cookie.
    pub(crate) fn id(&self) -> &str {
        self.cookie.as_deref().unwrap().split_once('=').unwrap().1
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(&self, status: StatusCode) {
        assert_eq!(self.status, status, "{self:?}");
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        assert_eq!((self.status, self.text.as_str()), (StatusCode::OK, text));
    }

    pub(crate) fn set_cookie(&self) -> Option<&str> {
        let all = self.set_cookies();
        assert!(all.len() < 2, "{all:?}");
        all.first().copied()
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all(SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }

    /// The word of a refusal.
    pub(crate) fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_str(&self.text).unwrap();
        problem["code"].as_str().unwrap().to_owned()
    }
}

fn kept(set_cookie: &str) -> Option<String> {
    let cookie = set_cookie.split(';').next().unwrap();
    (!set_cookie.contains("Max-Age=0")).then(|| cookie.to_owned())
}
