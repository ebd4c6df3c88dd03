//! Issuing: signed tokens, and the public keys that others verify them with.

mod grant;
mod issuer;
mod jwks;

pub use grant::Grant;
pub use issuer::{IssueError, IssuedToken, Issuer, IssuerBuilder};
