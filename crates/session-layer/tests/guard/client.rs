//! A client with a cookie, an address and the headers of its browser.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, COOKIE, HOST, REFERER, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) router: Router,
    pub(crate) cookie: Option<String>,
    pub(crate) address: IpAddr,
    pub(crate) user_agent: &'static str,
    pub(crate) language: &'static str,
    pub(crate) accept: &'static str,
    pub(crate) referer: &'static str,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

impl Client {
    pub(crate) fn at_home(router: Router) -> Self {
        Self {
            router,
            cookie: None,
            address: [192, 0, 2, 1].into(),
            user_agent: FIREFOX,
            language: "de-DE,de;q=0.9",
            accept: "application/json",
            referer: "",
        }
    }

    /// Whoever has copied the cookie.
    pub(crate) fn thief(&self) -> Self {
        let address = [198, 51, 100, 1].into();
        Self { address, user_agent: "curl/8.5.0", language: "en", ..self.clone() }
    }

    /// The same, on the train.
    pub(crate) fn on_the_train(&self) -> Self {
        Self { address: [203, 0, 113, 1].into(), ..self.clone() }
    }

    /// The same, asking for pages.
    pub(crate) fn in_a_browser(&self) -> Self {
        Self { accept: "text/html,application/xhtml+xml", ..self.clone() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path).await
    }

    pub(crate) async fn post(&mut self, path: &str) -> Answer {
        self.send(Method::POST, path).await
    }

    async fn send(&mut self, method: Method, path: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "shop.example")
            .header(USER_AGENT, self.user_agent)
            .header(ACCEPT_LANGUAGE, self.language)
            .header(ACCEPT, self.accept)
            .header(REFERER, self.referer)
            .extension(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        self.keep_cookie(&parts.headers);
        Answer { status: parts.status, headers: parts.headers, text }
    }

    fn keep_cookie(&mut self, headers: &HeaderMap) {
        let Some(set_cookie) = headers.get(SET_COOKIE) else { return };
        let set_cookie = set_cookie.to_str().unwrap();
        let cookie = set_cookie.split(';').next().unwrap().to_owned();
        self.cookie = (!set_cookie.contains("Max-Age=0")).then_some(cookie);
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(&self, status: StatusCode) {
        assert_eq!(self.status, status, "{self:?}");
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        assert_eq!((self.status, self.text.as_str()), (StatusCode::OK, text), "{self:?}");
    }

    /// It is a problem with this code.
    #[track_caller]
    pub(crate) fn refuses(&self, status: StatusCode, code: &str) {
        self.is(status);
        let problem: serde_json::Value = serde_json::from_str(&self.text).unwrap();
        assert_eq!(problem["code"], code);
    }

    /// The value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
