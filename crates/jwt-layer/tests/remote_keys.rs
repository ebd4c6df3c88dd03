//! Keys that come from a server, asked over real connections.
//!
//! Two clocks are stood still: tokio's, which the timeouts and the refreshes in the background go
//! by, and the one that ages are judged by.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "remote_keys/answers.rs"]
mod answers;
#[path = "remote_keys/background.rs"]
mod background;
#[path = "remote_keys/bounds.rs"]
mod bounds;
#[path = "remote_keys/discovery.rs"]
mod discovery;
#[path = "remote_keys/issuers.rs"]
mod issuers;
#[path = "remote_keys/key_server.rs"]
mod key_server;
#[path = "remote_keys/log.rs"]
mod log;
#[path = "remote_keys/outage.rs"]
mod outage;
#[path = "remote_keys/program.rs"]
mod program;
#[path = "remote_keys/settings.rs"]
mod settings;
#[path = "remote_keys/time.rs"]
mod time;
#[path = "remote_keys/tls.rs"]
mod tls;
#[path = "remote_keys/unknown_key.rs"]
mod unknown_key;
