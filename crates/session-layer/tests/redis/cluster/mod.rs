//! A cluster of Redis.

mod addresses;
mod failover;
mod hiccups;
mod holes;
mod resharding;
mod secured;
mod shared;
mod steps;

pub(crate) use shared::{Shared, renewal, slot};

mod promises {
    use super::Shared;

    session_layer::conformance_tests!(Shared::start());
}
