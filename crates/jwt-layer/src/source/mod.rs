//! Where in a request a token may be.

mod bearer;
mod cookie;
mod query;
mod websocket;

use std::fmt;

use auth_core::RequestHead;
use http::{HeaderName, HeaderValue};

use crate::{ConfigError, JwtErrorKind};

/// A place in a request where a token may be.
///
/// A layer looks into all of its sources. Two different tokens in one request are refused
/// (RFC 6750 section 2); the same one twice is not.
#[derive(Clone, PartialEq, Eq)]
pub struct Source(Place);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Bearer,
    Cookie(String),
    Header(String),
    WebSocketProtocol,
    Query(String),
}

/// A source whose names are known to be good.
#[derive(Clone, Debug)]
pub(crate) enum Checked {
    Bearer,
    Cookie(String),
    Header(HeaderName),
    WebSocketProtocol,
    Query(String),
}

/// A token as the client sent it, nothing of it checked.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'r> {
    pub(crate) token: &'r [u8],
    pub(crate) in_query: bool,
    may_be_there: fn(&[u8]) -> bool,
}

impl Presented<'_> {
    /// Refuses what can't be a token where it stands. A good token always can, so that only others
    /// need be asked.
    pub(crate) fn check(&self) -> Result<(), JwtErrorKind> {
        if (self.may_be_there)(self.token) { Ok(()) } else { Err(JwtErrorKind::MalformedHeader) }
    }
}

impl Source {
    /// `Authorization: Bearer TOKEN` (RFC 6750 section 2.1), the default. The scheme may be in any
    /// case, one space or more follow, and there may be one `Authorization` header only. Another
    /// scheme is no token.
    pub fn bearer() -> Self {
        Self(Place::Bearer)
    }

    /// The cookie of this name. Two of the name with different values are refused.
    pub fn cookie(name: impl Into<String>) -> Self {
        Self(Place::Cookie(name.into()))
    }

    /// A header of this name that holds the token and nothing else. It may stand once.
    pub fn header(name: impl Into<String>) -> Self {
        Self(Place::Header(name.into()))
    }

    /// The WebSocket subprotocol `bearer.TOKEN`, as browsers can't set a header on a handshake:
    /// `new WebSocket(url, ["chat.v1", "bearer." + token])`. The server should select the other
    /// protocol and never answer with this one.
    pub fn websocket_protocol() -> Self {
        Self(Place::WebSocketProtocol)
    }

    /// A parameter of the query. URLs end up in logs, histories and referrers (RFC 6750
    /// section 5.3, RFC 9700 section 4.3.2): only for what can't be sent in any other way. Such
    /// responses get `Cache-Control: private`.
    pub fn dangerous_query(name: impl Into<String>) -> Self {
        Self(Place::Query(name.into()))
    }

    pub(crate) fn check(&self) -> Result<Checked, ConfigError> {
        match &self.0 {
            Place::Bearer => Ok(Checked::Bearer),
            Place::WebSocketProtocol => Ok(Checked::WebSocketProtocol),
            Place::Header(name) => HeaderName::try_from(name).map(Checked::Header).map_err(|_| {
                ConfigError::new(format!("{name:?} is no header name (RFC 9110 section 5.1)"))
            }),
            Place::Cookie(name) if HeaderName::try_from(name).is_ok() => {
                Ok(Checked::Cookie(name.clone()))
            }
            Place::Cookie(name) => Err(ConfigError::new(format!(
                "{name:?} is no cookie name (RFC 6265 section 4.1.1)"
            ))),
            Place::Query(name) if is_plain(name) => Ok(Checked::Query(name.clone())),
            Place::Query(name) => Err(ConfigError::new(format!(
                "{name:?} is no query parameter; use letters, digits, `-`, `_` and `.`"
            ))),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Checked {
    fn find<'r>(&self, head: &RequestHead<'r>) -> Result<Option<Presented<'r>>, JwtErrorKind> {
        let found = match self {
            Self::Bearer => bearer::find(head.headers)?,
            Self::Cookie(name) => cookie::find(head.headers, name)?.map(str::as_bytes),
            Self::Header(name) => sole(head.headers.get_all(name))?,
            Self::WebSocketProtocol => websocket::find(head.headers)?.map(str::as_bytes),
            Self::Query(name) => query::find(head.uri, name)?.map(str::as_bytes),
        };
        let in_query = matches!(self, Self::Query(_));
        let may_be_there: fn(&[u8]) -> bool = match self {
            Self::Bearer => bearer::is_token68,
            Self::Header(_) => <[u8]>::is_ascii,
            Self::Cookie(_) | Self::WebSocketProtocol | Self::Query(_) => |_| true,
        };
        Ok(found.map(|token| Presented { token, in_query, may_be_there }))
    }
}

/// The token of a request; none if there is none anywhere.
pub(crate) fn find<'r>(
    sources: &[Checked],
    head: &RequestHead<'r>,
) -> Result<Option<Presented<'r>>, JwtErrorKind> {
    let mut found = None;
    for source in sources {
        let Some(next) = source.find(head)? else { continue };
        if sources.len() > 1 {
            next.check()?;
        }
        let first: &mut Presented<'_> = found.get_or_insert(next);
        if first.token != next.token {
            return Err(JwtErrorKind::AmbiguousToken);
        }
        first.in_query |= next.in_query;
    }
    Ok(found)
}

/// The value of a header that may stand once.
fn sole<'r>(
    values: impl IntoIterator<Item = &'r HeaderValue>,
) -> Result<Option<&'r [u8]>, JwtErrorKind> {
    let mut values = values.into_iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(HeaderValue::as_bytes)),
        _ => Err(JwtErrorKind::AmbiguousToken),
    }
}

/// Keeps the first token, and refuses another one beside it.
fn agree<'r>(first: Option<&'r str>, next: &'r str) -> Result<Option<&'r str>, JwtErrorKind> {
    match first {
        Some(first) if first != next => Err(JwtErrorKind::AmbiguousToken),
        _ => Ok(Some(next)),
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !name.is_empty() && name.bytes().all(plain)
}
