//! Arbitrary bytes as a token, and arbitrary headers and payloads behind a good signature.

#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use fuzz::{NOW, Reading, decode};
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, Token, Verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

struct World {
    issuer: TestIssuer,
    cached: Verifier,
    uncached: Verifier,
}

const CACHE_BYTES: usize = 64 * 1024;

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let issuer = TestIssuer::new(Algorithm::HS256);
    issuer.clock().set(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW));
    let verifier = || Verifier::builder().trust(issuer.trusted()).clock(issuer.clock());
    let cached = verifier().cache_bytes(CACHE_BYTES).build().unwrap();
    let uncached = verifier().without_cache().build().unwrap();
    World { cached, uncached, issuer }
});

const HEADER: &[u8] = br#"{"alg":"HS256","typ":"at+jwt"}"#;
const PAYLOAD: &[u8] =
    br#"{"iss":"https://issuer.test","aud":"https://api.test","exp":1700003600}"#;

/// The token that the input stands for: the first byte says how to read the rest.
fn token(issuer: &TestIssuer, data: &[u8]) -> Option<String> {
    let (mode, rest) = data.split_first()?;
    let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (first, second) = (&rest[..line], rest.get(line + 1..).unwrap_or_default());
    match mode % 5 {
        0 => Some(str::from_utf8(rest).ok()?.to_owned()),
        1 => Some(issuer.sign_raw(first, second)),
        2 => Some(issuer.sign_raw(HEADER, rest)),
        3 => Some(issuer.sign_raw(rest, PAYLOAD)),
        _ => Some(issuer.sign_parts(str::from_utf8(first).ok()?, str::from_utf8(second).ok()?)),
    }
}

fuzz_target!(|data: &[u8]| {
    let world = &*WORLD;
    let Some(token) = token(&world.issuer, data) else { return };
    let verdict = world.uncached.verify(&token);
    let kind =
        |verdict: Result<Token, _>| verdict.err().map(|error: jwt_layer::JwtError| error.kind());
    for _ in 0..2 {
        assert_eq!(kind(world.cached.verify(&token)), kind(verdict.clone()), "the cache decides");
    }
    assert!(world.cached.cached().1 <= CACHE_BYTES as u64);
    let reading = reading(&token);
    let signed = data.first().is_some_and(|mode| mode % 5 != 0);
    match (verdict, reading) {
        (Ok(found), Some(reading)) => {
            assert!(is_good(&reading) || reading.is_close(), "{token} was accepted");
            compare(&found, &reading);
            assert_signature_counts(&world.uncached, &token);
        }
        (Ok(_), None) => panic!("{token} was accepted, and can not be read"),
        (Err(error), Some(reading)) => {
            let refusable = !signed || !is_good(&reading) || reading.is_close();
            assert!(refusable || token.len() > 8192, "{token} was refused: {error}");
        }
        (Err(_), None) => {}
    }
});

fn is_good(reading: &Reading) -> bool {
    reading.is_good("test-secret", "HS256")
}

fn reading(token: &str) -> Option<Reading> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { return None };
    decode(signature)?;
    Reading::of(&decode(header)?, &decode(payload)?)
}

/// What was found is what stands in the payload.
fn compare(found: &Token, reading: &Reading) {
    let claims = found.claims::<Value>().expect("the claims are JSON");
    assert_eq!(*claims, reading.claims);
    assert_eq!(found.issuer(), reading.text("iss"));
    assert_eq!(found.subject(), reading.text("sub"));
    assert_eq!(found.id(), reading.text("jti"));
    assert_eq!(found.client_id(), reading.text("client_id"));
    assert_eq!(found.audience().collect::<Vec<_>>(), reading.texts("aud"));
    assert_eq!(found.roles().collect::<Vec<_>>(), reading.texts("roles"));
    let scope = if reading.claims.get("scope").is_some() { "scope" } else { "scp" };
    let scopes = reading.texts(scope).into_iter().flat_map(|text| text.split(' '));
    let scopes: Vec<_> = scopes.filter(|scope| !scope.is_empty()).collect();
    assert_eq!(found.scopes().collect::<Vec<_>>(), scopes);
    compare_date(found.expires_at(), reading, "exp");
    compare_date(found.not_before(), reading, "nbf");
    compare_date(found.issued_at(), reading, "iat");
    let principal = found.principal();
    assert_eq!(principal.map(|principal| principal.subject()), reading.text("sub"));
    let authentication = principal.and_then(|principal| principal.authentication());
    let acr = authentication.and_then(|authentication| authentication.context.as_deref());
    assert_eq!(acr, reading.text("acr").filter(|_| principal.is_some()));
}

fn compare_date(found: Option<SystemTime>, reading: &Reading, name: &str) {
    let expected = reading.claims.get(name).and_then(Value::as_f64);
    let found = found.map(|at| match at.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    });
    match (found, expected) {
        (Some(found), Some(expected)) => assert!((found - expected).abs() < 0.001, "{name}"),
        (found, expected) => assert_eq!(found, expected, "{name}"),
    }
}

fn assert_signature_counts(verifier: &Verifier, token: &str) {
    let (signed, signature) = token.rsplit_once('.').expect("a token has dots");
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{other}{}", &signature[1..]);
    assert!(verifier.verify(&forged).is_err(), "{forged} was accepted");
}
