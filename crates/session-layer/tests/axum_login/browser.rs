use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// With what the application needs to stay.
#[derive(Clone)]
pub(crate) struct Browser {
    app: Router,
    pub(crate) cookie: String,
    _keep: Arc<dyn Any + Send + Sync>,
}

impl Browser {
    pub(crate) fn of(app: Router, keep: impl Any + Send + Sync) -> Self {
        Self { app, cookie: String::new(), _keep: Arc::new(keep) }
    }

    pub(crate) async fn get(&mut self, path: &str) -> (StatusCode, String) {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn log_in(&mut self, password: &str) -> (StatusCode, String) {
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

pub(crate) fn see(path: &str) -> (StatusCode, String) {
    (StatusCode::SEE_OTHER, path.to_owned())
}

pub(crate) fn page(text: &str) -> (StatusCode, String) {
    (StatusCode::OK, text.to_owned())
}
