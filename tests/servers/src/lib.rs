//! Real servers as child processes of a test, on ports of their own and in folders that are
//! removed with them. None outlives its test, even one that is killed. A server that is not
//! installed is an error that says what to install.

mod folder;
mod mariadb;
mod port;
mod postgres;
mod process;
mod program;
mod redis;
mod run;
mod wait;
mod watchdog;

pub use folder::Folder;
pub use mariadb::MariaDb;
pub use port::Port;
pub use postgres::Postgres;
pub use process::Process;
pub use program::program;
pub use redis::Redis;
pub use wait::{PATIENCE, until};
