use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::Options;

/// The cookie by which the login throttle knows a browser again that has logged in before: it keeps
/// its way in while others guess its user's password. It outlives sessions, and opens none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeviceCookie {
    name: &'static str,
    secure: &'static str,
}

impl DeviceCookie {
    pub(crate) fn of(options: &Options) -> Self {
        match options.insecure_http {
            true => Self { name: "device", secure: "" },
            false => Self { name: "__Secure-device", secure: "; Secure" },
        }
    }

    /// What a request has; the first, if there are several.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut pairs =
            lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| name.trim() == self.name).map(|(_, value)| value.trim())
    }

    /// For a year, and for the login alone.
    pub(crate) fn give(self, value: &str) -> Option<HeaderValue> {
        let Self { name, secure } = self;
        let cookie = format!(
            "{name}={value}; Max-Age=31536000; Path=/login{secure}; HttpOnly; SameSite=Strict"
        );
        HeaderValue::try_from(cookie).ok()
    }
}
