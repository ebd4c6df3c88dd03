//! RFC 8725: what a token says, and what it is for.

use jwt_layer::test_util::{JwksServer, TestIssuer};
use jwt_layer::{Algorithm, JwtErrorKind, KeySet, Profile, SigningKey, Verifier};
use serde_json::json;

use crate::api::{Api, accepted, refused};

#[tokio::test]
async fn rfc8725_3_7_claims_that_are_not_utf_8_are_refused() {
    let api = Api::new(Algorithm::HS256).await;
    let good = api.claims_with(r#""sub":"alice","#);
    let utf_16: Vec<u8> = good.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let with_bytes = |bytes: &[u8]| [br#"{"sub":""#, bytes, b"\",", &good.as_bytes()[1..]].concat();
    accepted(&api.me_with_payload(&good).await);
    for payload in [
        utf_16,
        [b"\xef\xbb\xbf", good.as_bytes()].concat(),
        with_bytes(b"\xff"),
        with_bytes(b"\xc0\xaf"),
        with_bytes(b"\xed\xa0\x80"),
        with_bytes(b"\xf4\x90\x80\x80"),
        with_bytes(br"\ud800"),
        with_bytes(br"\udc00\ud800"),
        with_bytes(b"\xe9"),
    ] {
        refused(&api.me_with_payload(payload).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc8725_3_7_a_header_that_is_not_utf_8_is_refused() {
    let api = Api::new(Algorithm::HS256).await;
    for header in
        [&b"{\"alg\":\"HS256\",\"a\":\"\xff\"}"[..], b"\xff\xfe{\0}\0", br#"{"alg":"\ud800"}"#]
    {
        let token = api.issuer.sign_raw(header, api.claims_with(""));
        refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc8725_3_7_names_and_values_may_be_any_utf_8() {
    let api = Api::new(Algorithm::HS256).await;
    let claims = api.claims_with("\"sub\":\"alic\u{e9}\\ud83d\\ude00\",\"\u{1f600}\":\"\u{0}\",");
    refused(&api.me_with_payload(&claims).await, JwtErrorKind::MalformedToken);
    let reply = api.me_with_payload(claims.replace('\0', "\\u0000")).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "alic\u{e9}\u{1f600}"));
}

/// Two issuers, each with a key and rules of its own.
async fn two_issuers() -> (Api, TestIssuer) {
    let (one, other) = (TestIssuer::new(Algorithm::Ed25519), TestIssuer::new(Algorithm::Ed25519));
    let key = SigningKey::generate(Algorithm::Ed25519).unwrap();
    let other = other.with_name("https://other.test").with_key(key);
    let verifier = Verifier::builder().trust(one.trusted()).trust(other.trusted());
    let verifier = verifier.clock(one.clock()).build().unwrap();
    (Api::with_verifier(one, verifier).await, other)
}

#[tokio::test]
async fn rfc8725_3_8_a_key_of_one_issuer_signs_nothing_for_another() {
    let (api, other) = two_issuers().await;
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
    accepted(&api.me(&other.token("alice").sign()).await);
    let forged = other.token("alice").claim("iss", api.issuer.name());
    refused(&api.me(&forged.sign()).await, JwtErrorKind::UnknownKey);
    let named = forged.header("kid", api.issuer.key().id()).sign();
    refused(&api.me(&named).await, JwtErrorKind::BadSignature);
}

#[tokio::test]
async fn rfc8725_3_8_two_issuers_with_one_key_id_keep_their_keys_apart() {
    let one = TestIssuer::new(Algorithm::HS256);
    let key = |secret| SigningKey::hmac(Algorithm::HS256, [secret; 32]).unwrap().with_id("1");
    let (one, other) = (one.clone().with_key(key(1)), one.with_key(key(2)));
    let other = other.with_name("https://other.test");
    let verifier = Verifier::builder().trust(one.trusted()).trust(other.trusted());
    let verifier = verifier.clock(one.clock()).build().unwrap();
    let api = Api::with_verifier(one, verifier).await;
    accepted(&api.me(&other.token("alice").sign()).await);
    let forged = other.token("alice").claim("iss", api.issuer.name()).sign();
    refused(&api.me(&forged).await, JwtErrorKind::BadSignature);
}

#[test]
fn rfc8725_3_8_one_subject_of_two_issuers_is_two_principals() {
    let (one, other) = (TestIssuer::new(Algorithm::HS256), TestIssuer::new(Algorithm::HS256));
    let other = other.with_name("https://other.test");
    let principal = |issuer: &TestIssuer| {
        let token = issuer.verifier().verify(&issuer.token("alice").sign()).unwrap();
        token.principal().unwrap().clone()
    };
    assert_ne!(principal(&one), principal(&other));
}

#[tokio::test]
async fn rfc8725_3_9_a_token_without_audience_is_refused() {
    let api = Api::new(Algorithm::HS256).await;
    let token = api.issuer.token("alice").without("aud").sign();
    refused(&api.me(&token).await, JwtErrorKind::WrongAudience);
}

#[test]
fn rfc8725_3_9_a_verifier_without_audience_is_refused_at_build_time() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let trusted = || jwt_layer::TrustedIssuer::new(issuer.name(), issuer.keys());
    assert!(Verifier::builder().trust(trusted()).build().is_err());
    assert!(Verifier::builder().trust(trusted().audience("")).build().is_err());
    assert!(Verifier::builder().trust(trusted().dangerous_any_audience()).build().is_ok());
}

#[tokio::test]
async fn rfc8725_3_10_a_key_id_is_compared_and_never_interpreted() {
    let api = Api::new(Algorithm::HS256).await;
    let long = "k".repeat(5_000);
    for key_id in [
        "' OR '1'='1",
        "\"; DROP TABLE keys; --",
        "../../../../dev/null",
        "/dev/null",
        "",
        " ",
        "test-secret\0",
        "test-secret ",
        "TEST-SECRET",
        "%74est-secret",
        "http://127.0.0.1/key",
        "$(id)",
        "\r\nX-Evil: 1",
        "\u{202e}",
        &long,
    ] {
        let token = api.issuer.token("alice").header("kid", key_id).sign();
        let reply = api.me(&token).await;
        refused(&reply, JwtErrorKind::UnknownKey);
        assert!(!format!("{reply:?}").contains("DROP") && reply.all("x-evil").is_empty());
    }
}

#[tokio::test]
async fn rfc8725_3_10_a_key_id_of_ten_kilobytes_is_refused_unread() {
    let api = Api::new(Algorithm::HS256).await;
    let token = api.issuer.token("alice").header("kid", "k".repeat(10_000)).sign();
    refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
}

/// Section 3.10, and the revision's ban of loopback and private addresses.
#[tokio::test]
async fn rfc8725_3_10_key_material_in_a_header_is_never_used_nor_fetched() {
    let api = Api::new(Algorithm::ES256).await;
    let evil =
        TestIssuer::new(Algorithm::ES256).with_key(SigningKey::generate(Algorithm::ES256).unwrap());
    let server = JwksServer::start(evil.jwks());
    let set: serde_json::Value = serde_json::from_str(&evil.jwks()).unwrap();
    let token = evil.token("admin");
    for forged in [
        token.clone().header("jwk", &set["keys"][0]),
        token.clone().header("jwk", &set["keys"][0]).header("kid", api.issuer.key().id()),
        token.clone().header("jku", server.url()),
        token.clone().header("jku", server.url()).header("kid", api.issuer.key().id()),
        token.clone().header("x5u", server.url()),
        token.clone().header("x5c", ["AAAA"]),
        token.clone().header("iss", server.issuer()).claim("iss", server.issuer()),
    ] {
        assert_eq!(api.me(&forged.sign()).await.status, 401);
    }
    assert_eq!((server.requests(), server.discovery_requests()), (0, 0));
}

#[tokio::test]
async fn rfc8725_3_10_such_material_does_no_harm_to_a_good_token() {
    let api = Api::new(Algorithm::ES256).await;
    let server = JwksServer::start("{}");
    let token =
        api.issuer.token("alice").header("jku", server.url()).header("jwk", json!({"kty": 1}));
    accepted(&api.me(&token.sign()).await);
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn rfc8725_3_11_a_type_may_be_spelled_with_application_and_in_any_case() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let api = Api::with_rules(issuer, |trusted| trusted.profile(Profile::AccessToken)).await;
    for spelling in ["at+jwt", "application/at+jwt", "AT+JWT", "Application/At+Jwt"] {
        let token = api.issuer.token("alice").header("typ", spelling).sign();
        accepted(&api.me(&token).await);
    }
    for other in ["jwt+at", "at", "at+jwt ", "application/application/at+jwt", "text/at+jwt"] {
        let token = api.issuer.token("alice").header("typ", other).sign();
        refused(&api.me(&token).await, JwtErrorKind::WrongType);
    }
}

#[tokio::test]
async fn rfc8725_3_11_jwt_is_no_explicit_type() {
    for profile in [Profile::AccessToken, Profile::Typed("secevent+jwt".to_owned())] {
        let issuer = TestIssuer::new(Algorithm::HS256);
        let api = Api::with_rules(issuer, |trusted| trusted.profile(profile)).await;
        for plain in [Some("JWT"), Some("application/jwt"), None] {
            let token = api.issuer.token("alice").header("typ", plain).sign();
            refused(&api.me(&token).await, JwtErrorKind::WrongType);
        }
    }
}

#[tokio::test]
async fn rfc8725_3_11_a_type_for_another_purpose_is_refused_without_a_profile_too() {
    let api = Api::new(Algorithm::HS256).await;
    for plain in [Some("JWT"), Some("jwt"), Some("at+jwt"), Some("application/JWT"), None] {
        accepted(&api.me(&api.issuer.token("alice").header("typ", plain).sign()).await);
    }
    for other in ["logout+jwt", "dpop+jwt", "secevent+jwt", "refresh+jwt", "JOSE", ""] {
        let token = api.issuer.token("alice").header("typ", other).sign();
        refused(&api.me(&token).await, JwtErrorKind::WrongType);
    }
}

/// Seven kinds of token with one key and one audience: each is good for its own purpose only.
#[tokio::test]
async fn rfc8725_3_12_no_kind_of_token_passes_for_another() {
    let kinds =
        ["at+jwt", "id+jwt", "refresh+jwt", "logout+jwt", "dpop+jwt", "dbsc+jwt", "step-up+jwt"];
    for expected in kinds {
        let profile = match expected {
            "at+jwt" => Profile::AccessToken,
            other => Profile::Typed(other.to_owned()),
        };
        let issuer = TestIssuer::new(Algorithm::HS256);
        let api = Api::with_rules(issuer, |trusted| trusted.profile(profile)).await;
        for kind in kinds {
            let reply = api.me(&api.issuer.token("alice").header("typ", kind).sign()).await;
            match kind == expected {
                true => accepted(&reply),
                false => refused(&reply, JwtErrorKind::WrongType),
            }
        }
    }
}

#[tokio::test]
async fn rfc8725_3_expensive_input_is_refused() {
    let api = Api::new(Algorithm::HS256).await;
    let deep = |levels| format!(r#""mine":{}{},"#, "[".repeat(levels), "]".repeat(levels));
    accepted(&api.me_with_payload(api.claims_with(&deep(15))).await);
    for levels in [16, 1_000, 2_500] {
        let reply = api.me_with_payload(api.claims_with(&deep(levels))).await;
        refused(&reply, JwtErrorKind::MalformedToken);
    }
    let long = api.issuer.token("alice").claim("mine", "x".repeat(8_192)).sign();
    refused(&api.me(&long).await, JwtErrorKind::MalformedToken);
    let members: String = (0..500).map(|n| format!(r#""n{n}":0,"#)).collect();
    accepted(&api.me_with_payload(api.claims_with(&members)).await);
    let twice = format!(r#"{members}"n499":0,"#);
    refused(&api.me_with_payload(api.claims_with(&twice)).await, JwtErrorKind::MalformedToken);
    assert!(KeySet::new((0..3).map(|_| api.issuer.key().verifying_key().clone())).is_err());
}
