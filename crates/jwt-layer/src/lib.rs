//! A Tower layer that verifies the JWT of each request and gives its claims to axum handlers as
//! typed extractors, and an [`Issuer`] that makes such tokens.
//!
//! [`JwtLayer`] is the way in. It asks a [`Verifier`], which trusts issuers
//! ([`TrustedIssuer`]) with their [`KeySet`]s; handlers take [`Claims`], [`Token`] or a
//! [`Permit`], and whole routers are guarded by a [`RequireLayer`].

mod algorithm;
mod config;
mod context;
mod error;
mod extract;
mod issue;
mod keys;
mod layer;
mod metadata;
#[cfg(feature = "metrics")]
mod metrics;
mod rejection;
mod require;
mod revoke;
mod service;
mod source;
#[cfg(feature = "test-util")]
pub mod test_util;
mod verify;

pub use algorithm::Algorithm;
pub use config::JwtLayerBuilder;
pub use error::{ConfigError, JwtError, JwtErrorKind};
pub use extract::Claims;
pub use issue::{Grant, IssueError, IssuedToken, Issuer, IssuerBuilder};
pub use keys::{Jwk, KeySet, KeySource, SigningKey, VerifyingKey};
#[cfg(feature = "remote")]
pub use keys::{RemoteKeys, RemoteKeysBuilder};
pub use layer::JwtLayer;
pub use metadata::ProtectedResource;
pub use require::{Both, Either, Guard, Permit, RequireLayer, Requirement};
pub use revoke::RevocationList;
pub use service::JwtService;
pub use source::Source;
pub use verify::{Profile, Token, TrustedIssuer, Verifier, VerifierBuilder};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
