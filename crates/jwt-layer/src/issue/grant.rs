use std::time::SystemTime;

use serde::Serialize;

/// What a token is to say about its subject.
///
/// ```
/// use jwt_layer::Grant;
///
/// #[derive(serde::Serialize)]
/// struct Extra {
///     roles: Vec<&'static str>,
/// }
///
/// let grant = Grant::to("alice")
///     .client_id("web")
///     .scope("orders:write")
///     .claims(Extra { roles: vec!["admin"] });
/// # let _ = grant;
/// ```
#[derive(Clone, Debug, Serialize)]
#[must_use]
pub struct Grant<C = NoClaims> {
    pub(super) sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
    #[serde(skip)]
    pub(super) not_before: Option<SystemTime>,
    #[serde(flatten)]
    claims: C,
}

/// No claims beyond the registered ones.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NoClaims {}

impl Grant {
    /// A grant to this subject (`sub`).
    pub fn to(subject: impl Into<String>) -> Self {
        Self {
            sub: subject.into(),
            client_id: None,
            scope: String::new(),
            auth_time: None,
            acr: None,
            amr: Vec::new(),
            not_before: None,
            claims: NoClaims {},
        }
    }
}

impl<C> Grant<C> {
    /// The client that asks for it (`client_id`); an access token of RFC 9068 has one.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// Adds scopes (`scope`), separated by spaces.
    pub fn scope(mut self, scope: &str) -> Self {
        if !self.scope.is_empty() {
            self.scope.push(' ');
        }
        self.scope.push_str(scope);
        self
    }

    /// When the user last proved who they are (`auth_time`). A renewed token keeps the value of
    /// the first (RFC 9068 section 2.2.1).
    pub fn authenticated_at(mut self, time: SystemTime) -> Self {
        self.auth_time = Some(seconds(time));
        self
    }

    /// The class of the authentication (`acr`).
    pub fn acr(mut self, class: impl Into<String>) -> Self {
        self.acr = Some(class.into());
        self
    }

    /// Adds a method of the authentication (`amr`, a value of RFC 8176).
    pub fn amr(mut self, method: impl Into<String>) -> Self {
        self.amr.push(method.into());
        self
    }

    /// The token is not good before this (`nbf`).
    pub fn not_before(mut self, time: SystemTime) -> Self {
        self.not_before = Some(time);
        self
    }

    /// Puts claims of the user's own beside the registered ones. They must serialize to a JSON
    /// object and name no claim that is there already.
    pub fn claims<T: Serialize>(self, claims: T) -> Grant<T> {
        let Self { sub, client_id, scope, auth_time, acr, amr, not_before, claims: _ } = self;
        Grant { sub, client_id, scope, auth_time, acr, amr, not_before, claims }
    }
}

/// Whole seconds since 1970, as most verifiers expect them.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
