//! What a response takes to the client of its session.

use std::time::Duration;

use axum_core::response::Response;
use http::header::{CACHE_CONTROL, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::Config;
use crate::cookie::{Attributes, SentId};
use crate::engine::{CookieChange, SessionId};

/// Sets or removes the cookie.
pub(crate) fn deliver(
    mut response: Response,
    change: CookieChange,
    sent: &SentId,
    config: &Config,
) -> Response {
    let headers = response.headers_mut();
    match change {
        CookieChange::Keep => {}
        CookieChange::Set { id, max_age } => give(headers, &cookie(config, &id, max_age)),
        CookieChange::Extend { max_age } => {
            if let Some(id) = sent.id() {
                give(headers, &cookie(config, id, max_age));
            }
        }
        CookieChange::Remove => {
            give(headers, &removal(&config.cookie));
            if let Some(kinds) = &config.clear_site_data {
                headers.insert(CLEAR_SITE_DATA, kinds.clone());
            }
        }
    }
    response
}

/// Removes the cookie of the layer that was there before.
pub(crate) fn drop_predecessor(mut response: Response, config: &Config) -> Response {
    if let Some(predecessor) = &config.predecessor {
        give(response.headers_mut(), &removal(&predecessor.cookie));
    }
    response
}

fn cookie(config: &Config, id: &SessionId, max_age: Option<Duration>) -> String {
    let cookie = Attributes { max_age, ..config.cookie.clone() };
    match &config.signer {
        Some(signer) => cookie.render(&signer.sign(id.expose())),
        None => cookie.render(id.expose()),
    }
}

/// With all attributes of the cookie that it removes, as browsers want it of prefixed ones.
fn removal(cookie: &Attributes) -> String {
    Attributes { max_age: Some(Duration::ZERO), ..cookie.clone() }.render("")
}

/// Nobody else may be given the response (RFC 9111 section 5.2.2.5).
fn give(headers: &mut HeaderMap, cookie: &str) {
    // Name and attributes were checked when the layer was built, and ids are base64url.
    let Ok(cookie) = HeaderValue::try_from(cookie) else { return };
    headers.append(SET_COOKIE, cookie);
    headers.append(VARY, HeaderValue::from_static("Cookie"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
