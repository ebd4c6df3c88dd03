//! Benchmarks against the peers
