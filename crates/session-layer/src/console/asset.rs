//! The files that pages refer to.

use http::header::{CONTENT_TYPE, HeaderName};

type Asset = ([(HeaderName, &'static str); 1], &'static str);

/// `GET /console.css`
pub(super) async fn style() -> Asset {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("page/console.css"))
}

/// `GET /console.js`
pub(super) async fn script() -> Asset {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("page/console.js"))
}
