use std::fmt::Write;
use std::time::Duration;

use http::HeaderValue;

use crate::{ConfigError, ConfigErrorKind};

/// A cookie's name and attributes.
#[derive(Clone, Debug)]
pub(crate) struct Attributes {
    pub(crate) name: String,
    pub(crate) domain: Option<String>,
    pub(crate) path: String,
    pub(crate) max_age: Option<Duration>,
    pub(crate) secure: bool,
    pub(crate) http_only: bool,
    pub(crate) same_site: SameSite,
}

/// To which requests from other sites browsers add the cookie (RFC 6265bis section 5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// To none: who follows a link to the application arrives as a guest.
    Strict,
    /// To those that lead to a page, such as a followed link.
    Lax,
    /// To all. Browsers want `Secure` with it, and the application a defence against forged
    /// requests of its own.
    None,
}

impl SameSite {
    fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

impl Attributes {
    /// The `Set-Cookie` field, or what browsers would refuse of it (RFC 6265bis section 5.7).
    pub(crate) fn set_cookie(&self, value: &str) -> Result<HeaderValue, ConfigError> {
        self.check()?;
        self.check_length(value)?;
        HeaderValue::try_from(self.render(value)).map_err(|_| {
            let message = "the cookie holds a character that no header may have";
            ConfigError::new(ConfigErrorKind::InvalidCookieName, message)
        })
    }

    /// All but the length, which is the value's as well.
    fn check(&self) -> Result<(), ConfigError> {
        self.check_name()?;
        self.check_prefix()?;
        self.check_same_site()?;
        self.check_domain()?;
        self.check_path()?;
        self.check_max_age()
    }

    pub(crate) fn render(&self, value: &str) -> String {
        let mut text = format!("{}={value}", self.name);
        // Writing to a string does not fail.
        if let Some(max_age) = self.max_age {
            let _ = write!(text, "; Max-Age={}", max_age.as_secs());
        }
        if let Some(domain) = &self.domain {
            let _ = write!(text, "; Domain={domain}");
        }
        let _ = write!(text, "; Path={}", self.path);
        if self.secure {
            text.push_str("; Secure");
        }
        if self.http_only {
            text.push_str("; HttpOnly");
        }
        let _ = write!(text, "; SameSite={}", self.same_site.as_str());
        text
    }

    fn check_name(&self) -> Result<(), ConfigError> {
        if !self.name.is_empty() && self.name.bytes().all(is_token_byte) {
            return Ok(());
        }
        let message = "the cookie's name is empty or has a character that no cookie's name may \
                       have: use letters, digits, `-` and `_`";
        Err(ConfigError::new(ConfigErrorKind::InvalidCookieName, message))
    }

    fn check_prefix(&self) -> Result<(), ConfigError> {
        let name = self.name.to_ascii_lowercase();
        let refuse = |message| Err(ConfigError::new(ConfigErrorKind::BrokenPrefix, message));
        let is_host = name.starts_with("__host-");
        if (is_host || name.starts_with("__secure-") || name.starts_with("__http-")) && !self.secure
        {
            return refuse(
                "browsers refuse a `__Host-` or `__Secure-` cookie without `Secure`: \
                           serve https, or give the cookie a name without the prefix",
            );
        }
        if is_host && self.domain.is_some() {
            return refuse(
                "browsers refuse a `__Host-` cookie that has a domain: leave out the \
                           domain, or use the prefix `__Secure-`",
            );
        }
        if (name.starts_with("__http-") || name.starts_with("__host-http-")) && !self.http_only {
            return refuse(
                "browsers refuse a `__Http-` or `__Host-Http-` cookie without `HttpOnly`: keep \
                 scripts away from it, or give the cookie a name without the prefix",
            );
        }
        if is_host && self.path != "/" {
            return refuse(
                "browsers refuse a `__Host-` cookie whose path is not `/`: leave out \
                           the path, or use the prefix `__Secure-`",
            );
        }
        Ok(())
    }

    fn check_same_site(&self) -> Result<(), ConfigError> {
        if self.secure || self.same_site != SameSite::None {
            return Ok(());
        }
        let message = "browsers refuse a `SameSite=None` cookie without `Secure`: serve https, or \
                       choose `Lax`";
        Err(ConfigError::new(ConfigErrorKind::InsecureSameSite, message))
    }

