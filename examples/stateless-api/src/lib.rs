//! A stateless JWT API that runs behind any balancer
