use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use futures_util::FutureExt;
use guard_layer::PlaceDatabase;
use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE, SET_COOKIE, USER_AGENT};
use http::{HeaderValue, Request};
use tower::Service;

use crate::app::{Kind, app};

/// A browser that shows all that the guard looks at, from one of the networks that it knows.
pub(crate) struct Browser {
    router: Router,
    cookie: HeaderValue,
    token: Option<HeaderValue>,
    alternates: bool,
    hints: bool,
}

const AGENT: HeaderValue = HeaderValue::from_static(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/141.0.0.0 Safari/537.36",
);
const LANGUAGES: HeaderValue = HeaderValue::from_static("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7");
const BRANDS: HeaderValue = HeaderValue::from_static(
    "\"Chromium\";v=\"141\", \"Not?A_Brand\";v=\"8\", \"Google Chrome\";v=\"141\"",
);
const PLATFORM: HeaderValue = HeaderValue::from_static("\"Windows\"");
const JA4: HeaderValue = HeaderValue::from_static("t13d1516h2_8daaf6152771_d8a2da3f94cd");

impl Browser {
    pub(crate) fn of(kind: Kind, places: &PlaceDatabase) -> Self {
        let cookie = HeaderValue::from_static("none=1");
        let (router, alternates) = (app(kind, places), kind.alternates());
        let mut browser = Self { router, cookie, token: None, alternates, hints: true };
        if kind != Kind::Bare {
            let response = browser.send("/login", 0);
            let cookie = response.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
            browser.cookie = cookie.split(';').next().unwrap().parse().unwrap();
            browser.token = response.headers().get(AUTHORIZATION).cloned();
            // A commuter's networks.
            (1..6).chain([0]).for_each(|network| drop(browser.send("/read", network)));
        }
        browser
    }

    pub(crate) fn ask(&mut self) {
        assert_eq!(self.send("/read", 0).status(), 200);
    }

    fn send(&mut self, path: &str, network: u8) -> Response {
        let address = SocketAddr::new(IpAddr::from([198, 51, network, 7]), 40_000);
        self.hints = !self.hints || !self.alternates;
        let mut request = Request::get(path)
            .header(USER_AGENT, AGENT)
            .header(ACCEPT_LANGUAGE, LANGUAGES)
            .header("sec-ch-ua", BRANDS)
            .header("x-ja4", JA4)
            .header(COOKIE, self.cookie.clone())
            .extension(ConnectInfo(address));
        if self.hints {
            request = request.header("sec-ch-ua-platform", PLATFORM);
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        let future = self.router.call(request.body(Body::empty()).unwrap());
        future.now_or_never().expect("nothing to wait for").unwrap()
    }
}
