//! Every listed exception is real: it has a token on which the verdicts differ, and which it
//! covers.

use jwt_layer::Algorithm;
use serde_json::{Value, json};

use crate::exceptions::{Exception, LaxerOnPurpose, StricterOnPurpose, Subject};
use crate::judges::Judges;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    OnlyTheyAccept,
    OnlyWeAccept,
}

#[track_caller]
fn check(exception: impl Exception, who: Who, algorithm: Algorithm, header: Value, build: Build) {
    let judges = Judges::new();
    let issuer = judges.issuer(algorithm);
    // The second may change between building and judging: then once more.
    let (token, verdicts) = loop {
        let now = judges.verdicts(algorithm, "").now;
        let token = issuer.sign_raw(header.to_string(), build(now));
        let verdicts = judges.verdicts(algorithm, &token);
        if verdicts.now == now {
            break (token, verdicts);
        }
    };
    let subject = Subject::of(&token, judges.key_id(algorithm), verdicts.now);
    assert_eq!(verdicts.ours.is_ok(), who == Who::OnlyWeAccept, "{verdicts:?}\n{subject}");
    assert_eq!(verdicts.theirs.is_ok(), who == Who::OnlyTheyAccept, "{verdicts:?}\n{subject}");
    assert!(exception.covers(&subject), "{exception:?} does not cover\n{subject}");
    assert!(!exception.reason().is_empty());
}

/// Makes a payload for this second.
type Build = fn(u64) -> String;

fn good(now: u64) -> Value {
    json!({"iss": "https://issuer.test", "aud": "https://api.test", "exp": now + 60, "sub": "a"})
}

fn good_text(now: u64) -> String {
    good(now).to_string()
}

fn with(now: u64, claims: &Value) -> String {
    let mut payload = good(now);
    let members = payload.as_object_mut().unwrap();
    members.extend(claims.as_object().unwrap().clone());
    payload.to_string()
}

#[track_caller]
fn only_they_accept(exception: StricterOnPurpose, header: Value, build: Build) {
    check(exception, Who::OnlyTheyAccept, Algorithm::HS256, header, build);
}

#[test]
fn every_case_where_we_are_stricter_is_one() {
    use StricterOnPurpose as Stricter;
    for exception in Stricter::ALL {
        let plain = json!({"alg": "HS256"});
        match exception {
            Stricter::CriticalExtension => {
                only_they_accept(exception, json!({"alg": "HS256", "crit": ["exp"]}), good_text);
            }
            Stricter::NameTwice => only_they_accept(exception, plain, |now| {
                good_text(now).replacen('{', r#"{"sub":"b","#, 1).replace("sub", "mine")
            }),
            Stricter::OtherType => {
                only_they_accept(exception, json!({"alg": "HS256", "typ": "dpop+jwt"}), good_text);
            }
            Stricter::NullParameter => {
                only_they_accept(exception, json!({"alg": "HS256", "kid": null}), good_text);
            }
            Stricter::OtherKeyId => {
                only_they_accept(exception, json!({"alg": "HS256", "kid": "x"}), good_text);
            }
            Stricter::NoObject => only_they_accept(exception, plain, |now| {
                let (exp, nbf) = (now + 60, now);
                json!([exp, nbf, "a", "https://issuer.test", "https://api.test"]).to_string()
            }),
            Stricter::ClaimOfWrongType => only_they_accept(exception, plain, |now| {
                with(now, &json!({"iss": ["evil", "https://issuer.test"]}))
            }),
            Stricter::IssuedInFuture => {
                only_they_accept(exception, plain, |now| with(now, &json!({"iat": now + 3600})));
            }
            Stricter::AbsurdDate => {
                only_they_accept(exception, plain, |now| with(now, &json!({"exp": 1e18})));
            }
            Stricter::LastSecond => {
                only_they_accept(exception, plain, |now| with(now, &json!({"exp": now - 30})));
            }
            Stricter::FractionOfSecond => only_they_accept(exception, plain, |now| {
                good_text(now).replacen('{', &format!(r#"{{"nbf":{}.25,"#, now + 30), 1)
            }),
            Stricter::TooLong => only_they_accept(exception, plain, |now| {
                with(now, &json!({"mine": "x".repeat(8 * 1024)}))
            }),
            Stricter::TooDeep => only_they_accept(exception, plain, |now| {
                let deep = "[".repeat(16) + &"]".repeat(16);
                good_text(now).replacen('{', &format!(r#"{{"mine":{deep},"#), 1)
            }),
        }
    }
}

#[test]
fn every_case_where_we_are_laxer_is_one() {
    use LaxerOnPurpose as Laxer;
    for exception in Laxer::ALL {
        let (algorithm, header, build): (_, _, Build) = match exception {
            Laxer::FullySpecifiedName => (Algorithm::Ed25519, json!({"alg": "Ed25519"}), good_text),
            Laxer::NegativeNotBefore => {
                (Algorithm::HS256, json!({"alg": "HS256"}), |now| with(now, &json!({"nbf": -1})))
            }
            Laxer::UnreadParameter => {
                (Algorithm::HS256, json!({"alg": "HS256", "x5c": 1}), good_text)
            }
        };
        check(exception, Who::OnlyWeAccept, algorithm, header, build);
    }
}
