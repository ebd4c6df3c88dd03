//! Tower layers for cookie-backed sessions and balancer stickiness
