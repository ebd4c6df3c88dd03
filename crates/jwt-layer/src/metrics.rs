//! What is counted, in Prometheus' terms; the README has a table.

use std::sync::OnceLock;

use metrics::{Counter, counter, describe_counter};

use crate::JwtErrorKind;

/// Tells the recorder what the figures are, and has those begin at zero that come of themselves.
pub(crate) fn begin() {
    describe();
    counter!("jwt_verified_total", "cached" => "true").increment(0);
    counter!("jwt_verified_total", "cached" => "false").increment(0);
}

fn describe() {
    describe_counter!("jwt_verified_total", "Tokens that are good, by whether they were cached");
    describe_counter!(
        "jwt_refused_total",
        "Requests that were refused, by the code of the refusal"
    );
    #[cfg(feature = "remote")]
    remote::describe();
}

/// Good tokens. The counters are looked up once, with the first token: there is a recorder by then.
#[derive(Debug, Default)]
pub(crate) struct Verified {
    cached: OnceLock<Counter>,
    fresh: OnceLock<Counter>,
}

impl Verified {
    pub(crate) fn count(&self, cached: bool) {
        let (counter, cached) = match cached {
            true => (&self.cached, "true"),
            false => (&self.fresh, "false"),
        };
        counter.get_or_init(|| counter!("jwt_verified_total", "cached" => cached)).increment(1);
    }
}

pub(crate) fn refused(kind: JwtErrorKind) {
    counter!("jwt_refused_total", "kind" => kind.code()).increment(1);
}

/// The keys of issuers that are fetched. The label `from` is their URL without its query.
#[cfg(feature = "remote")]
pub(crate) mod remote {
    use std::fmt::Display;
    use std::time::{SystemTime, UNIX_EPOCH};

    use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

    pub(super) fn describe() {
        describe_counter!("jwt_key_refreshes_total", "Fetches of an issuer's keys, by outcome");
        describe_gauge!("jwt_keys", "Keys of an issuer that are held");
        describe_gauge!(
            "jwt_keys_fetched_timestamp_seconds",
            Unit::Seconds,
            "When an issuer's keys were last fetched, in seconds since 1970"
        );
    }

    pub(crate) fn fetched(from: &impl Display, keys: usize, now: SystemTime) {
        let from = from.to_string();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        gauge!("jwt_keys", "from" => from.clone()).set(u32::try_from(keys).unwrap_or(u32::MAX));
        gauge!("jwt_keys_fetched_timestamp_seconds", "from" => from.clone()).set(since);
        counter!("jwt_key_refreshes_total", "from" => from, "outcome" => "fetched").increment(1);
    }

    pub(crate) fn not_fetched(from: &impl Display, reason: &'static str) {
        let labels = [("from", from.to_string()), ("outcome", reason.to_owned())];
        counter!("jwt_key_refreshes_total", &labels).increment(1);
    }
}
