//! The rules of the RFCs, and of the layer itself, over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod api;
mod binding;
mod http_client;

mod cache;
mod extractors;
mod grpc;
mod issuing;
mod key_forms;
mod key_server;
mod key_set_router;
mod metadata;
mod refusals;
mod rendering;
mod revocation;
mod rfc6750;
mod rfc7515;
mod rfc7517;
mod rfc7518;
mod rfc7519;
mod rfc8725;
mod rfc8725_claims;
mod rfc9068;
mod rotation;
mod routing;
mod secrets;
mod sources;
mod test_util;
