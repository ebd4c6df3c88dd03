use crate::subject::File;

session_layer::conformance_tests!(File::open(2));