    fn check_domain(&self) -> Result<(), ConfigError> {
        let Some(domain) = &self.domain else { return Ok(()) };
        if is_domain(domain) {
            return Ok(());
        }
        let message = "the cookie's domain is not a host name of two labels or more, such as \
                       `example.com`: for an address or a name like `localhost` leave it out";
        Err(ConfigError::new(ConfigErrorKind::InvalidDomain, message))
    }

    fn check_path(&self) -> Result<(), ConfigError> {
        let is_path_byte = |byte: u8| byte.is_ascii_graphic() && byte != b';';
        let refuse = |message| Err(ConfigError::new(ConfigErrorKind::InvalidPath, message));
        if !self.path.starts_with('/') || !self.path.bytes().all(is_path_byte) {
            return refuse(
                "the cookie's path has to start with `/` and to hold visible ASCII \
                           without `;`: percent-encode the rest",
            );
        }
        if self.path.len() > LONGEST_ATTRIBUTE {
            return refuse("browsers ignore a cookie's path of more than 1024 bytes: shorten it");
        }
        Ok(())
    }

    fn check_max_age(&self) -> Result<(), ConfigError> {
        let refuse = |message| Err(ConfigError::new(ConfigErrorKind::InvalidMaxAge, message));
        match self.max_age.map(|max_age| max_age.as_secs()) {
            Some(0) => refuse(
                "a cookie that lives less than a second is none: give it longer, \
                               or make it a session cookie",
            ),
            Some(seconds) if seconds > LONGEST_LIFE.as_secs() => {
                refuse("browsers keep no cookie longer than 400 days: give it less")
            }
            _ => Ok(()),
        }
    }

    fn check_length(&self, value: &str) -> Result<(), ConfigError> {
        if self.name.len() + value.len() <= LONGEST_COOKIE {
            return Ok(());
        }
        let message = "browsers refuse a cookie whose name and value have more than 4096 bytes \
                       together: shorten them";
        Err(ConfigError::new(ConfigErrorKind::CookieTooLong, message))
    }
}

/// Whether a text can be a cookie's value as it is (`cookie-octet`, RFC 6265bis section 4.1.1).
pub(crate) fn is_value(text: &str) -> bool {
    let is_octet =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\');
    !text.is_empty() && text.bytes().all(is_octet)
}

/// `tchar` of RFC 9110 section 5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// A host name that can be wider than one host. Browsers take an address or a single label for a
/// domain only where it is the very host, which is what a cookie without a domain is for.
fn is_domain(domain: &str) -> bool {
    let is_label_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label =
        |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(is_label_byte);
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let top = domain.rsplit_once('.').map(|(_, top)| top);
    domain.len() <= 253 && domain.split('.').all(is_label) && top.is_some_and(|top| !is_number(top))
}

const LONGEST_ATTRIBUTE: usize = 1024;
const LONGEST_COOKIE: usize = 4096;
const LONGEST_LIFE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(name: &str) -> Attributes {
        let path = String::from("/");
        Attributes {
            name: name.into(),
            domain: None,
            path,
            max_age: None,
            secure: true,
            http_only: true,
            same_site: SameSite::Lax,
        }
    }

    #[track_caller]
    fn refused(attributes: &Attributes, value: &str, kind: ConfigErrorKind) {
        assert_eq!(attributes.set_cookie(value).unwrap_err().kind(), kind);
    }

    #[test]
    fn all_attributes_are_written_in_a_fixed_order() {
        let attributes = Attributes {
            domain: Some("example.com".into()),
            path: "/app".into(),
            max_age: Some(Duration::from_secs(60)),
            ..attributes("a")
        };
        let expected =
            "a=b; Max-Age=60; Domain=example.com; Path=/app; Secure; HttpOnly; SameSite=Lax";
        assert_eq!(attributes.set_cookie("b").unwrap(), expected);
    }

