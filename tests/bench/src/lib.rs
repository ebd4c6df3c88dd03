//! Benchmarks against the peers: `cargo bench --manifest-path tests/bench/Cargo.toml`.
