//! RFC 8725 and its revision: algorithms, keys and the form of a token.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_layer::test_util::{Flaw, TestIssuer};
use jwt_layer::{
    Algorithm, Grant, Issuer, Jwk, JwtErrorKind, JwtLayer, KeySet, SigningKey, Source,
    TrustedIssuer, VerifyingKey,
};
use serde_json::json;

use crate::api::{Api, accepted, refused};

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The forms in which an attacker has an RSA public key, to use it as a secret.
fn public_key_texts() -> Vec<Vec<u8>> {
    let private = pem::parse(include_str!("../../src/test_util/keys/rsa.pem")).unwrap();
    let pair = RsaKeyPair::from_pkcs8(private.contents()).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let armour = pem::encode(&pem::Pem::new("PUBLIC KEY", der.as_ref()));
    let unix = armour.replace("\r\n", "\n");
    let jwk = Jwk::of(TestIssuer::new(Algorithm::RS256).key().verifying_key()).unwrap();
    vec![
        der.as_ref().to_vec(),
        armour.clone().into_bytes(),
        unix.trim_end().to_owned().into_bytes(),
        unix.into_bytes(),
        serde_json::to_vec(&jwk).unwrap(),
    ]
}

#[tokio::test]
async fn rfc8725_3_1_a_public_key_is_no_hmac_secret() {
    let api = Api::new(Algorithm::RS256).await;
    let claims = encode(api.claims_with(r#""sub":"admin","#));
    for secret in public_key_texts() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let id = api.issuer.key().id().unwrap().to_owned();
        for header in [json!({"alg": "HS256"}), json!({"alg": "HS256", "kid": id})] {
            let signed = format!("{}.{claims}", encode(header.to_string()));
            let mac = encode(hmac::sign(&key, signed.as_bytes()));
            refused(&api.me(&format!("{signed}.{mac}")).await, JwtErrorKind::UnknownKey);
        }
    }
}

#[test]
fn rfc8725_3_1_a_pem_text_is_refused_as_a_secret_at_build_time() {
    let texts = public_key_texts();
    assert!(VerifyingKey::hmac(Algorithm::HS256, &texts[1]).is_err());
    assert!(SigningKey::hmac(Algorithm::HS256, &texts[2]).is_err());
}

#[tokio::test]
async fn rfc8725_3_1_a_key_verifies_with_its_own_algorithm_only() {
    for algorithm in Algorithm::ALL {
        let api = Api::new(algorithm).await;
        for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
            let renamed = api.issuer.token("alice").header("alg", other.name()).sign();
            refused(&api.me(&renamed).await, JwtErrorKind::UnknownKey);
        }
    }
}

#[tokio::test]
async fn rfc8725_3_1_the_algorithm_must_be_that_of_the_named_key() {
    let (first, second) = (TestIssuer::new(Algorithm::ES256), TestIssuer::new(Algorithm::Ed25519));
    let keys = [first.key().verifying_key().clone(), second.key().verifying_key().clone()];
    first.keys().replace(keys).unwrap();
    let api = Api::with_rules(first, |trusted| trusted).await;
    accepted(&api.me(&second.token("alice").sign()).await);
    let named_wrongly = second.token("alice").header("kid", api.issuer.key().id()).sign();
    refused(&api.me(&named_wrongly).await, JwtErrorKind::UnknownKey);
}

