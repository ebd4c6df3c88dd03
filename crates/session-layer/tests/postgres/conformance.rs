use crate::sql::Aged;

session_layer::conformance_tests!(Aged::start());
