//! Starts the API and real balancers as processes, and puts load on them.
//!
//! [`Stack`] is the way in: three instances of the API with one key, a backup instance, and a
//! balancer in front with a configuration of `examples/balancers`, of which only the ports are
//! changed. A server that is not installed is an error that says what to install.

mod account;
mod api_binary;
mod balancer;
mod client;
mod instance;
mod load;
mod log;
mod report;
mod requests;
mod server;
mod shipped;
mod stack;

pub use account::login;
pub use api_binary::api_binary;
pub use balancer::Balancer;
pub use client::{Answer, Client, Failure};
pub use instance::Instance;
pub use load::Load;
pub use log::LogLine;
pub use report::{Record, Report};
pub use requests::Requests;
pub use shipped::Shipped;
pub use stack::Stack;
pub use test_servers::{PATIENCE, Port, program, until};
