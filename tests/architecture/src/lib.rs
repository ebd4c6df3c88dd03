//! Holds the dependency directions and the conventions of the workspace; see `tests/`.