#[tokio::test]
async fn rfc8725_3_1_an_algorithm_name_is_compared_to_the_letter() {
    let api = Api::new(Algorithm::RS256).await;
    for name in ["none", "None", "NONE", "nOnE", "noNE", "rs256", "Rs256", "RS256 ", "RS-256", ""] {
        let token = api.issuer.token("alice").header("alg", name).sign();
        refused(&api.me(&token).await, JwtErrorKind::UnknownKey);
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        refused(&api.me(&unsigned).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc8725_3_2_ed25519_is_accepted_under_its_own_name_and_eddsa_only_by_option() {
    let legacy = |token: jwt_layer::test_util::TestToken| token.header("alg", "EdDSA").sign();
    let api = Api::new(Algorithm::Ed25519).await;
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
    refused(&api.me(&legacy(api.issuer.token("alice"))).await, JwtErrorKind::UnknownKey);

    let issuer = TestIssuer::new(Algorithm::Ed25519);
    let key = issuer.key().verifying_key().clone().accept_legacy_eddsa();
    issuer.keys().replace([key]).unwrap();
    let api = Api::with_rules(issuer, |trusted| trusted).await;
    accepted(&api.me(&legacy(api.issuer.token("alice"))).await);
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
}

#[tokio::test]
async fn rfc8725_3_2_eddsa_is_the_name_of_no_other_key() {
    let issuer = TestIssuer::new(Algorithm::ES256);
    let key = issuer.key().verifying_key().clone().accept_legacy_eddsa();
    issuer.keys().replace([key]).unwrap();
    let api = Api::with_rules(issuer, |trusted| trusted).await;
    let token = api.issuer.token("alice").header("alg", "EdDSA").sign();
    refused(&api.me(&token).await, JwtErrorKind::UnknownKey);
}

#[tokio::test]
async fn rfc8725_3_3_one_flaw_is_enough_to_refuse_a_token() {
    let api = Api::new(Algorithm::ES256).await;
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
    for flaw in Flaw::ALL {
        refused(&api.me(&api.issuer.token("alice").flawed(flaw)).await, flaw.refusal());
    }
}

#[tokio::test]
async fn rfc8725_3_3_a_changed_bit_in_any_segment_is_noticed() {
    let api = Api::new(Algorithm::Ed25519).await;
    let token = api.issuer.token("alice").sign();
    accepted(&api.me(&token).await);
    let verifier = api.issuer.verifier();
    for (at, byte) in token.bytes().enumerate().filter(|(_, byte)| *byte != b'.') {
        let mut changed = token.clone().into_bytes();
        changed[at] = if byte == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verifier.verify(&changed).is_err(), "character {at}");
    }
    for at in [0, token.len() / 2, token.len() - 10] {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(api.me(str::from_utf8(&changed).unwrap()).await.status, 401);
    }
}

#[tokio::test]
async fn rfc8725_3_3_an_encrypted_token_is_told_from_a_signed_one_and_refused() {
    let api = Api::new(Algorithm::HS256).await;
    for header in [
        json!({"alg": "dir", "enc": "A256GCM"}),
        json!({"alg": "RSA-OAEP", "enc": "A256GCM", "kid": api.issuer.key().id()}),
        json!({"alg": "HS256"}),
    ] {
        let token = format!("{}.AAAA.AAAA.AAAA.AAAA", encode(header.to_string()));
        refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
    }
}

#[test]
fn rfc8725_3_4_a_point_that_is_not_on_the_curve_is_no_key() {
    let zero = encode([0; 32]);
    let point = |x: &str, y: &str| {
        VerifyingKey::from_jwk(&json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}).to_string())
    };
    let (x, y) = (
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    );
    assert!(point(x, y).is_ok());
    for (x, y) in [(y, x), (x, x), (&zero, &zero), (x, &zero), (x, "AA"), ("AA", y), ("", "")] {
        assert!(point(x, y).is_err(), "{x} {y}");
    }
    let same_x = json!({"kty": "EC", "crv": "P-384", "x": x, "y": y});
    assert!(VerifyingKey::from_jwk(&same_x.to_string()).is_err());
}

#[tokio::test]
async fn rfc8725_3_4_a_set_with_such_a_point_works_with_its_other_keys() {
    let issuer = TestIssuer::new(Algorithm::ES256);
    let bad = json!({"kty": "EC", "crv": "P-256", "x": encode([1; 32]), "y": encode([1; 32])});
    let good = Jwk::of(issuer.key().verifying_key()).unwrap();
    let keys = KeySet::from_jwks(&json!({"keys": [bad, good]}).to_string()).unwrap();
    assert_eq!(keys.keys().len(), 1);
    let verifier =
        issuer.verifier_of(TrustedIssuer::new(issuer.name(), keys).audience(issuer.audience()));
    let api = Api::with_verifier(issuer, verifier).await;
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
}

#[test]
fn rfc8725_3_5_a_password_is_no_secret() {
    for weak in ["", "secret", "correct horse battery staple"] {
        assert!(VerifyingKey::hmac(Algorithm::HS256, weak).is_err(), "{weak}");
    }
}

/// Compressed, the second would be far shorter than the first.
#[test]
fn rfc8725_3_6_an_issued_token_is_not_compressed() {
    let key = SigningKey::hmac(Algorithm::HS256, [7; 32]).unwrap();
    let issuer = Issuer::builder("https://issuer.test", key).audience("api").build().unwrap();
    let length = |text: String| {
        issuer.issue(&Grant::to("a").claims(json!({"mine": text}))).unwrap().as_str().len()
    };
    let mixed = (0..900_u32).map(|n| char::from(b'a' + u8::try_from(n * 7919 % 26).unwrap()));
    assert_eq!(length(mixed.collect()), length("a".repeat(900)));
}

