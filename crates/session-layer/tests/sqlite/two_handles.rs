use crate::subject::File;

session_layer::conformance_tests!(File::open(2));
session_layer::conformance_tests!(File::open(2) => stats_do_not_drift);
