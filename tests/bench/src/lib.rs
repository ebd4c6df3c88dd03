//! Benchmarks against the peers: `cargo bench -p peer-bench`.
