//! How often may it be tried? Slows down who guesses passwords, and locks nobody out for good.
//!
//! `throttle` is what a login handler asks, and `attempt` what it tells the outcome. `tally` is the
//! decision, a pure function of what has failed and the time; `ledger` keeps tallies in a `store`,
//! under the hashes that `keys` makes; `device` is what lets a client in that has logged in before.

mod attempt;
mod builder;
mod device;
mod keys;
mod ledger;
mod limit;
mod memory;
mod rejection;
mod store;
mod tally;
mod throttle;

pub use attempt::LoginAttempt;
pub use builder::LoginThrottleBuilder;
pub use limit::AttemptLimit;
pub use memory::MemoryAttempts;
pub use store::{AttemptKey, AttemptStore, AttemptStoreError, KeptAttempts};
pub use throttle::LoginThrottle;
