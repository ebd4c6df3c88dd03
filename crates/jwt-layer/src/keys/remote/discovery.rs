use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use super::endpoint::Endpoint;
use super::failure::Failure;
use super::fetch::Fetcher;
use crate::ConfigError;

/// Where an issuer's keys are.
pub(super) enum Location {
    /// Where the user said.
    Fixed(Endpoint),
    /// Where the issuer's discovery document says.
    Discovered(Discovery),
}

pub(super) struct Discovery {
    issuer: String,
    document: Endpoint,
    found: Option<(Endpoint, Instant)>,
}

/// How long a discovery document is believed.
const LIFETIME: Duration = Duration::from_secs(3600);

impl Location {
    pub(super) fn of_issuer(issuer: String) -> Result<Self, ConfigError> {
        if Endpoint::parse(&issuer)?.has_query() {
            return Err(ConfigError::new("the name of an OpenID issuer has no query"));
        }
        let base = issuer.strip_suffix('/').unwrap_or(&issuer);
        let document = Endpoint::parse(&format!("{base}/.well-known/openid-configuration"))?;
        Ok(Self::Discovered(Discovery { issuer, document, found: None }))
    }

    /// The URL that the user's settings lead to.
    pub(super) fn start(&self) -> &Endpoint {
        match self {
            Self::Fixed(endpoint) => endpoint,
            Self::Discovered(discovery) => &discovery.document,
        }
    }

    pub(super) async fn find(&mut self, fetcher: &Fetcher) -> Result<Endpoint, Failure> {
        match self {
            Self::Fixed(endpoint) => Ok(endpoint.clone()),
            Self::Discovered(discovery) => discovery.find(fetcher).await,
        }
    }

    /// Has discovery done again before the next fetch.
    pub(super) fn forget(&mut self) {
        if let Self::Discovered(discovery) = self {
            discovery.found = None;
        }
    }
}

impl Discovery {
    async fn find(&mut self, fetcher: &Fetcher) -> Result<Endpoint, Failure> {
        if let Some((keys, since)) = &self.found
            && since.elapsed() < LIFETIME
        {
            return Ok(keys.clone());
        }
        let answer = fetcher.get(&self.document).await?;
        let keys = self.read(&answer.body)?;
        self.found = Some((keys.clone(), Instant::now()));
        Ok(keys)
    }

    /// OpenID Connect Discovery 1.0 sections 3 and 4.3.
    fn read(&self, document: &[u8]) -> Result<Endpoint, Failure> {
        let document: Document =
            serde_json::from_slice(document).map_err(|_| Failure::NoDiscovery)?;
        if document.issuer != self.issuer {
            return Err(Failure::WrongIssuer);
        }
        let keys = Endpoint::parse(&document.jwks_uri).map_err(|_| Failure::KeysUrl)?;
        let downgraded = self.document.is_https() && !keys.is_https();
        if downgraded { Err(Failure::KeysUrl) } else { Ok(keys) }
    }
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discovery(issuer: &str) -> Discovery {
        match Location::of_issuer(issuer.to_owned()) {
            Ok(Location::Discovered(discovery)) => discovery,
            _ => panic!("{issuer} is refused"),
        }
    }

    #[track_caller]
    fn check(document: &str, expected: Result<&str, Failure>) {
        let found = discovery("https://login.example").read(document.as_bytes());
        assert_eq!(found.map(|endpoint| endpoint.to_string()), expected.map(str::to_owned));
    }

    #[test]
    fn the_document_is_below_the_issuer() {
        for (issuer, document) in [
            ("https://login.example", "https://login.example/.well-known/openid-configuration"),
            ("https://login.example/", "https://login.example/.well-known/openid-configuration"),
            ("https://login.example/a", "https://login.example/a/.well-known/openid-configuration"),
            (
                "https://login.example/a/",
                "https://login.example/a/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(discovery(issuer).document.to_string(), document);
        }
    }

    #[test]
    fn an_issuer_with_a_query_is_refused() {
        assert!(Location::of_issuer("https://login.example/?tenant=1".to_owned()).is_err());
    }

    #[test]
    fn a_document_of_the_issuer_says_where_the_keys_are() {
        check(
            r#"{"issuer": "https://login.example", "jwks_uri": "https://keys.example/jwks"}"#,
            Ok("https://keys.example/jwks"),
        );
    }

    #[test]
    fn the_issuer_is_compared_to_the_letter() {
        for issuer in
            ["https://login.example/", "https://LOGIN.example", "https://evil.example", ""]
        {
            check(
                &format!(r#"{{"issuer": "{issuer}", "jwks_uri": "https://keys.example/jwks"}}"#),
                Err(Failure::WrongIssuer),
            );
        }
    }

    #[test]
    fn the_keys_url_obeys_the_same_rules() {
        for url in ["http://keys.example/jwks", "http://localhost/jwks", "https://u@k.example/", ""]
        {
            check(
                &format!(r#"{{"issuer": "https://login.example", "jwks_uri": "{url}"}}"#),
                Err(Failure::KeysUrl),
            );
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for document in ["", "[]", "{}", r#"{"issuer": "https://login.example"}"#] {
            check(document, Err(Failure::NoDiscovery));
        }
    }
}