#[tokio::test]
async fn rfc8725bis_an_iteration_count_costs_nothing() {
    let api = Api::new(Algorithm::HS256).await;
    let header = json!({"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2s": "AAAA",
        "p2c": 2_147_483_647});
    let five = format!("{}.AAAA.AAAA.AAAA.AAAA", encode(header.to_string()));
    refused(&api.me(&five).await, JwtErrorKind::MalformedToken);
    let three = api.issuer.sign_raw(header.to_string(), api.claims_with(""));
    refused(&api.me(&three).await, JwtErrorKind::UnknownKey);
}

#[tokio::test]
async fn rfc8725bis_a_compressed_payload_is_never_inflated() {
    let api = Api::new(Algorithm::HS256).await;
    // `{}` in deflate, and what a bomb begins with.
    for compressed in [&[0xab, 0xae, 0x05, 0x00][..], &[0xec, 0xc1, 0x01, 0x01, 0, 0, 0, 0x80]] {
        let header = r#"{"alg":"HS256","zip":"DEF"}"#;
        let token = api.issuer.sign_raw(header, compressed);
        refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
    }
    let encrypted = encode(r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#);
    refused(&api.me(&format!("{encrypted}..A.A.A")).await, JwtErrorKind::MalformedToken);
}

/// An API that takes the token from a header of its own, so that any text reaches the verifier.
async fn with_plain_header() -> Api {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let layer = JwtLayer::builder(issuer.verifier()).sources([Source::header("x-token")]);
    Api::with_layer(issuer, layer.build().unwrap()).await
}

#[tokio::test]
async fn rfc8725bis_only_letters_digits_dashes_underscores_and_dots_are_a_token() {
    let api = with_plain_header().await;
    let token = api.issuer.token("alice").sign();
    let parts: Vec<_> = token.split('.').collect();
    let flattened = json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]});
    let general = json!({"payload": parts[1],
        "signatures": [{"protected": parts[0], "signature": parts[2]}]});
    accepted(&api.server.get("/me", &[("X-Token", &token)]).await);
    for text in [
        flattened.to_string(),
        general.to_string(),
        format!("{} .{}.{}", parts[0], parts[1], parts[2]),
        format!("{}.{}\t.{}", parts[0], parts[1], parts[2]),
        format!("{token}="),
        format!("{token}."),
        format!("{token}%00"),
        format!("\"{token}\""),
        format!("Bearer {token}"),
        format!("{}+{}", &token[..9], &token[10..]),
        format!("{}/{}", &token[..9], &token[10..]),
        format!("{},{token}", token),
    ] {
        let reply = api.server.get("/me", &[("X-Token", &text)]).await;
        refused(&reply, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc8725bis_a_nul_in_a_token_is_refused() {
    let api = with_plain_header().await;
    let token = api.issuer.token("alice").sign();
    let request =
        format!("GET /me HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Token: {token}\0\r\n\r\n");
    assert_eq!(api.server.send_raw(request.as_bytes()).await.status, 400);
    let kind = api.issuer.verifier().verify(&format!("{token}\0")).unwrap_err().kind();
    assert_eq!(kind, JwtErrorKind::MalformedToken);
}

#[tokio::test]
async fn rfc8725_strict_base64url_leaves_a_signature_one_spelling() {
    // 32 and 64 bytes leave 2 and 4 bits of the last character unused.
    for algorithm in [Algorithm::HS256, Algorithm::Ed25519, Algorithm::ES256] {
        let api = Api::new(algorithm).await;
        let token = api.issuer.token("alice").sign();
        accepted(&api.me(&token).await);
        let (rest, last) = token.split_at(token.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let value = alphabet.find(last).unwrap();
        let other = alphabet.get(value + 1..value + 2).unwrap();
        refused(&api.me(&format!("{rest}{other}")).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc8725_strict_base64url_leaves_header_and_payload_one_spelling() {
    let api = Api::new(Algorithm::HS256).await;
    let (header, payload) = (r#"{"alg":"HS256"}"#, api.claims_with(""));
    // One byte beyond a multiple of three: four bits of the last character are unused.
    let pad = |text: &str| format!("{text}{}", " ".repeat((4 - text.len() % 3) % 3));
    let (header, payload) = (encode(pad(header)), encode(pad(&payload)));
    accepted(&api.me(&api.issuer.sign_parts(&header, &payload)).await);
    let with_stray_bits = |part: &str| {
        let (rest, last) = part.split_at(part.len() - 1);
        assert!("AQgw".contains(last));
        let other = char::from(last.as_bytes()[0] + 1);
        format!("{rest}{other}")
    };
    for token in [
        api.issuer.sign_parts(&with_stray_bits(&header), &payload),
        api.issuer.sign_parts(&header, &with_stray_bits(&payload)),
    ] {
        refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
    }
}
