use crate::sql::Aged;

session_layer::conformance_tests!(Aged::start());
session_layer::conformance_tests!(Aged::start() => stats_do_not_drift);
