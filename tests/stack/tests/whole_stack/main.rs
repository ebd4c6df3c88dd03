//! The examples behind real balancers, with their shipped configurations.
//!
//! Every test has a stack of its own. A balancer that is not installed fails its tests.

mod backup;
mod carts;
mod client_address;
mod killed;
mod spread;
mod sticky;
mod stopped;
mod token;
mod victim;
mod visitor;
