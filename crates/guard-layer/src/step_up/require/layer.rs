use std::time::Duration;

use tower_layer::Layer;

use super::requirement::Requirement;
use super::service::RequireService;

/// A layer for routes whose user must have proved lately who they are, such as a change of the
/// password or a payment: by a login, by any factor, or, for a token, by its `auth_time`.
///
/// A session that moves to another network of another autonomous system is not fresh any more, which
/// needs [`places`](crate::GuardLayerBuilder::places).
///
/// Whoever has not is challenged as by a [`GuardLayer`](crate::GuardLayer), within which it stands;
/// but the session is not suspected, and its other routes work. A dry run of the guard's policy
/// changes nothing here. For requests with tokens no `GuardLayer` is needed: a
/// [`Principal`](auth_core::Principal) will do.
///
/// ```
/// use std::time::Duration;
/// use axum::{Router, routing::post};
/// use guard_layer::{RequireFactor, RequireFresh};
///
/// let app: Router = Router::new()
///     .route("/checkout", post(async || "paid"))
///     .route_layer(RequireFresh::within(Duration::from_secs(300)))
///     .route("/account/delete", post(async || "gone").layer(RequireFactor("otp")));
/// # let _ = app;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequireFresh(Duration);

/// A layer for routes that need this authentication context class (`acr`): of a factor that the
/// session's user has given, or of the token. Otherwise it is as [`RequireFresh`].
#[derive(Clone, Copy, Debug)]
pub struct RequireAcr(pub &'static str);

/// A layer for routes that need this factor: given in the session, or one of the token's `amr`.
/// Otherwise it is as [`RequireFresh`].
#[derive(Clone, Copy, Debug)]
pub struct RequireFactor(pub &'static str);

/// What [`RequireAcr::within`] and [`RequireFactor::within`] make: both at once.
#[derive(Clone, Copy, Debug)]
pub struct Require(Requirement);

impl RequireFresh {
    /// At most so long ago.
    pub fn within(time: Duration) -> Self {
        Self(time)
    }
}

impl RequireAcr {
    /// The factor of this class was given at most so long ago.
    pub fn within(self, time: Duration) -> Require {
        Require(Requirement { acr: Some(self.0), max_age: Some(time), factor: None })
    }
}

impl RequireFactor {
    /// This factor was given at most so long ago.
    pub fn within(self, time: Duration) -> Require {
        Require(Requirement { factor: Some(self.0), max_age: Some(time), acr: None })
    }
}

impl<S> Layer<S> for RequireFresh {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let requirement = Requirement { max_age: Some(self.0), acr: None, factor: None };
        RequireService::new(inner, requirement)
    }
}

impl<S> Layer<S> for RequireAcr {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let requirement = Requirement { acr: Some(self.0), max_age: None, factor: None };
        RequireService::new(inner, requirement)
    }
}

impl<S> Layer<S> for RequireFactor {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let requirement = Requirement { factor: Some(self.0), max_age: None, acr: None };
        RequireService::new(inner, requirement)
    }
}

impl<S> Layer<S> for Require {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService::new(inner, self.0)
    }
}
