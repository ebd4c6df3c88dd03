use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts};
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use jsonwebtoken::{DecodingKey, Validation};
use tokio::runtime::Runtime;
use tower_oauth2_resource_server::server::OAuth2ResourceServer;
use tower_oauth2_resource_server::tenant::TenantConfiguration;
use tower_oauth2_resource_server::validation::ClaimsValidationSpec;

use crate::contender::{Contender, Sight};
use crate::ours::served;
use crate::tokens::{AUDIENCE, Algorithm, Claims, ISSUER, Keys, SECRET};

/// The peers that know the algorithm. None of them has a cache.
pub(crate) fn contenders(keys: &Keys, runtime: &Runtime) -> Vec<Contender> {
    let hand = hand_written(keys);
    let mut contenders =
        vec![Contender::new("hand-written, jsonwebtoken 11.1 (aws-lc)", Sight::First, move || {
            served(hand.clone())
        })];
    if matches!(keys.algorithm, Algorithm::HS256 | Algorithm::RS256) {
        let peer = axum_jwt_auth_app(keys);
        contenders
            .push(Contender::new("axum-jwt-auth 0.7", Sight::First, move || served(peer.clone())));
        let peer = runtime.block_on(jwt_authorizer_app(keys));
        contenders.push(Contender::new(
            "jwt-authorizer 0.15 (axum 0.7)",
            Sight::First,
            move || peer.clone().with_state(()).into_service::<axum07::body::Body>(),
        ));
    }
    if keys.algorithm == Algorithm::RS256 {
        let peer = runtime.block_on(resource_server_app(keys));
        let name = "tower-oauth2-resource-server 0.12.5 (aws-lc)";
        contenders.push(Contender::new(name, Sight::First, move || served(peer.clone())));
    }
    contenders
}

/// What a user writes without any of these crates.
#[derive(Clone)]
struct Decoding(Arc<(DecodingKey, Validation)>);

struct HandWritten(Claims);

impl<S: Sync> FromRequestParts<S> for HandWritten
where
    Decoding: FromRef<S>,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let header = parts.headers.get("authorization").ok_or(StatusCode::UNAUTHORIZED)?;
        let token = header.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
        let Decoding(decoding) = Decoding::from_ref(state);
        let data = jsonwebtoken::decode::<Claims>(token, &decoding.0, &decoding.1);
        data.map(|data| Self(data.claims)).map_err(|_| StatusCode::UNAUTHORIZED)
    }
}

fn hand_written(keys: &Keys) -> Router {
    let pem = keys.public_pem.as_bytes();
    let (algorithm, key) = match keys.algorithm {
        Algorithm::HS256 => (jsonwebtoken::Algorithm::HS256, DecodingKey::from_secret(&SECRET)),
        Algorithm::RS256 => {
            (jsonwebtoken::Algorithm::RS256, DecodingKey::from_rsa_pem(pem).unwrap())
        }
        Algorithm::ES256 => {
            (jsonwebtoken::Algorithm::ES256, DecodingKey::from_ec_pem(pem).unwrap())
        }
        Algorithm::Ed25519 => {
            (jsonwebtoken::Algorithm::EdDSA, DecodingKey::from_ed_pem(pem).unwrap())
        }
    };
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    Router::new()
        .route("/me", get(async |HandWritten(claims): HandWritten| claims.sub))
        .with_state(Decoding(Arc::new((key, validation))))
}

fn axum_jwt_auth_app(keys: &Keys) -> Router {
    let (algorithm, key) = match keys.algorithm {
        Algorithm::HS256 => {
            (jsonwebtoken10::Algorithm::HS256, jsonwebtoken10::DecodingKey::from_secret(&SECRET))
        }
        _ => (
            jsonwebtoken10::Algorithm::RS256,
            jsonwebtoken10::DecodingKey::from_rsa_pem(keys.public_pem.as_bytes()).unwrap(),
        ),
    };
    let mut validation = jsonwebtoken10::Validation::new(algorithm);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    let decoder = axum_jwt_auth::LocalDecoder::builder().keys(vec![key]).validation(validation);
    let decoder: axum_jwt_auth::Decoder<Claims> = Arc::new(decoder.build().unwrap());
    let me = async |user: axum_jwt_auth::Claims<Claims>| user.claims.sub;
    Router::new().route("/me", get(me)).with_state(decoder)
}

async fn jwt_authorizer_app(keys: &Keys) -> axum07::Router {
    use jwt_authorizer::{IntoLayer, JwtAuthorizer, JwtClaims};

    let secret = str::from_utf8(&SECRET).unwrap();
    let authorizer = match keys.algorithm {
        Algorithm::HS256 => JwtAuthorizer::<Claims>::from_secret(secret),
        _ => JwtAuthorizer::<Claims>::from_rsa_pem_text(&keys.public_pem),
    };
    let validation = jwt_authorizer::Validation::new().iss(&[ISSUER]).aud(&[AUDIENCE]);
    let authorizer = authorizer.validation(validation).build().await.unwrap();
    let me = |JwtClaims(user): JwtClaims<Claims>| async { user.sub };
    axum07::Router::new().route("/me", axum07::routing::get(me)).layer(authorizer.into_layer())
}

async fn resource_server_app(keys: &Keys) -> Router {
    let key = jwt_layer::VerifyingKey::from_pem(jwt_layer::Algorithm::RS256, &keys.public_pem);
    let jwk = jwt_layer::Jwk::of(&key.unwrap().with_id("key-1")).unwrap();
    let jwks = format!(r#"{{"keys":[{}]}}"#, serde_json::to_string(&jwk).unwrap());
    let spec = ClaimsValidationSpec::recommended(ISSUER, &vec![AUDIENCE.to_owned()]).nbf(false);
    let tenant = TenantConfiguration::static_builder(jwks).claims_validation(spec).build();
    let server = OAuth2ResourceServer::<Claims>::builder().add_tenant(tenant.unwrap()).build();
    let me = async |user: axum::Extension<Claims>| user.0.sub;
    Router::new().route("/me", get(me)).layer(server.await.unwrap().into_layer())
}
