//! Cookies on the wire: what a request carries, and what browsers take from a response.

mod attributes;
mod request;

pub(crate) use attributes::{Attributes, is_value};
pub(crate) use request::values;
