//! Cookies on the wire: what a request carries, and what browsers take from a response.

mod attributes;
mod request;
mod sent_id;
mod signature;

pub use attributes::SameSite;
pub(crate) use attributes::{Attributes, is_value};
pub(crate) use request::values;
pub(crate) use sent_id::SentId;
pub(crate) use signature::{SignedBy, Signer};
