use std::time::Duration;

use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, JwtErrorKind, RevocationList, SigningKey, Verifier};

use crate::api::{Api, accepted, refused};

const LIFETIME: Duration = Duration::from_secs(3600);

async fn api(issuer: TestIssuer) -> (Api, RevocationList, Verifier) {
    let list = RevocationList::with_clock(LIFETIME, issuer.clock());
    let verifier = Verifier::builder().trust(issuer.trusted()).clock(issuer.clock());
    let verifier = verifier.revocations(list.clone()).build().unwrap();
    (Api::with_verifier(issuer, verifier.clone()).await, list, verifier)
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_and_no_other() {
    let (api, list, verifier) = api(TestIssuer::new(Algorithm::RS256)).await;
    let (one, other) = (api.issuer.token("alice").sign(), api.issuer.token("alice").sign());
    for _ in 0..3 {
        accepted(&api.me(&one).await);
    }
    assert!(list.revoke(&verifier.verify(&one).unwrap()));
    refused(&api.me(&one).await, JwtErrorKind::Revoked);
    accepted(&api.me(&other).await);
}

#[tokio::test]
async fn a_token_without_an_id_can_not_be_revoked_by_it() {
    let (api, list, verifier) = api(TestIssuer::new(Algorithm::HS256)).await;
    let token = api.issuer.token("alice").without("jti").sign();
    assert!(!list.revoke(&verifier.verify(&token).unwrap()));
    accepted(&api.me(&token).await);
}

#[tokio::test]
async fn all_tokens_of_a_principal_up_to_now_are_refused() {
    let (api, list, verifier) = api(TestIssuer::new(Algorithm::HS256)).await;
    let old = api.issuer.token("alice").sign();
    let undated = api.issuer.token("alice").without("iat").sign();
    let others = api.issuer.token("bob").sign();
    list.revoke_principal(verifier.verify(&old).unwrap().principal().unwrap());
    refused(&api.me(&old).await, JwtErrorKind::Revoked);
    refused(&api.me(&undated).await, JwtErrorKind::Revoked);
    accepted(&api.me(&others).await);
    api.issuer.clock().advance(Duration::from_secs(1));
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
}

/// How the user logged in does not make another user of them.
#[tokio::test]
async fn a_principal_is_revoked_however_it_was_authenticated() {
    let (api, list, verifier) = api(TestIssuer::new(Algorithm::HS256)).await;
    let plain = api.issuer.token("alice").sign();
    let strong = api.issuer.token("alice").claim("acr", "3").claim("amr", ["otp"]).sign();
    list.revoke_principal(verifier.verify(&strong).unwrap().principal().unwrap());
    refused(&api.me(&plain).await, JwtErrorKind::Revoked);
    refused(&api.me(&strong).await, JwtErrorKind::Revoked);
}

#[tokio::test]
async fn the_same_id_of_another_issuer_is_another_token() {
    let one = TestIssuer::new(Algorithm::HS256);
    let key = SigningKey::hmac(Algorithm::HS256, [9; 32]).unwrap();
    let other = one.clone().with_name("https://other.test").with_key(key);
    let list = RevocationList::with_clock(LIFETIME, one.clock());
    let verifier = Verifier::builder().trust(one.trusted()).trust(other.trusted());
    let verifier = verifier.clock(one.clock()).revocations(list.clone()).build().unwrap();
    let api = Api::with_verifier(one, verifier.clone()).await;
    let ours = api.issuer.token("alice").claim("jti", "1").sign();
    let theirs = other.token("alice").claim("jti", "1").sign();
    assert!(list.revoke(&verifier.verify(&ours).unwrap()));
    refused(&api.me(&ours).await, JwtErrorKind::Revoked);
    accepted(&api.me(&theirs).await);
    list.revoke_principal(verifier.verify(&theirs).unwrap().principal().unwrap());
    refused(&api.me(&theirs).await, JwtErrorKind::Revoked);
}

/// An ES256 signature (r, s) has a twin (r, n - s): another text, the same token.
#[tokio::test]
async fn the_twin_of_a_revoked_signature_is_revoked_too() {
    let (api, list, verifier) = api(TestIssuer::new(Algorithm::ES256)).await;
    let token = api.issuer.token("alice").sign();
    let twin = twin(&token);
    assert_ne!(token, twin);
    accepted(&api.me(&twin).await);
    assert!(list.revoke(&verifier.verify(&token).unwrap()));
    refused(&api.me(&token).await, JwtErrorKind::Revoked);
    refused(&api.me(&twin).await, JwtErrorKind::Revoked);
}

fn twin(token: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(order) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
