//! Tokens good and bad, and a key server, for the tests of programs that use this crate (feature
//! `test-util`).
//!
//! A [`TestIssuer`] mints tokens that a verifier of its own trusts, and such as no verifier may
//! accept, each broken in one way ([`Flaw`]). All are dated by a clock that the test moves, so
//! that nothing sleeps to see one expire. A [`JwksServer`] publishes keys on a loopback port, and
//! fails as the test tells it.
//!
//! ```
//! use axum::{Router, body::Body, http::Request, http::StatusCode, routing::get};
//! use jwt_layer::test_util::TestIssuer;
//! use jwt_layer::{Algorithm, JwtLayer, Token, Verifier};
//! use tower::ServiceExt;
//!
//! fn app(verifier: Verifier) -> Router {
//!     let me = async |token: Token| token.subject().unwrap_or_default().to_owned();
//!     Router::new().route("/me", get(me)).layer(JwtLayer::new(verifier))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let issuer = TestIssuer::new(Algorithm::Ed25519);
//! let app = app(issuer.verifier());
//! let status = async |token: String| {
//!     let request = Request::get("/me").header("authorization", format!("Bearer {token}"));
//!     app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
//! };
//! assert_eq!(status(issuer.token("alice").sign()).await, StatusCode::OK);
//! assert_eq!(status(issuer.token("alice").expired()).await, StatusCode::UNAUTHORIZED);
//! # }
//! ```
//!
//! The keys are fixed and stand in the source code: everybody has them. Turn the feature on among
//! the `dev-dependencies` only.
#![expect(clippy::expect_used, reason = "a test that asks for the impossible should fail")]

mod flaw;
mod issuer;
mod jwks_server;
mod key;
mod token;

pub use auth_core::{Clock, ManualClock};
pub use flaw::Flaw;
pub use issuer::TestIssuer;
pub use jwks_server::JwksServer;
pub use token::TestToken;
