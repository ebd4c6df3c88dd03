//! Tower layer that verifies and issues JWTs for axum, with typed claims
