use example_service::{StartError, peppers_of};
use guard_layer::{Policy, TokenGuardLayer};

use crate::Options;

/// What binds tokens to who logs in, and refuses those of others, if that is asked for. Tokens of
/// other issuers are not bound.
pub(crate) fn layer(options: &Options) -> Result<Option<TokenGuardLayer>, StartError> {
    if !options.bind_tokens {
        return Ok(None);
    }
    let peppers = peppers_of("--bind-key", options.bind_key.as_deref())?;
    let guard = TokenGuardLayer::builder(Policy::balanced(), peppers);
    let guard = guard.fingerprint_cookie().required_of(&options.issuer).build();
    guard.map(Some).map_err(|error| StartError::about("--bind-tokens", error))
}
