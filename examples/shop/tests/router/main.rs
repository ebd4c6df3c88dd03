//! The routes, without a socket, over the memory backend.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod cart;
mod client;
mod devices;
mod errors;
mod escaping;
mod forgery;
mod geo;
mod guard;
mod headers;
mod health;
mod incidents;
mod login;
mod logout;
mod near_cache;
mod operators;
mod preferences;
mod service;
mod tabs;
mod throttle;
mod two_holders;
