//! What a trace says of the calls of a backend.

#![expect(clippy::unwrap_used, reason = "a test")]

mod address;
mod calls;
mod ended;
mod servers;
mod wrappers;
