use std::sync::Arc;

use axum::extract::FromRef;
use example_service::{Demo, Instance, Lifecycle, StartError, Users};
use guard_layer::TokenGuardLayer;
use jwt_layer::{
    Issuer, JwtLayer, Profile, RemoteKeys, SigningKey, TrustedIssuer, Verifier, VerifyingKey,
};
use session_layer::AffinityLayer;

use crate::keys::TrustedKeys;
use crate::login::LoginDesk;
use crate::{Options, keys, sticky, token_guard};

/// What all requests share. Clones share it too.
#[derive(Clone, Debug)]
pub struct Api {
    pub(crate) issuer: Issuer,
    pub(crate) jwt: JwtLayer,
    pub(crate) token_guard: Option<TokenGuardLayer>,
    pub(crate) desk: LoginDesk,
    pub(crate) instance: Instance,
    pub(crate) affinity: Option<AffinityLayer>,
    remote_keys: Vec<RemoteKeys>,
    demos: Arc<[Demo]>,
}

/// What an instance without a name is called, with its port.
pub(crate) const KIND: &str = "api";

impl Api {
    /// Reads the files that the options name, and checks it all.
    ///
    /// # Errors
    /// If a file can't be read, or an option can't be right.
    pub fn new(options: &Options) -> Result<Self, StartError> {
        let issuer = issuer(options)?;
        let (verifier, remote_keys) = verifier(options, &issuer)?;
        let (users, demos) = Users::from_options(&options.instance, &["demo scope=orders:write"])?;
        let token_guard = token_guard::layer(options)?;
        Ok(Self {
            desk: LoginDesk::new(users, issuer.clone(), token_guard.clone())?,
            token_guard,
            issuer,
            jwt: JwtLayer::new(verifier),
            remote_keys,
            instance: Instance::new(&options.instance, KIND)?,
            affinity: sticky::affinity(options)?,
            demos: demos.into(),
        })
    }

    /// The demo users, if there are some.
    pub fn demos(&self) -> &[Demo] {
        &self.demos
    }

    /// Whether it is starting, serving or ending. It is not ready before it is told to be
    /// [`Serving`](example_service::Phase::Serving).
    pub fn lifecycle(&self) -> &Lifecycle {
        self.instance.lifecycle()
    }

    /// Waits until the keys of all other issuers are there.
    pub(crate) async fn has_all_keys(&self) {
        for keys in &self.remote_keys {
            keys.ready().await;
        }
    }

    /// Whether it could say yes to a token at all.
    pub(crate) fn has_keys(&self) -> bool {
        !self.issuer.keys().keys().is_empty()
    }
}

fn issuer(options: &Options) -> Result<Issuer, StartError> {
    let key = keys::signing_key(options.key.as_deref())?;
    let published = published(options, &key)?;
    let issuer = Issuer::builder(&options.issuer, key)
        .audience(&options.audience)
        .lifetime(options.token_lifetime);
    let issuer = published.into_iter().fold(issuer, |issuer, key| issuer.publish(key));
    issuer.build().map_err(|error| StartError::new(error.to_string()))
}

/// The keys to publish, each once, so that all instances can have the same list in a rotation.
fn published(options: &Options, key: &SigningKey) -> Result<Vec<VerifyingKey>, StartError> {
    let mut published: Vec<VerifyingKey> = Vec::new();
    for path in &options.publish_key {
        let further = keys::published_key(path)?;
        let known = published.iter().chain([key.verifying_key()]);
        if !known.into_iter().any(|known| known.id() == further.id()) {
            published.push(further);
        }
    }
    Ok(published)
}

/// The verifier, and the keys that it has to wait for.
fn verifier(options: &Options, issuer: &Issuer) -> Result<(Verifier, Vec<RemoteKeys>), StartError> {
    let rules = |issuer: TrustedIssuer| issuer.audience(&options.audience).leeway(options.leeway);
    let own = TrustedIssuer::new(options.issuer.as_str(), issuer.keys());
    let mut verifier = Verifier::builder().trust(rules(own).profile(Profile::AccessToken));
    let mut remote_keys = Vec::new();
    for other in &options.trust_issuer {
        let name = other.issuer.as_str();
        let other = match keys::trusted_keys(other)? {
            TrustedKeys::File(keys) => TrustedIssuer::new(name, keys),
            TrustedKeys::Remote(keys) => {
                remote_keys.push(keys.clone());
                TrustedIssuer::new(name, keys)
            }
        };
        verifier = verifier.trust(rules(other));
    }
    let verifier = verifier.build().map_err(|error| StartError::new(error.to_string()))?;
    Ok((verifier, remote_keys))
}

impl FromRef<Api> for LoginDesk {
    fn from_ref(api: &Api) -> Self {
        api.desk.clone()
    }
}
