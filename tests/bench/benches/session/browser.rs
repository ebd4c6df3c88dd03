use axum::Router;
use axum::body::Body;
use http::header::{COOKIE, SET_COOKIE};
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A browser with the cookie that it was given last. Clones are its tabs.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    cookie: Option<String>,
}

impl Browser {
    pub(crate) fn of(router: Router) -> Self {
        Self { router, cookie: None }
    }

    pub(crate) async fn get(&mut self, path: &str) -> String {
        let response = self.request(path).await;
        self.take(&response);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    pub(crate) async fn request(&self, path: &str) -> Response<Body> {
        let mut request = Request::get(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Does with the cookie as the response says.
    pub(crate) fn take(&mut self, response: &Response<Body>) {
        let Some(set_cookie) = response.headers().get(SET_COOKIE) else { return };
        let set_cookie = set_cookie.to_str().unwrap();
        let is_removal = set_cookie.contains("Max-Age=0");
        let cookie = set_cookie.split(';').next().unwrap_or_default().to_owned();
        self.cookie = (!is_removal).then_some(cookie);
    }

    pub(crate) fn cookie(&self) -> &str {
        self.cookie.as_deref().unwrap()
    }
}
