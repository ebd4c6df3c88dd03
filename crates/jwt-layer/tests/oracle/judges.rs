//! Both verifiers, configured alike, and the tokens that they are shown.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, Validation};
use jwt_layer::test_util::{ManualClock, TestIssuer};
use jwt_layer::{Algorithm, Jwk, JwtErrorKind, KeySet, SigningKey, Verifier};
use proptest::sample::Index;

use crate::case::{Case, Member, PayloadChange, Text, TokenChange};
use crate::exceptions::Subject;

pub(crate) const LEEWAY: u64 = 30;

/// The judges for each algorithm.
pub(crate) struct Judges(HashMap<Algorithm, Judge>);

struct Judge {
    issuer: TestIssuer,
    ours: Verifier,
    theirs: DecodingKey,
    validation: Validation,
}

/// What both say to one token, at a second that was the same for both.
#[derive(Debug)]
pub(crate) struct Verdicts {
    pub(crate) ours: Result<(), JwtErrorKind>,
    pub(crate) theirs: Result<(), ErrorKind>,
    pub(crate) now: u64,
}

impl Judges {
    pub(crate) fn new() -> Self {
        // Other packages of the workspace may turn on both of its cryptographic back ends.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        Self(Algorithm::ALL.map(|algorithm| (algorithm, Judge::new(algorithm))).into())
    }

    fn of(&self, algorithm: Algorithm) -> &Judge {
        &self.0[&algorithm]
    }

    /// Shows the token of the case to both.
    pub(crate) fn judge(&self, case: &Case) -> (String, Verdicts) {
        loop {
            let now = seconds_now();
            let token = self.token(case, now);
            let verdicts = self.verdicts(case.algorithm, &token);
            if verdicts.now == now {
                return (token, verdicts);
            }
        }
    }

    /// Shows a token to both, again if the clock has ticked between.
    pub(crate) fn verdicts(&self, algorithm: Algorithm, token: &str) -> Verdicts {
        let judge = self.of(algorithm);
        loop {
            let now = seconds_now();
            let ours = judge.ours_says(token, now);
            let theirs = judge.theirs_says(token);
            if seconds_now() == now {
                return Verdicts { ours, theirs, now };
            }
        }
    }

    pub(crate) fn issuer(&self, algorithm: Algorithm) -> &TestIssuer {
        &self.of(algorithm).issuer
    }

    pub(crate) fn subject(&self, case: &Case, token: &str, verdicts: &Verdicts) -> Subject {
        Subject::of(token, self.key_id(case.algorithm), verdicts.now)
    }

    pub(crate) fn key_id(&self, algorithm: Algorithm) -> &str {
        self.of(algorithm).issuer.key().id().unwrap_or_default()
    }

    fn token(&self, case: &Case, now: u64) -> String {
        let kid = self.key_id(case.algorithm);
        let header = object(&case.header, now).replace("KID", kid);
        let payload = changed_payload(case, now);
        let token = self.of(case.signer).issuer.sign_raw(header, payload);
        changed_token(token, &case.token_change)
    }
}

impl Judge {
    fn new(algorithm: Algorithm) -> Self {
        let issuer = TestIssuer::new(algorithm);
        let (issuer, theirs) = match Jwk::of(issuer.key().verifying_key()) {
            None => {
                let secret = [7; 64];
                let key = SigningKey::hmac(algorithm, secret).unwrap();
                (issuer.with_key(key), DecodingKey::from_secret(&secret))
            }
            Some(public) => (issuer, their_key(&public)),
        };
        // The names EdDSA, which they know, and Ed25519, which we know, are one algorithm.
        let legacy = issuer.key().verifying_key().clone().accept_legacy_eddsa();
        let trusted = jwt_layer::TrustedIssuer::new(issuer.name(), KeySet::new([legacy]).unwrap())
            .audience(issuer.audience())
            .leeway(Duration::from_secs(LEEWAY));
        let ours = issuer.verifier_of(trusted);
        let validation = their_rules(algorithm, &issuer);
        Self { issuer, ours, theirs, validation }
    }

