//! Real servers as child processes of a test, on ports of their own and in folders that are
//! removed with them. None outlives its test, even one that is killed. A server that is not
//! installed is an error that says what to install.
//!
//! And databases of places, written by another library than the one that reads them.

mod folder;
mod galera;
mod mariadb;
mod mmdb;
mod port;
mod postgres;
mod process;
mod program;
mod redis;
mod redis_cluster;
mod redis_talk;
mod run;
mod sentinel;
mod unprivileged;
mod wait;
mod watchdog;
mod watched_redis;

pub use folder::Folder;
pub use galera::Galera;
pub use mariadb::MariaDb;
pub use mmdb::{asn, city, mmdb};
pub use port::Port;
pub use postgres::Postgres;
pub use process::Process;
pub use program::program;
pub use redis::Redis;
pub use redis_cluster::RedisCluster;
pub use sentinel::Sentinel;
pub use wait::{PATIENCE, until};
pub use watched_redis::{MASTER, Watch, WatchedRedis};
