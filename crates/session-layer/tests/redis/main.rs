//! `RedisBackend` keeps the promises of a backend, on a real Redis.

#![expect(clippy::unwrap_used, reason = "a test")]

mod clock;
mod cluster;
mod fixture;
mod foreign;
mod full;
mod killed;
mod legacy;
mod outage;
mod replica_reads;
mod replication;
mod rights;
mod score;
mod scripts;
mod sentinel;
mod sharing;
mod space;
mod tls;
mod traffic;
mod writer;

mod promises {
    use crate::fixture::Fixture;

    session_layer::conformance_tests!(Fixture::start());
    session_layer::conformance_tests!(Fixture::start() => stats_do_not_drift);
}