    fn ours_says(&self, token: &str, now: u64) -> Result<(), JwtErrorKind> {
        let clock: ManualClock = self.issuer.clock();
        clock.set(SystemTime::UNIX_EPOCH + Duration::from_secs(now));
        self.ours.verify(token).map(drop).map_err(|error| error.kind())
    }

    fn theirs_says(&self, token: &str) -> Result<(), ErrorKind> {
        let decoded =
            jsonwebtoken::decode::<serde_json::Value>(token, &self.theirs, &self.validation);
        decoded.map(drop).map_err(jsonwebtoken::errors::Error::into_kind)
    }
}

fn their_key(public: &Jwk) -> DecodingKey {
    let mut jwk = serde_json::to_value(public).unwrap();
    // They don't know the name Ed25519 in it.
    jwk.as_object_mut().unwrap().remove("alg");
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(jwk).unwrap();
    DecodingKey::from_jwk(&jwk).unwrap()
}

fn their_rules(algorithm: Algorithm, issuer: &TestIssuer) -> Validation {
    let name = if algorithm == Algorithm::Ed25519 { "EdDSA" } else { algorithm.name() };
    let mut validation = Validation::new(name.parse().unwrap());
    validation.set_issuer(&[issuer.name()]);
    validation.set_audience(&[issuer.audience()]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    validation.leeway = LEEWAY;
    validation
}

fn seconds_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

fn object(members: &[Member], now: u64) -> String {
    let members =
        members.iter().map(|Member { name, value }| format!("\"{name}\":{}", text(value, now)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn text(text: &Text, now: u64) -> String {
    match text {
        Text::Json(json) => json.clone(),
        Text::Date(offset, fraction) => format!("{}{fraction}", now.saturating_add_signed(*offset)),
    }
}

fn changed_payload(case: &Case, now: u64) -> Vec<u8> {
    let mut payload = object(&case.claims, now).into_bytes();
    match &case.payload_change {
        PayloadChange::None => {}
        PayloadChange::Byte(at, byte) => {
            let at = at.index(payload.len());
            payload[at] = *byte;
        }
        PayloadChange::Insert(at, bytes) => {
            let at = at.index(payload.len() + 1);
            payload.splice(at..at, bytes.iter().copied());
        }
        PayloadChange::Truncate(at) => payload.truncate(at.index(payload.len())),
        PayloadChange::Array => {
            let array = format!(
                r#"[{},{now},"alice","https://issuer.test","https://api.test"]"#,
                now + 1000
            );
            payload = array.into_bytes();
        }
    }
    payload
}

fn changed_token(token: String, change: &TokenChange) -> String {
    let mut characters: Vec<char> = token.chars().collect();
    let place = |at: &Index| at.index(characters.len());
    match change {
        TokenChange::None => {}
        TokenChange::Character(at, character) => {
            let at = place(at);
            characters[at] = *character;
        }
        TokenChange::Remove(at) => {
            let at = place(at);
            characters.remove(at);
        }
        TokenChange::Insert(at, text) => {
            let at = place(at);
            characters.splice(at..at, text.chars());
        }
        TokenChange::Append(text) => characters.extend(text.chars()),
        TokenChange::StrayBits => {
            let last = characters.pop().unwrap();
            characters.push(char::from(u8::try_from(last).unwrap().wrapping_add(1)));
        }
        TokenChange::NoSignature => {
            let dot = characters.iter().rposition(|character| *character == '.').unwrap();
            characters.truncate(dot + 1);
        }
    }
    characters.into_iter().collect()
}

/// One part of a token, decoded, if it is text.
pub(crate) fn part(token: &str, index: usize) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index)?).ok()?;
    String::from_utf8(bytes).ok()
}
