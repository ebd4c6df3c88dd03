//! A small API that trusts a test issuer, and what the tests say of its answers.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, JwtErrorKind, JwtLayer, Token, TrustedIssuer, Verifier};

use crate::http_client::{Reply, Server};

pub(crate) struct Api {
    pub(crate) issuer: TestIssuer,
    pub(crate) server: Server,
}

/// Answers with the subject of the token, which it needs.
pub(crate) async fn me(token: Token) -> String {
    token.subject().unwrap_or("nobody").to_owned()
}

/// Answers with the subject of the token, if there is one.
pub(crate) async fn maybe_me(token: Option<Token>) -> String {
    token.as_ref().and_then(Token::subject).unwrap_or("nobody").to_owned()
}

pub(crate) fn routes() -> Router {
    Router::new().route("/me", get(me).post(me)).route("/maybe", get(maybe_me))
}

impl Api {
    /// An API with the default rules, and no leeway.
    pub(crate) async fn new(algorithm: Algorithm) -> Self {
        Self::with_rules(TestIssuer::new(algorithm), |trusted| trusted).await
    }

    /// An API with other rules.
    pub(crate) async fn with_rules(
        issuer: TestIssuer,
        rules: impl FnOnce(TrustedIssuer) -> TrustedIssuer,
    ) -> Self {
        let trusted = rules(issuer.trusted().leeway(Duration::ZERO));
        let verifier = issuer.verifier_of(trusted);
        Self::with_verifier(issuer, verifier).await
    }

    pub(crate) async fn with_verifier(issuer: TestIssuer, verifier: Verifier) -> Self {
        Self::with_layer(issuer, JwtLayer::new(verifier)).await
    }

    pub(crate) async fn with_layer(issuer: TestIssuer, layer: JwtLayer) -> Self {
        let server = Server::start(routes().layer(layer)).await;
        Self { issuer, server }
    }

    /// Asks who the bearer of the token is.
    pub(crate) async fn me(&self, token: &str) -> Reply {
        self.server.get_with("/me", token).await
    }

    /// Signs a payload under the usual header, and asks who its bearer is.
    pub(crate) async fn me_with_payload(&self, payload: impl AsRef<[u8]>) -> Reply {
        let header = format!(
            r#"{{"alg":"{}","kid":"{}"}}"#,
            self.issuer.key().algorithm(),
            self.issuer.key().id().unwrap_or_default()
        );
        self.me(&self.issuer.sign_raw(header, payload)).await
    }

    /// The claims of a good token as JSON text, with these members in front of them.
    pub(crate) fn claims_with(&self, members: &str) -> String {
        let (issuer, audience) = (self.issuer.name(), self.issuer.audience());
        format!(r#"{{{members}"iss":"{issuer}","aud":"{audience}","exp":4102444800}}"#)
    }
}

#[track_caller]
pub(crate) fn accepted(reply: &Reply) {
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// Refused as an invalid token (RFC 6750 section 3.1), for this reason.
#[track_caller]
pub(crate) fn refused(reply: &Reply, kind: JwtErrorKind) {
    assert_eq!((reply.status, reply.code().as_str()), (401, kind.code()), "{reply:?}");
    let challenge = reply.header("www-authenticate").expect("a 401 has a challenge");
    assert!(challenge.starts_with("Bearer ") && challenge.contains(r#"error="invalid_token""#));
}
