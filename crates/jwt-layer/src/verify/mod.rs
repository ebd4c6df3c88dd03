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
mod known_headers;
mod numeric_date;
mod sightings;
mod strict_json;
mod text;
mod token;
mod trust;
mod verifier;

pub use token::Token;
pub use trust::{Profile, TrustedIssuer};
pub use verifier::{Verifier, VerifierBuilder};

pub(crate) use numeric_date::NumericDate;

/// Whether a text can be the payload of a token: a JSON object that names nothing twice and has
/// its registered claims of the right type.
pub(crate) fn is_claims_set(text: &str) -> bool {
    claims::Claims::default().read(text).is_some()
}
