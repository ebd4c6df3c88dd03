use auth_core::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use maud::html;
use serde::Deserialize;

use super::{Page, login};
use crate::site::Site;
use crate::wanted::Wanted;

/// Larger than any problem.
const LIMIT: usize = 16 * 1024;

/// What a problem has for people.
#[derive(Deserialize)]
struct Told {
    title: String,
    detail: String,
}

/// Makes pages of problems, of whichever layer, for those who do not want JSON.
pub(crate) async fn refusals_as_pages(request: Request, next: Next) -> Response {
    let wanted = Wanted::of(request.method(), request.headers());
    let site = request.extensions().get().copied().unwrap_or_default();
    let response = next.run(request).await;
    let media_type = response.headers().get(CONTENT_TYPE);
    let is_problem = media_type.is_some_and(|media_type| media_type == Problem::MEDIA_TYPE);
    match wanted {
        Wanted::Page if is_problem => as_page(response, site).await,
        _ => response,
    }
}

async fn as_page(response: Response, site: Site) -> Response {
    let (mut parts, body) = response.into_parts();
    let (page, body) = page(parts.status, body).await.at(site).into_response().into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.extend(page.headers);
    Response::from_parts(parts, body)
}

/// The form to log in with, for those who have to, or what is wrong.
async fn page(status: StatusCode, problem: Body) -> Page {
    let problem = to_bytes(problem, LIMIT).await.unwrap_or_default();
    let told = serde_json::from_slice(&problem).unwrap_or_else(|_| Told::of(status));
    match status {
        StatusCode::UNAUTHORIZED => login(Some(&told.detail)),
        _ => Page::new(&told.title, html! { p.refused role="alert" { (told.detail) } }),
    }
}

impl Told {
    fn of(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or_default().to_owned();
        Self { detail: title.clone(), title }
    }
}
