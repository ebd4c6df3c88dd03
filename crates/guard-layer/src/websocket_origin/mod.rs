//! A page of which site opens this WebSocket? Browsers let every site open one, with the user's
//! cookies, and leave it to the server to look at `Origin`.
//!
//! `decide` is the decision.

mod decide;
mod layer;
mod rejection;
mod service;

pub use layer::WebSocketOriginLayer;
pub use service::{WebSocketOriginFuture, WebSocketOriginService};
