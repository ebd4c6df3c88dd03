//! A cluster of Redis.

mod shared;

mod promises {
    use super::shared::Shared;

    session_layer::conformance_tests!(Shared::start());
}
