//! A key is the same in whatever form it comes.

use std::time::{Duration, SystemTime};

use jwt_layer::test_util::{ManualClock, TestIssuer};
use jwt_layer::{Algorithm, Jwk, KeySet, SigningKey, TrustedIssuer, Verifier, VerifyingKey};

/// The forms of a key pair: private ones first, then public ones.
fn forms(algorithm: Algorithm) -> (Vec<&'static str>, Vec<&'static str>) {
    use Algorithm as A;
    match algorithm {
        A::ES256 => (
            vec![
                include_str!("../../src/test_util/keys/p256.pem"),
                include_str!("keys/p256-sec1.pem"),
                include_str!("keys/p256-parameters-sec1.pem"),
            ],
            vec![include_str!("keys/p256-spki.pem")],
        ),
        A::ES384 => (
            vec![
                include_str!("../../src/test_util/keys/p384.pem"),
                include_str!("keys/p384-sec1.pem"),
            ],
            vec![include_str!("keys/p384-spki.pem")],
        ),
        A::Ed25519 => (
            vec![include_str!("../../src/test_util/keys/ed25519.pem")],
            vec![include_str!("keys/ed25519-spki.pem")],
        ),
        _ => (
            vec![
                include_str!("../../src/test_util/keys/rsa.pem"),
                include_str!("keys/rsa-pkcs1.pem"),
            ],
            vec![include_str!("keys/rsa-spki.pem"), include_str!("keys/rsa-pkcs1-public.pem")],
        ),
    }
}

fn der(text: &str) -> Vec<u8> {
    pem::parse_many(text).unwrap().pop().unwrap().into_contents()
}

#[track_caller]
fn check(signing: &SigningKey, verifying: VerifyingKey) {
    let issuer = TestIssuer::new(signing.algorithm()).with_key(signing.clone());
    let keys = KeySet::new([verifying]).unwrap();
    let trusted = TrustedIssuer::new(issuer.name(), keys).audience(issuer.audience());
    let verifier = issuer.verifier_of(trusted);
    verifier.verify(&issuer.token("alice").sign()).unwrap();
    verifier.verify(&issuer.token("alice").bad_signature()).unwrap_err();
}

#[test]
fn what_any_form_of_a_private_key_signs_any_form_of_its_public_key_verifies() {
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
        let (private, public) = forms(algorithm);
        let from_pem = private.iter().map(|pem| SigningKey::from_pem(algorithm, pem).unwrap());
        let from_der = private.iter().map(|pem| SigningKey::from_der(algorithm, der(pem)).unwrap());
        for signing in from_pem.chain(from_der) {
            let jwk = Jwk::of(signing.verifying_key()).unwrap();
            let jwk = serde_json::to_string(&jwk).unwrap();
            check(&signing, signing.verifying_key().clone());
            check(&signing, VerifyingKey::from_jwk(&jwk).unwrap());
            let set = KeySet::from_jwks(&format!(r#"{{"keys":[{jwk}]}}"#)).unwrap();
            check(&signing, set.keys().pop().unwrap());
            for text in &public {
                check(&signing, VerifyingKey::from_pem(algorithm, text).unwrap());
                check(&signing, VerifyingKey::from_der(algorithm, der(text)).unwrap());
            }
        }
    }
}

#[test]
fn a_secret_signs_and_verifies_as_bytes_and_as_jwk() {
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let signing = SigningKey::hmac(algorithm, [7; 64]).unwrap();
        check(&signing, VerifyingKey::hmac(algorithm, [7; 64]).unwrap());
        let jwk = serde_json::json!({"kty": "oct", "alg": algorithm.name(),
            "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw"});
        check(&signing, VerifyingKey::from_jwk(&jwk.to_string()).unwrap());
    }
}

#[test]
fn a_generated_key_of_every_algorithm_signs_and_verifies() {
    for algorithm in Algorithm::ALL {
        let signing = SigningKey::generate(algorithm).unwrap();
        check(&signing, signing.verifying_key().clone());
        assert_eq!(signing.algorithm(), algorithm);
    }
}

