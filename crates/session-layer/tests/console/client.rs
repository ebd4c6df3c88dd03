//! A browser, or a program, with a cookie.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{
    ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, REFERER, SET_COOKIE, USER_AGENT,
};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use tower::ServiceExt;

#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    cookie: Option<String>,
    address: [u8; 4],
    user_agent: &'static str,
    accept: &'static str,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Client {
    pub(crate) fn of(router: Router) -> Self {
        let user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        Self { router, cookie: None, address: [192, 0, 2, 1], user_agent, accept: "*/*" }
    }

    /// Whoever has copied the cookie.
    pub(crate) fn thief(&self) -> Self {
        Self { address: [198, 51, 100, 1], user_agent: "curl/8.5.0", ..self.clone() }
    }

    /// The same, asking for pages.
    pub(crate) fn in_a_browser(&self) -> Self {
        Self { accept: "text/html,application/xhtml+xml", ..self.clone() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let response = self.send(Request::get(path), Body::empty()).await;
        self.read(response).await
    }

    /// Without waiting for the end of the body.
    pub(crate) async fn open(&self, path: &str) -> Response {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Sends a form of the console's own page.
    pub(crate) async fn form(&mut self, path: &str, form: &'static str) -> Answer {
        self.form_from("same-origin", path, form).await
    }

    /// Sends a form of a page which is so related to the console.
    pub(crate) async fn form_from(&mut self, site: &str, path: &str, form: &'static str) -> Answer {
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(REFERER, "http://shop.example/console/sessions?user=alice")
            .header("sec-fetch-site", site);
        let response = self.send(request, Body::from(form)).await;
        self.read(response).await
    }

    async fn send(&self, request: Builder, body: Body) -> Response {
        let request = request
            .header(HOST, "shop.example")
            .header(USER_AGENT, self.user_agent)
            .header(ACCEPT, self.accept)
            .extension(ConnectInfo(SocketAddr::from((self.address, 40_000))));
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    async fn read(&mut self, response: Response) -> Answer {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        if let Some(set_cookie) = parts.headers.get(SET_COOKIE) {
            let cookie = set_cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(cookie.to_owned());
        }
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn shows(&self, part: &str) {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        assert!(self.text.contains(part), "{part:?} is not in {}", self.text);
    }

    #[track_caller]
    pub(crate) fn hides(&self, part: &str) {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        assert!(!self.text.contains(part), "{part:?} is in {}", self.text);
    }

    #[track_caller]
    pub(crate) fn leads_to(&self, place: &str) {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{self:?}");
        assert_eq!(self.headers[LOCATION], place);
    }

    /// It is a problem with this code, and nothing else.
    #[track_caller]
    pub(crate) fn refuses(&self, status: StatusCode, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&self.text).unwrap();
        assert_eq!(problem["code"], code);
    }

    /// What an alert says of itself.
    pub(crate) fn alert(&self, name: &str) -> &str {
        let card = self.text.split_once(&format!("<h3>{name}</h3>")).unwrap().1;
        let state = card.split_once("<strong class=\"state\">").unwrap().1;
        state.split_once('<').unwrap().0
    }
}
