//! Starts the examples and real balancers as processes, and puts load on them.
//!
//! [`Stack`] is the way in: three instances of the API with one key, or of the shop with one store,
//! a backup instance, and a balancer in front with a configuration of `examples/balancers`, of
//! which only the ports are changed. A server that is not installed is an error that says what to
//! install.

mod account;
mod balancer;
mod client;
mod example;
pub mod faults;
mod instance;
mod json;
mod load;
mod log;
pub mod prometheus;
mod report;
mod requests;
mod server;
mod shipped;
mod shoppers;
mod stack;

pub use account::{FIREFOX, login};
pub use balancer::Balancer;
pub use client::{Answer, Client, Failure};
pub use example::Example;
pub use instance::Instance;
pub use load::Load;
pub use log::LogLine;
pub use report::{Record, Report};
pub use requests::Requests;
pub use shipped::Shipped;
pub use shoppers::Shoppers;
pub use stack::Stack;
pub use test_servers::{PATIENCE, Port, program, until};