#[test]
fn a_key_set_is_read_from_a_file() {
    let issuer = TestIssuer::new(Algorithm::RS256);
    let path = std::env::temp_dir().join(format!("jwt-layer-{}.json", std::process::id()));
    std::fs::write(&path, issuer.jwks()).unwrap();
    let keys = KeySet::from_jwks_file(&path).unwrap().keys();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(keys[0].id(), issuer.key().id());
    assert!(KeySet::from_jwks_file(&path).is_err());
}

#[test]
fn a_key_of_another_kind_is_refused() {
    for algorithm in Algorithm::ALL {
        for other in [Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::Ed25519] {
            let (private, public) = forms(other);
            let fits = |text: &&str| forms(algorithm).0.contains(text);
            if !algorithm.is_symmetric() && private.iter().any(fits) {
                continue;
            }
            for text in private {
                assert!(SigningKey::from_pem(algorithm, text).is_err(), "{algorithm} {other}");
                assert!(SigningKey::from_der(algorithm, der(text)).is_err(), "{algorithm} {other}");
            }
            for text in public {
                assert!(VerifyingKey::from_pem(algorithm, text).is_err(), "{algorithm} {other}");
                assert!(
                    VerifyingKey::from_der(algorithm, der(text)).is_err(),
                    "{algorithm} {other}"
                );
            }
        }
    }
}

#[test]
fn weak_and_unsuitable_keys_are_refused() {
    let (weak, weak_public) =
        (include_str!("keys/weak-rsa.pem"), include_str!("keys/weak-rsa-spki.pem"));
    for algorithm in [Algorithm::RS256, Algorithm::RS512, Algorithm::PS256] {
        assert!(SigningKey::from_pem(algorithm, weak).is_err());
        assert!(VerifyingKey::from_pem(algorithm, weak_public).is_err());
        assert!(VerifyingKey::from_der(algorithm, der(weak_public)).is_err());
    }
    for algorithm in Algorithm::ALL {
        assert!(SigningKey::from_pem(algorithm, include_str!("keys/p521.pem")).is_err());
    }
}

#[test]
fn a_pem_text_that_is_not_the_key_that_is_wanted_says_what_it_is() {
    let (private, public) = forms(Algorithm::Ed25519);
    let verifying = |text: &str| VerifyingKey::from_pem(Algorithm::Ed25519, text).unwrap_err();
    let signing = |text: &str| SigningKey::from_pem(Algorithm::Ed25519, text).unwrap_err();
    assert!(verifying(private[0]).to_string().contains("private key"));
    assert!(signing(public[0]).to_string().contains("public key"));
    assert!(signing(include_str!("keys/encrypted.pem")).to_string().contains("encrypted"));
    let certificate = public[0].replace("PUBLIC KEY", "CERTIFICATE");
    assert!(verifying(&certificate).to_string().contains("certificate"));
    assert!(verifying(&format!("{}{}", public[0], public[0])).to_string().contains("exactly one"));
    for nothing in ["", "text", "-----BEGIN PUBLIC KEY-----"] {
        verifying(nothing);
    }
}

/// A verifier of the tokens in RFC 7515 appendix A, at their time.
fn rfc7515_verifier(jwk: &str) -> Verifier {
    let keys = KeySet::new([VerifyingKey::from_jwk(jwk).unwrap()]).unwrap();
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_300_819_379));
    let trusted = TrustedIssuer::new("joe", keys).dangerous_any_audience();
    Verifier::builder().trust(trusted).clock(clock).build().unwrap()
}

#[test]
fn rfc7515_a_1_the_hs256_example_verifies() {
    let verifier = rfc7515_verifier(
        r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
    );
    let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(verifier.verify(token).unwrap().issuer(), Some("joe"));
}

#[test]
fn rfc7515_a_3_the_es256_example_verifies() {
    let verifier = rfc7515_verifier(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    );
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert_eq!(verifier.verify(token).unwrap().issuer(), Some("joe"));
}

/// The private key of RFC 8037 appendix A.1 in PKCS#8; its thumbprint is in A.3.
#[test]
fn rfc7638_the_id_of_a_key_pair_is_its_thumbprint() {
    let seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    use base64::Engine;
    let seed = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(seed).unwrap();
    let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let key = SigningKey::from_der(Algorithm::Ed25519, [&prefix[..], &seed].concat()).unwrap();
    assert_eq!(key.id(), Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));
    let jwk = serde_json::to_value(Jwk::of(key.verifying_key()).unwrap()).unwrap();
    assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
}
