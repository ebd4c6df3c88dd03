use axum::Router;
use axum::body::Body;
use axum::routing::{RouterIntoService, get};
use jwt_layer::{JwtLayer, KeySet, TrustedIssuer, Verifier, VerifyingKey};

use crate::contender::{Contender, Sight};
use crate::tokens::{AUDIENCE, Algorithm, Claims, ISSUER, Keys, SECRET};

pub(crate) fn contenders(keys: &Keys) -> Vec<Contender> {
    let (first, again) = (keys.clone(), keys.clone());
    vec![
        Contender::new("bare route", Sight::First, || served(bare())),
        Contender::new("jwt-layer, first seen", Sight::First, move || app(&first)),
        Contender::new("jwt-layer, cached", Sight::Again, move || app(&again)),
    ]
}

fn bare() -> Router {
    Router::new().route("/me", get(async || "user-000001".to_owned()))
}

/// The router as [`axum::serve`] calls it, with its routes made once and not for each request.
pub(crate) fn served(router: Router) -> RouterIntoService<Body> {
    router.with_state(()).into_service()
}

fn app(keys: &Keys) -> RouterIntoService<Body> {
    let issuer = TrustedIssuer::new(ISSUER, key_set(keys)).audience(AUDIENCE);
    let verifier = Verifier::builder().trust(issuer).build().unwrap();
    let me = async |user: jwt_layer::Claims<Claims>| user.sub.clone();
    served(Router::new().route("/me", get(me)).layer(JwtLayer::new(verifier)))
}

fn key_set(keys: &Keys) -> KeySet {
    let pem = keys.public_pem.as_bytes();
    let key = match keys.algorithm {
        Algorithm::HS256 => VerifyingKey::hmac(jwt_layer::Algorithm::HS256, SECRET),
        Algorithm::RS256 => VerifyingKey::from_pem(jwt_layer::Algorithm::RS256, pem),
        Algorithm::ES256 => VerifyingKey::from_pem(jwt_layer::Algorithm::ES256, pem),
        Algorithm::Ed25519 => VerifyingKey::from_pem(jwt_layer::Algorithm::Ed25519, pem),
    };
    KeySet::new([key.unwrap().with_id("key-1").accept_legacy_eddsa()]).unwrap()
}