    #[test]
    fn a_name_that_is_no_token_is_refused() {
        for name in ["", "a b", "a=b", "a;b", "a,b", "\u{e9}", "a\r\n", "a\"b"] {
            refused(&attributes(name), "v", ConfigErrorKind::InvalidCookieName);
        }
    }

    #[test]
    fn a_prefixed_cookie_without_secure_is_refused_in_any_case() {
        for name in ["__Host-a", "__hOST-a", "__Secure-a", "__secure-a", "__Http-a"] {
            let attributes = Attributes { secure: false, ..attributes(name) };
            refused(&attributes, "v", ConfigErrorKind::BrokenPrefix);
        }
    }

    #[test]
    fn an_http_cookie_that_scripts_can_read_is_refused() {
        for name in ["__Http-a", "__Host-Http-a", "__hOST-hTTP-a"] {
            let attributes = Attributes { http_only: false, ..attributes(name) };
            refused(&attributes, "v", ConfigErrorKind::BrokenPrefix);
        }
    }

    #[test]
    fn a_cookie_for_all_sites_has_to_be_secure() {
        let insecure = Attributes { secure: false, same_site: SameSite::None, ..attributes("a") };
        refused(&insecure, "v", ConfigErrorKind::InsecureSameSite);
        let secure = Attributes { secure: true, ..insecure };
        assert_eq!(secure.render("v"), "a=v; Path=/; Secure; HttpOnly; SameSite=None");
    }

    #[test]
    fn a_host_cookie_with_a_domain_or_a_path_is_refused() {
        let wide = Attributes { domain: Some("example.com".into()), ..attributes("__Host-a") };
        let deep = Attributes { path: "/app".into(), ..attributes("__Host-a") };
        refused(&wide, "v", ConfigErrorKind::BrokenPrefix);
        refused(&deep, "v", ConfigErrorKind::BrokenPrefix);
        assert!(attributes("__Host-a").set_cookie("v").is_ok());
    }

    #[test]
    fn a_secure_prefix_may_have_a_domain_and_a_path() {
        let domain = Some("example.com".into());
        let attributes = Attributes { domain, path: "/app".into(), ..attributes("__Secure-a") };
        assert!(attributes.set_cookie("v").is_ok());
    }

    #[test]
    fn a_domain_that_no_cookie_can_be_for_is_refused() {
        let long = format!("{}.com", "a".repeat(64));
        for domain in ["", "com", "localhost", "127.0.0.1", "::1", "a..b", "a.b;x", "a b.c", &long]
        {
            let attributes = Attributes { domain: Some(domain.into()), ..attributes("a") };
            refused(&attributes, "v", ConfigErrorKind::InvalidDomain);
        }
    }

    #[test]
    fn a_path_that_browsers_would_replace_is_refused() {
        let long = format!("/{}", "a".repeat(1024));
        for path in ["", "app", "/a;b", "/a b", "/\u{e9}", "/\r\n", &long] {
            let attributes = Attributes { path: path.into(), ..attributes("a") };
            refused(&attributes, "v", ConfigErrorKind::InvalidPath);
        }
    }

    #[test]
    fn a_lifetime_of_nothing_or_of_more_than_400_days_is_refused() {
        let day = Duration::from_secs(24 * 60 * 60);
        for max_age in
            [Duration::ZERO, Duration::from_millis(999), day * 400 + Duration::from_secs(1)]
        {
            let attributes = Attributes { max_age: Some(max_age), ..attributes("a") };
            refused(&attributes, "v", ConfigErrorKind::InvalidMaxAge);
        }
        let longest = Attributes { max_age: Some(day * 400), ..attributes("a") };
        assert!(longest.set_cookie("v").is_ok());
    }

    #[test]
    fn name_and_value_of_4096_bytes_together_are_the_most() {
        assert!(attributes("a").set_cookie(&"v".repeat(4095)).is_ok());
        refused(&attributes("a"), &"v".repeat(4096), ConfigErrorKind::CookieTooLong);
    }

    #[test]
    fn a_value_holds_cookie_octets_only() {
        assert!(is_value("api-1.eu_west:8081"));
        for text in ["", "a b", "a;b", "a,b", "a\"b", "a\\b", "\u{e9}", "a\n"] {
            assert!(!is_value(text), "{text:?}");
        }
    }
}
