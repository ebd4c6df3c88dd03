use std::error::Error;
use std::fmt;
use std::io;

use http::StatusCode;
use http_body_util::LengthLimitError;

use crate::ConfigError;

/// Why a fetch gave no keys. Its texts are fixed, and are for the operator's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Timeout,
    Connection,
    Tls,
    Redirect,
    Status(StatusCode),
    TooLong,
    Cut,
    Set(ConfigError),
    NoUsableKey,
    NoDiscovery,
    WrongIssuer,
    KeysUrl,
}

impl Failure {
    /// One word for spans and metrics.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Tls => "tls",
            Self::Redirect => "redirect",
            Self::Status(_) => "status",
            Self::TooLong => "too_long",
            Self::Cut => "cut",
            Self::Set(_) | Self::NoUsableKey => "no_usable_key",
            Self::NoDiscovery | Self::WrongIssuer | Self::KeysUrl => "discovery",
        }
    }

    pub(super) fn of_connection(error: &(dyn Error + 'static)) -> Self {
        if causes(error).any(is_tls) { Self::Tls } else { Self::Connection }
    }

    pub(super) fn of_body(error: &(dyn Error + 'static)) -> Self {
        if error.is::<LengthLimitError>() { Self::TooLong } else { Self::Cut }
    }

    pub(super) fn of_status(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::OK => None,
            status if status.is_redirection() => Some(Self::Redirect),
            status => Some(Self::Status(status)),
        }
    }
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || within.is_some_and(|error| error.is::<rustls::Error>())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "there was no complete answer in time",
            Self::Connection => "the server could not be reached",
            Self::Tls => "the server's certificate or its TLS is not acceptable",
            Self::Redirect => "it redirects elsewhere, which is not followed",
            Self::Status(status) => return write!(f, "its status is {}", status.as_u16()),
            Self::TooLong => "the answer is longer than max_body",
            Self::Cut => "the answer broke off",
            Self::Set(error) => return error.fmt(f),
            Self::NoUsableKey => "the answer holds no key that can be used",
            Self::NoDiscovery => "this is no discovery document: `issuer` or `jwks_uri` is missing",
            Self::WrongIssuer => "the discovery document names another issuer",
            Self::KeysUrl => "the discovery document's `jwks_uri` is not one that may be used",
        })
    }
}
