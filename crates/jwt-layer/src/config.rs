use std::sync::Arc;

use auth_core::{Challenge, Renderer, RequestHead};

use crate::source::{self, Checked, Presented};
use crate::{ConfigError, JwtErrorKind, JwtLayer, ProtectedResource, Source, Verifier};

/// Settings of a [`JwtLayer`].
#[derive(Debug)]
#[must_use]
pub struct JwtLayerBuilder {
    verifier: Verifier,
    sources: Vec<Source>,
    required: bool,
    realm: String,
    renderer: Renderer,
    resource_metadata: Option<String>,
}

/// What layer, service and extractors share.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) verifier: Verifier,
    pub(crate) required: bool,
    pub(crate) renderer: Renderer,
    /// The challenge for who has sent no token; others add an error to it.
    pub(crate) challenge: Arc<Challenge>,
    sources: Vec<Checked>,
}

impl JwtLayerBuilder {
    pub(crate) fn new(verifier: Verifier) -> Self {
        Self {
            verifier,
            sources: vec![Source::bearer()],
            required: false,
            realm: "api".to_owned(),
            renderer: Renderer::default(),
            resource_metadata: None,
        }
    }

    /// Where tokens may be; [`Source::bearer`] alone by default.
    pub fn sources(mut self, sources: impl IntoIterator<Item = Source>) -> Self {
        self.sources = sources.into_iter().collect();
        self
    }

    /// Refuses requests without a token before they reach a handler. By default such a request is
    /// anonymous, and it is the extractors that refuse it. Use it with `route_layer`, so that
    /// axum's 404 stays 404.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The realm of the challenges (RFC 9110 section 11.5); `api` by default.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = realm.into();
        self
    }

    /// Makes the responses of refusals, those of the extractors as well.
    pub fn renderer(mut self, renderer: Renderer) -> Self {
        self.renderer = renderer;
        self
    }

    /// Names the resource's metadata in every challenge (RFC 9728 section 5.1).
    pub fn protected_resource(mut self, resource: &ProtectedResource) -> Self {
        self.resource_metadata = Some(resource.metadata_url());
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// If there is no source, one stands twice, or one has a name that can't be.
    pub fn build(self) -> Result<JwtLayer, ConfigError> {
        check_distinct(&self.sources)?;
        let sources = self.sources.iter().map(Source::check).collect::<Result<_, _>>()?;
        Ok(JwtLayer::of(self.with_sources(sources)))
    }

    fn with_sources(self, sources: Vec<Checked>) -> Config {
        let challenge = Challenge::bearer().realm(self.realm);
        let challenge = match self.resource_metadata {
            Some(url) => challenge.param("resource_metadata", url),
            None => challenge,
        };
        Config {
            verifier: self.verifier,
            required: self.required,
            renderer: self.renderer,
            challenge: Arc::new(challenge),
            sources,
        }
    }
}

impl Config {
    /// The default settings.
    pub(crate) fn bearer(verifier: Verifier) -> Self {
        JwtLayerBuilder::new(verifier).with_sources(vec![Checked::Bearer])
    }

    pub(crate) fn find<'r>(
        &self,
        head: &RequestHead<'r>,
    ) -> Result<Option<Presented<'r>>, JwtErrorKind> {
        source::find(&self.sources, head)
    }
}

fn check_distinct(sources: &[Source]) -> Result<(), ConfigError> {
    if sources.is_empty() {
        return Err(ConfigError::new(
            "there is no source of tokens; leave out sources(..) for the \
             Authorization header",
        ));
    }
    let twice = |(index, source)| sources.iter().skip(index + 1).any(|other| other == source);
    if sources.iter().enumerate().any(twice) {
        return Err(ConfigError::new("a source of tokens stands twice"));
    }
    Ok(())
}
