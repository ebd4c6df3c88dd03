use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use super::AffinityLayer;
use crate::cookie::{Attributes, SameSite, Signer, is_value};
use crate::{ConfigError, ConfigErrorKind};

/// Configures an [`AffinityLayer`], from [`AffinityLayer::builder`].
#[derive(Clone)]
pub struct AffinityBuilder {
    instance: String,
    cookie: Attributes,
    sliding: bool,
    key: Option<Vec<u8>>,
    older_keys: Vec<Vec<u8>>,
}

/// What layer and service share.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) instance: String,
    pub(super) cookie_name: String,
    pub(super) sliding: bool,
    pub(super) signer: Option<Signer>,
    pub(super) set_cookie: HeaderValue,
}

impl AffinityBuilder {
    pub(super) fn new(instance: String) -> Self {
        let cookie = Attributes {
            name: "srv_id".into(),
            domain: None,
            path: "/".into(),
            max_age: Some(Duration::from_secs(60 * 60)),
            secure: true,
            http_only: true,
            same_site: SameSite::Lax,
        };
        Self { instance, cookie, sliding: false, key: None, older_keys: Vec::new() }
    }

    /// The cookie's name, `srv_id` by default. Change it to what the balancer looks for.
    ///
    /// With the prefix `__Host-` browsers take the cookie from this very host and over https
    /// only, so that no other host of the domain can plant one (RFC 6265bis section 4.1.3).
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.cookie.name = name.into();
        self
    }

    /// How long browsers keep the cookie, one hour by default, in whole seconds and at most 400
    /// days. The longer, the longer an uneven load stays uneven.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.cookie.max_age = Some(max_age);
        self
    }

    /// Lets browsers keep the cookie until they are closed (no `Max-Age`).
    pub fn session_cookie(mut self) -> Self {
        self.cookie.max_age = None;
        self
    }

    /// Counts the cookie's lifetime from the client's latest request, not from when it was given.
    /// Off by default: every response then has a `Set-Cookie`, and a busy client stays for good.
    pub fn sliding(mut self) -> Self {
        self.sliding = true;
        self
    }

    /// Sends the cookie to all hosts of a domain, such as `example.com`. By default it goes to the
    /// host that gave it only. A leading dot is dropped, as browsers do.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        let domain = domain.into();
        self.cookie.domain = Some(domain.strip_prefix('.').map(String::from).unwrap_or(domain));
        self
    }

    /// Where the cookie is sent: this path and all below it, `/` by default.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.cookie.path = path.into();
        self
    }

    /// Leaves out `Secure`, so that browsers keep the cookie over plain http too. For networks
    /// without TLS; browsers take `http://localhost` for secure without it.
    pub fn insecure_plain_http(mut self) -> Self {
        self.cookie.secure = false;
        self
    }

    /// Signs the instance's name with HMAC-SHA256, so that the application can believe a
    /// [`Moved`](super::Affinity::Moved). The value becomes the name, a dot, and the signature of
    /// `cookie-name=name` in base64url without padding. All instances have the same key, of 32
    /// random bytes or more, which is used for nothing else. Off by default.
    pub fn signed(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// A key that has signed until now and is believed still; may be given several times. Cookies
    /// that it signed are replaced as they come in, so that it can go after their lifetime.
    pub fn older_key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.older_keys.push(key.into());
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for whatever browsers refuse or silently change (RFC 6265bis sections 4.1
    /// and 5.7), for a key of fewer than 32 bytes, and for a setting without effect.
    pub fn build(self) -> Result<AffinityLayer, ConfigError> {
        self.check_instance()?;
        self.check_combinations()?;
        let signer = match &self.key {
            Some(key) => Some(Signer::new(&self.cookie.name, key, &self.older_keys)?),
            None => None,
        };
        let signed = signer.as_ref().map(|signer| signer.sign(&self.instance));
        let set_cookie = self.cookie.set_cookie(signed.as_deref().unwrap_or(&self.instance))?;
        Ok(AffinityLayer::new(Arc::new(Config {
            instance: self.instance,
            cookie_name: self.cookie.name,
            sliding: self.sliding,
            signer,
            set_cookie,
        })))
    }

    fn check_instance(&self) -> Result<(), ConfigError> {
        if is_value(&self.instance) {
            return Ok(());
        }
        let message = "the instance's name is empty or has a character that no cookie may have: \
                       use letters, digits, `-`, `_` and `.`";
        Err(ConfigError::new(ConfigErrorKind::InvalidInstanceName, message))
    }

    fn check_combinations(&self) -> Result<(), ConfigError> {
        let refuse = |message| Err(ConfigError::new(ConfigErrorKind::UselessSetting, message));
        if self.sliding && self.cookie.max_age.is_none() {
            return refuse(
                "a session cookie has no lifetime that could slide: leave out \
                           `sliding`, or give a `max_age`",
            );
        }
        if self.key.is_none() && !self.older_keys.is_empty() {
            return refuse(
                "an older key is of no use without the key that signs: give it with \
                           `signed`, or leave out `older_key`",
            );
        }
        Ok(())
    }
}

impl fmt::Debug for AffinityBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AffinityBuilder")
            .field("instance", &self.instance)
            .field("cookie", &self.cookie)
            .field("sliding", &self.sliding)
            .field("signed", &self.key.is_some())
            .field("older_keys", &self.older_keys.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(builder: AffinityBuilder, kind: ConfigErrorKind) {
        assert_eq!(builder.build().unwrap_err().kind(), kind);
    }

    fn builder() -> AffinityBuilder {
        AffinityLayer::builder("api-1")
    }

    #[test]
    fn an_instance_name_that_no_cookie_can_hold_is_refused() {
        for name in ["", "a b", "a;b", "a,b", "\u{e9}", "a\r\nb", "\"a\""] {
            refused(AffinityLayer::builder(name), ConfigErrorKind::InvalidInstanceName);
        }
    }

    #[test]
    fn a_key_of_31_bytes_is_refused() {
        refused(builder().signed([1; 31]), ConfigErrorKind::ShortKey);
        refused(builder().signed([1; 32]).older_key([1; 31]), ConfigErrorKind::ShortKey);
        assert!(builder().signed([1; 32]).older_key([2; 32]).build().is_ok());
    }

    #[test]
    fn an_older_key_without_a_key_is_refused() {
        refused(builder().older_key([1; 32]), ConfigErrorKind::UselessSetting);
    }

    #[test]
    fn a_sliding_session_cookie_is_refused() {
        refused(builder().sliding().session_cookie(), ConfigErrorKind::UselessSetting);
    }

    #[test]
    fn an_insecure_host_cookie_is_refused() {
        let builder = builder().cookie_name("__Host-srv_id").insecure_plain_http();
        refused(builder, ConfigErrorKind::BrokenPrefix);
    }

    #[test]
    fn a_signature_counts_for_the_length() {
        let name = "a".repeat(4096 - "srv_id".len());
        assert!(AffinityLayer::builder(name.clone()).build().is_ok());
        let signed = AffinityLayer::builder(name).signed([1; 32]);
        refused(signed, ConfigErrorKind::CookieTooLong);
    }

    #[test]
    fn a_leading_dot_of_the_domain_is_dropped() {
        let layer = builder().domain(".example.com").build().unwrap();
        let set_cookie = layer.config().set_cookie.to_str().unwrap();
        assert!(set_cookie.contains("; Domain=example.com;"), "{set_cookie}");
    }

    #[test]
    fn no_debug_output_shows_a_key() {
        let builder = builder().signed(*b"an old password of some length..").older_key([65; 32]);
        let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        for secret in ["password", "AAAA", "65, 65", "97, 110"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
