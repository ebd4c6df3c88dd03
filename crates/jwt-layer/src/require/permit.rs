use std::fmt;
use std::marker::PhantomData;

use auth_core::{Refused, RequestHead};
use axum_core::extract::FromRequestParts;
use http::request::Parts;

use super::Requirement;
use crate::{context, rejection};

/// A requirement with a name, to be asked for by a handler's [`Permit`].
///
/// ```
/// use jwt_layer::{Either, Guard, Permit, Requirement};
///
/// struct WriteOrders;
///
/// impl Guard for WriteOrders {
///     const REQUIREMENT: Requirement = Requirement::Scope("orders:write");
/// }
///
/// struct Admin;
///
/// impl Guard for Admin {
///     const REQUIREMENT: Requirement = Requirement::Role("admin");
/// }
///
/// async fn cancel_order(_: Permit<Either<WriteOrders, Admin>>) {}
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::post(cancel_order));
/// ```
pub trait Guard {
    /// What the token must grant.
    const REQUIREMENT: Requirement;
}

/// The guard that both guards make together.
#[derive(Debug)]
pub struct Both<A, B>(PhantomData<(A, B)>);

/// The guard that is met where one of two is.
#[derive(Debug)]
pub struct Either<A, B>(PhantomData<(A, B)>);

struct Pair<A, B>(PhantomData<(A, B)>);

impl<A: Guard, B: Guard> Pair<A, B> {
    const REQUIREMENTS: &'static [Requirement] = &[A::REQUIREMENT, B::REQUIREMENT];
}

impl<A: Guard, B: Guard> Guard for Both<A, B> {
    const REQUIREMENT: Requirement = Requirement::All(Pair::<A, B>::REQUIREMENTS);
}

impl<A: Guard, B: Guard> Guard for Either<A, B> {
    const REQUIREMENT: Requirement = Requirement::Any(Pair::<A, B>::REQUIREMENTS);
}

/// Proof that the request's token meets a [`Guard`]: an extractor that can be had in no other
/// way.
///
/// Without a token the request is refused with 401 `missing_token`; with one that grants too
/// little, with 403 `insufficient_scope` and the scopes that would do, or 403 `forbidden` where
/// only roles were asked for.
pub struct Permit<G>(PhantomData<fn() -> G>);

impl<G> fmt::Debug for Permit<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit")
    }
}

impl<G: Guard, S: Sync> FromRequestParts<S> for Permit<G> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let (context, token) = context::token(parts, "Permit")?;
        if G::REQUIREMENT.is_met_by(token) {
            return Ok(Self(PhantomData));
        }
        let config = context.config();
        let rejection = rejection::of_requirement(&G::REQUIREMENT, config);
        Err(config.renderer.refuse(rejection, &RequestHead::of(parts)))
    }
}
