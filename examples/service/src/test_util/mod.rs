//! Starting a program as its users start it and talking to it, and asking a router without a
//! socket, for the tests of the examples (feature `test-util`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod answer;
mod exchange;
mod files;
mod program;
mod users;

pub use answer::Answer;
pub use exchange::{Connection, Exchange, get};
pub use files::Files;
pub use program::{DEADLINE, Login, Program};
pub use users::{PASSWORD, users};
