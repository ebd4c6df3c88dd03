//! Whole-stack tests with real balancers
