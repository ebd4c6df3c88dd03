use crate::subject::File;

session_layer::conformance_tests!(File::open(1));
session_layer::conformance_tests!(File::open(1) => stats_do_not_drift);
