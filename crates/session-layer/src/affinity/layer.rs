use std::sync::Arc;

use tower_layer::Layer;

use super::config::Config;
use super::{AffinityBuilder, AffinityService};

/// Gives clients a cookie that names the instance which served them. See the [module](super) for
/// when.
#[derive(Clone, Debug)]
pub struct AffinityLayer {
    config: Arc<Config>,
}

impl AffinityLayer {
    /// Starts a configuration. `instance` is this instance's name as the balancer knows it, unlike
    /// that of any other instance, and the same after a restart.
    pub fn builder(instance: impl Into<String>) -> AffinityBuilder {
        AffinityBuilder::new(instance.into())
    }

    pub(super) fn new(config: Arc<Config>) -> Self {
        Self { config }
    }

    #[cfg(test)]
    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

impl<S> Layer<S> for AffinityLayer {
    type Service = AffinityService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        AffinityService::new(inner, Arc::clone(&self.config))
    }
}
