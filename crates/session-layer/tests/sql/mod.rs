//! The tests that both SQL backends pass, on what each calls its `engine`.

mod aged;
mod broken_off;
mod cap;
mod clock;
mod concurrent;
mod config;
mod corrupt;
mod frozen;
mod gated;
mod handed_over;
mod killed;
mod migrate;
mod refused;
pub(crate) mod samples;
mod seen;
mod tls;
mod undone;

pub(crate) use aged::Aged;
