use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, SET_COOKIE};
use axum::response::AppendHeaders;
use axum::routing::get;
use guard_layer::{ClientAddr, ClientAddrLayer, Peppers, Policy, TokenGuardLayer};
use http::HeaderName;
use jwt_layer::{Algorithm, Grant, Issuer, JwtLayer, SigningKey, TrustedIssuer, Verifier};

use crate::app::Kind;

/// A service whose login answers with the header that its token is sent in.
pub(crate) fn app(kind: Kind, routes: Router) -> Router {
    let key = SigningKey::generate(Algorithm::Ed25519).unwrap();
    let issuer = Issuer::builder("me", key).audience("me").build().unwrap();
    let trusted = TrustedIssuer::new("me", issuer.keys()).audience("me");
    let verifier = Verifier::builder().trust(trusted).build().unwrap();
    let guard = TokenGuardLayer::builder(Policy::balanced(), Peppers::new(1, &[7; 32]));
    let guard = guard.fingerprint_cookie().required_of("me").tls_fingerprint("x-ja4");
    let guard = guard.build().unwrap();
    let routes = match kind {
        Kind::Token => routes,
        _ => routes.layer(guard.clone()),
    };
    let login = Router::new().route("/login", get(login)).with_state((issuer, guard));
    routes.layer(JwtLayer::new(verifier)).merge(login).layer(ClientAddrLayer::peer())
}

async fn login(
    State((issuer, guard)): State<(Issuer, TokenGuardLayer)>,
    headers: HeaderMap,
    client: ClientAddr,
) -> AppendHeaders<[(HeaderName, String); 2]> {
    let binding = guard.bind("alice", &headers, client).unwrap();
    let token = issuer.issue(&Grant::to("alice").scope("orders:write").claims(&binding)).unwrap();
    let cookie = binding.set_cookie(token.lifetime()).unwrap().to_str().unwrap().to_owned();
    AppendHeaders([(AUTHORIZATION, format!("Bearer {}", token.as_str())), (SET_COOKIE, cookie)])
}
