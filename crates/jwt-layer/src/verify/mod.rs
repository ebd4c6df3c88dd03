//! Verifying: from the text of a token to claims that can be trusted, in one pass.
//!
//! [`Verifier::verify`](crate::Verifier::verify) takes the token apart (`compact`, `header`,
//! `claims`), finds the issuer whose rules apply (`trust`), checks the signature with one of its
//! keys, and judges the claims (`judge`), which is done anew at every use of a cached token.

mod cache;
mod claims;
mod compact;
mod header;
mod judge;
mod numeric_date;
mod strict_json;
mod token;
mod trust;
mod verifier;

pub use token::Token;
pub use trust::{Profile, TrustedIssuer};
pub use verifier::{Verifier, VerifierBuilder};

pub(crate) use numeric_date::NumericDate;
use strict_json::Cost;

/// Parses JSON as tokens are parsed: no duplicate member names, bounded depth.
pub(crate) fn is_strict_json(text: &str) -> bool {
    let mut cost = Cost::default();
    claims::Claims::parse(text, &mut cost).is_some()
}
