//! One request through an axum router, peers and ours in the same run: what each costs over the
//! bare route. `cargo bench --manifest-path tests/bench/Cargo.toml --bench jwt`
//!
//! The contenders take turns, round by round, so that a machine that is slow for a while is slow
//! for all of them; the figure is the median of the laps, of which a round has many.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a program")]

mod contender;
mod issuing;
mod ours;
mod peers;
mod report;
mod tokens;

use tokens::{Algorithm, Keys, Minted};

const ROUNDS: usize = 21;
const REQUESTS: usize = 1_000;
const ISSUED: usize = 500;

fn main() {
    keep_freed_memory();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let _entered = runtime.enter();
    for algorithm in [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::Ed25519] {
        let keys = Keys::generate(algorithm);
        let minted = Minted::many(&keys, REQUESTS);
        let mut contenders = ours::contenders(&keys);
        contenders.extend(peers::contenders(&keys, &runtime));
        report::print_requests(algorithm, contender::race(&mut contenders, &minted, ROUNDS));
    }
    report::print_issuing(issuing::race(ISSUED));
}

/// Makes the allocator keep what is freed, as that of a server does that has been running for a
/// while: freeing one large block raises the limit above which glibc gives memory back. Otherwise
/// each round would get its memory anew, and pay for the page faults.
fn keep_freed_memory() {
    drop(std::hint::black_box(vec![1_u8; 16 << 20]));
}
