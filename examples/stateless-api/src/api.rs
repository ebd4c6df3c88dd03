use std::sync::Arc;

use axum::extract::FromRef;
use guard_layer::ClientAddrLayer;
use http::HeaderValue;
use jwt_layer::{
    Issuer, JwtLayer, Profile, RemoteKeys, SigningKey, TrustedIssuer, Verifier, VerifyingKey,
};

use session_layer::AffinityLayer;

use crate::keys::TrustedKeys;
use crate::login::LoginDesk;
use crate::{Demo, Lifecycle, Options, StartError, Users, keys, sticky};

/// What all requests share. Clones share it too.
#[derive(Clone, Debug)]
pub struct Api {
    pub(crate) issuer: Issuer,
    pub(crate) jwt: JwtLayer,
    pub(crate) desk: LoginDesk,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) client_addr: ClientAddrLayer,
    pub(crate) affinity: Option<AffinityLayer>,
    pub(crate) instance: HeaderValue,
    remote_keys: Vec<RemoteKeys>,
    demo: Option<Arc<Demo>>,
}

impl Api {
    /// Reads the files that the options name, and checks it all.
    ///
    /// # Errors
    /// If a file can't be read, or an option can't be right.
    pub fn new(options: &Options) -> Result<Self, StartError> {
        let issuer = issuer(options)?;
        let (verifier, remote_keys) = verifier(options, &issuer)?;
        let (users, demo) = users(options)?;
        let instance = HeaderValue::try_from(options.instance());
        Ok(Self {
            desk: LoginDesk::new(users, issuer.clone()),
            issuer,
            jwt: JwtLayer::new(verifier),
            remote_keys,
            lifecycle: Lifecycle::new(),
            client_addr: client_addr(options)?,
            affinity: sticky::affinity(options)?,
            instance: instance.map_err(|error| StartError::about("--instance", error))?,
            demo: demo.map(Arc::new),
        })
    }

    /// The demo user, if there is one.
    pub fn demo(&self) -> Option<&Demo> {
        self.demo.as_deref()
    }

    /// Whether it is starting, serving or ending. It is not ready before it is told to be
    /// [`Serving`](crate::Phase::Serving).
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
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

fn users(options: &Options) -> Result<(Users, Option<Demo>), StartError> {
    match &options.users {
        Some(path) => Users::from_file(path).map(|users| (users, None)),
        None => Users::demo().map(|(users, demo)| (users, Some(demo))),
    }
}

fn client_addr(options: &Options) -> Result<ClientAddrLayer, StartError> {
    if options.trusted_proxy.is_empty() {
        return Ok(ClientAddrLayer::peer());
    }
    let layer = ClientAddrLayer::builder().trusted_proxies(&options.trusted_proxy);
    let layer = layer.x_forwarded_for().build();
    layer.map_err(|error| StartError::about("--trusted-proxy", error))
}

impl FromRef<Api> for LoginDesk {
    fn from_ref(api: &Api) -> Self {
        api.desk.clone()
    }
}
