use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use example_service::{HashPassword, InstanceOptions, duration_within, variables_of};

use crate::{Guard, Store};

/// A shop of plain HTML pages whose sessions are shared by all instances.
///
/// Every option can be given as an environment variable too; of those that may be given several
/// times, the values are separated by commas. Log lines go to stderr, and what a person needs to
/// try it to stdout.
#[derive(Clone, Debug, Parser)]
#[command(name = "shop", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, mut_args(variables_of("SHOP")))]
pub struct Options {
    /// Those that every example has.
    #[command(flatten)]
    pub instance: InstanceOptions,

    /// Where sessions are kept, the same for all instances: `sqlite:PATH`, a file that all
    /// instances on this machine share; `redis://USER:PASSWORD@HOST/DATABASE`, and likewise
    /// `rediss://` with TLS, `mysql://` and `postgres://`; `redis+sentinel://HOST,HOST/MASTER` and
    /// `redis+cluster://HOST,HOST`, or with `rediss`; `tower+redis://` and `tower+rediss://`, which
    /// keep them in tower-sessions-redis-store's way and lose what instances do at the same instant;
    /// or `memory`, which no other instance knows and which ends with this one
    #[arg(long, value_name = "STORE", default_value = "sqlite:shop.db", hide_env_values = true)]
    pub store: Store,

    /// Where sessions are kept as well, written as `--store` is: either may be gone. The same for
    /// all instances
    #[arg(long, value_name = "STORE", hide_env_values = true)]
    pub backup_store: Option<Store>,

    /// By how much the backup store may lag, `200ms` say, at most a minute: a change of a session is
    /// answered when the store has it, and a store that is lost may take the latest with it. The same
    /// for all instances. By default both have a change before it is answered
    #[arg(long, value_name = "DURATION", requires = "backup_store", value_parser = up_to_a_minute)]
    pub backup_lag: Option<Duration>,

    /// For how long a session that was read may be read again from memory, `2s` say, at most a minute:
    /// most requests do not ask the store then. A single Redis, or a master that sentinels watch, tells
    /// of changes at once. With any other store, a cluster, and two stores, it is how long a session
    /// that was ended on another instance may still be found on this one; what needs a password of
    /// lately asks the store nonetheless. By default all requests do
    #[arg(long, value_name = "DURATION", value_parser = up_to_a_minute)]
    pub near_cache: Option<Duration>,

    /// How long a session lives without a request, a minute to twelve hours: a minute to see one
    /// expire. The same for all instances. Who is remembered has two weeks
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = idle)]
    pub session_idle: Duration,

    /// How many replicas of Redis have a change before it is answered; it is an error if they don't
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub redis_replicas: u32,

    /// What happens to a request that looks unlike its session
    #[arg(long, value_name = "POLICY", value_enum, default_value_t = Guard::Balanced)]
    pub guard: Guard,

    /// File that says where addresses are, in MaxMind's format: GeoLite2-City.mmdb, say. The guard
    /// notices another country then, and who travels faster than an airliner. Given twice, the
    /// second says what the first does not, as GeoLite2-ASN.mmdb does. A file that is replaced is
    /// noticed within a minute. By default nobody knows where addresses are
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    pub geo: Vec<PathBuf>,

    /// File with a secret of 32 random bytes or more, the same for all instances and used for nothing
    /// else: what the guard notes of requests is hashed with it. By default each has its own, and
    /// forgets what the others have noted
    #[arg(long, value_name = "FILE")]
    pub guard_key: Option<PathBuf>,

    /// File with a secret of 32 random bytes or more, the same for all instances and used for nothing
    /// else, so that they count failed logins together, in the store. By default each counts its own
    #[arg(long, value_name = "FILE")]
    pub throttle_key: Option<PathBuf>,

    /// For development without TLS: a session cookie without `Secure`, which everybody on the way
    /// can read. For localhost most browsers do not need it
    #[arg(long)]
    pub insecure_http: bool,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What else it can do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Reads a password from stdin, up to the end of the line, and prints a line for `--users`
    HashPassword(HashPassword),
}

fn up_to_a_minute(text: &str) -> Result<Duration, String> {
    duration_within(text, Duration::from_millis(1)..=Duration::from_secs(60), "1 ms to a minute")
}

fn idle(text: &str) -> Result<Duration, String> {
    duration_within(text, Duration::from_secs(60)..=SESSION_LIFE, "a minute to 12 hours")
}

/// How long a session lives however often it is seen.
pub(crate) const SESSION_LIFE: Duration = Duration::from_secs(12 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Options::command().debug_assert();
    }
}
