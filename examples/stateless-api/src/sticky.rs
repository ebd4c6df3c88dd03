use example_service::StartError;
use session_layer::AffinityLayer;

use crate::api::KIND;
use crate::{Options, keys};

/// The layer that names this instance in a cookie, if that is asked for.
pub(crate) fn affinity(options: &Options) -> Result<Option<AffinityLayer>, StartError> {
    if !options.sticky {
        return Ok(None);
    }
    let mut layer = AffinityLayer::builder(options.instance.name(KIND));
    if options.sticky_plain_http {
        layer = layer.insecure_plain_http();
    }
    if let Some(path) = &options.sticky_key {
        layer = layer.signed(keys::secret("--sticky-key", path)?);
    }
    let about = |error| match &options.sticky_key {
        Some(path) => StartError::about(format!("--sticky-key {}", path.display()), error),
        None => StartError::about("--sticky", error),
    };
    layer.build().map(Some).map_err(about)
}
