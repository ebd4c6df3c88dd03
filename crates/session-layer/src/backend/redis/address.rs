use std::fmt;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::{ConfigError, ConfigErrorKind};

/// Where a Redis is, and as whom to ask it.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: bool,
    pub(super) login: Login,
}

/// What is said first on a connection.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) database: u32,
}

const PORT: u16 = 6379;

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, ConfigError> {
        let url = Url::parse(url).map_err(|_| invalid("this is no URL; "))?;
        let tls = match url.scheme() {
            "redis" | "valkey" => false,
            "rediss" | "valkeys" => true,
            _ => return Err(invalid("the URL has another scheme; ")),
        };
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("the URL has a query or a fragment, which mean nothing here; "));
        }
        let host = host(&url).ok_or_else(|| invalid("the URL names no host; "))?;
        let login = Login::of(&url)?;
        Ok(Self { host, port: url.port().unwrap_or(PORT), tls, login })
    }
}

/// An IPv6 address is in brackets in a URL, but nowhere else. The parser takes the host of a
/// scheme that it does not know for a text.
fn host(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain("") => None,
        Host::Domain(name) => Some(name.to_owned()),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

impl Login {
    fn of(url: &Url) -> Result<Self, ConfigError> {
        let user = (!url.username().is_empty()).then(|| decoded(url.username())).transpose()?;
        let password = url.password().map(decoded).transpose()?;
        if user.is_some() && password.is_none() {
            return Err(invalid("the URL has a user without a password; "));
        }
        let database = match url.path().trim_matches('/') {
            "" => 0,
            number => number
                .parse()
                .map_err(|_| invalid("the URL's path is no number of a database; "))?,
        };
        Ok(Self { user, password, database })
    }
}

fn decoded(text: &str) -> Result<String, ConfigError> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(text.map_err(|_| invalid("the URL's user or password is not UTF-8; "))?.into_owned())
}

/// Without the URL, which has the password.
fn invalid(what: &str) -> ConfigError {
    let form = "give it as redis://host, or rediss://user:password@host:6379/0 for TLS, a login \
                and a database; characters such as @ and / in a password are written as %40 and \
                %2F";
    ConfigError::new(ConfigErrorKind::InvalidUrl, format!("{what}{form}"))
}

/// Without the login.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, host: &str, port: u16, tls: bool) -> Login {
        let address = Address::parse(url).unwrap();
        assert_eq!((address.host.as_str(), address.port, address.tls), (host, port, tls));
        address.login
    }

    #[test]
    fn a_url_without_more_means_the_usual_port_and_the_first_database() {
        let login = check("redis://localhost", "localhost", 6379, false);
        assert_eq!((login.user, login.password, login.database), (None, None, 0));
    }

    #[test]
    fn a_url_may_have_a_port_a_login_a_database_and_tls() {
        let login = check("rediss://app:p%40ss@redis.example:7000/3", "redis.example", 7000, true);
        let expected = (Some("app".into()), Some("p@ss".into()), 3);
        assert_eq!((login.user, login.password, login.database), expected);
    }

    #[test]
    fn a_password_needs_no_user() {
        let login = check("valkey://:secret@127.0.0.1/", "127.0.0.1", 6379, false);
        assert_eq!((login.user, login.password), (None, Some("secret".into())));
    }

    #[test]
    fn an_ipv6_address_loses_its_brackets() {
        check("redis://[::1]:7000", "::1", 7000, false);
    }

    #[test]
    fn what_is_no_url_of_a_redis_is_refused_without_repeating_it() {
        let wrong = [
            "",
            "hunter2",
            "redis:",
            "redis://",
            "http://:hunter2@localhost",
            "unix:///run/redis.sock",
            "redis://hunter2@localhost",
            "redis://:hunter2@localhost/first",
            "redis://:hunter2@localhost/-1",
            "redis://:hunter2@localhost:99999",
            "redis://:hunter2@localhost?db=1",
            "rediss://:hunter2@localhost#insecure",
            "redis://:%ff%fehunter2@localhost",
        ];
        for url in wrong {
            let error = Address::parse(url).unwrap_err();
            assert_eq!(error.kind(), ConfigErrorKind::InvalidUrl, "{url}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_login_is_not_in_the_debug_text() {
        let address = Address::parse("redis://app:hunter2@localhost").unwrap();
        assert!(!format!("{address:?}").contains("hunter2"));
    }
}
