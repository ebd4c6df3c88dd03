//! Where the verdicts differ on purpose. Whatever is not covered here fails the comparison.

use std::fmt;

use serde_json::{Map, Value};

use crate::judges::{LEEWAY, part};

/// A token as it is looked at to find out whether an exception covers it.
#[derive(Debug)]
pub(crate) struct Subject {
    length: usize,
    header_text: String,
    payload_text: String,
    header: Map<String, Value>,
    payload: Value,
    key_id: String,
    now: f64,
}

/// One difference, and which tokens it is about.
pub(crate) trait Exception: fmt::Debug {
    fn covers(&self, subject: &Subject) -> bool;

    /// The rule that it comes from.
    fn reason(&self) -> &'static str;
}

/// What `jsonwebtoken` accepts and we refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StricterOnPurpose {
    CriticalExtension,
    NameTwice,
    OtherType,
    NullParameter,
    OtherKeyId,
    NoObject,
    ClaimOfWrongType,
    IssuedInFuture,
    AbsurdDate,
    LastSecond,
    FractionOfSecond,
    TooLong,
    TooDeep,
}

/// What `jsonwebtoken` refuses and we accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LaxerOnPurpose {
    FullySpecifiedName,
    NegativeNotBefore,
    UnreadParameter,
}

impl StricterOnPurpose {
    pub(crate) const ALL: [Self; 13] = [
        Self::CriticalExtension,
        Self::NameTwice,
        Self::OtherType,
        Self::NullParameter,
        Self::OtherKeyId,
        Self::NoObject,
        Self::ClaimOfWrongType,
        Self::IssuedInFuture,
        Self::AbsurdDate,
        Self::LastSecond,
        Self::FractionOfSecond,
        Self::TooLong,
        Self::TooDeep,
    ];
}

impl LaxerOnPurpose {
    pub(crate) const ALL: [Self; 3] =
        [Self::FullySpecifiedName, Self::NegativeNotBefore, Self::UnreadParameter];
}

impl Exception for StricterOnPurpose {
    fn covers(&self, subject: &Subject) -> bool {
        match self {
            Self::CriticalExtension => subject.header.contains_key("crit"),
            Self::NameTwice => {
                names_twice(&subject.header_text) || names_twice(&subject.payload_text)
            }
            Self::OtherType => {
                let token_type = subject.header.get("typ").and_then(Value::as_str);
                token_type.is_some_and(|name| !is_jwt(name))
            }
            Self::NullParameter => {
                ["typ", "kid"].iter().any(|name| subject.header.get(*name) == Some(&Value::Null))
            }
            Self::OtherKeyId => {
                let key_id = subject.header.get("kid").and_then(Value::as_str);
                key_id.is_some_and(|id| id != subject.key_id)
            }
            Self::NoObject => !subject.payload.is_object(),
            Self::ClaimOfWrongType => subject.has_claim_of_wrong_type(),
            Self::IssuedInFuture => {
                subject.date("iat").is_some_and(|at| at > subject.now + leeway())
            }
            Self::AbsurdDate => {
                let dates = ["exp", "nbf", "iat", "auth_time"];
                dates
                    .iter()
                    .filter_map(|name| subject.date(name))
                    .any(|date| date.floor().abs() > 253_402_300_799.0)
            }
            // They round `exp` to a whole second, and let that second pass.
            Self::LastSecond => {
                let over = |exp: f64| subject.now - (exp + leeway());
                subject.date("exp").is_some_and(|exp| (-0.000_001..=0.5).contains(&over(exp)))
            }
            Self::FractionOfSecond => {
                let ahead = |nbf: f64| nbf - (subject.now + leeway());
                subject.date("nbf").is_some_and(|nbf| (0.0..0.5).contains(&ahead(nbf)))
            }
            Self::TooLong => subject.length > 8 * 1024,
            Self::TooDeep => {
                depth(&subject.payload) > 16
                    || subject.header.values().any(|value| depth(value) > 15)
            }
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::CriticalExtension => {
                "RFC 7515 section 4.1.11: an extension that is not understood makes the JWS invalid"
            }
            Self::NameTwice => {
                "RFC 7515 section 4, RFC 7519 section 4: names must be unique; two parsers may \
                 read two things"
            }
            Self::OtherType => {
                "RFC 8725 section 3.11: `typ` says that the token is for another purpose"
            }
            Self::NullParameter => "RFC 7515 sections 4.1.4, 4.1.9: `kid` and `typ` are strings",
            Self::OtherKeyId => "RFC 7515 section 4.1.4: `kid` says which key has signed",
            Self::NoObject => "RFC 7519 section 7.2: the claims set is a JSON object",
            Self::ClaimOfWrongType => {
                "RFC 7519 section 4.1, RFC 9068 section 2.2: claims have the types given there"
            }
            Self::IssuedInFuture => "RFC 7519 section 4.1.6: `iat` is when it was issued",
            Self::AbsurdDate => {
                "a date beyond the year 9999 is a mistake or an attempt to overflow"
            }
            Self::LastSecond => "RFC 7519 section 4.1.4: not accepted on or after `exp`",
            Self::FractionOfSecond => {
                "RFC 7519 sections 2, 4.1.5: a date may have a fraction, and counts to it"
            }
            Self::TooLong | Self::TooDeep => {
                "RFC 8725 section 3: input that costs more than a token is worth"
            }
        }
    }
}

impl Exception for LaxerOnPurpose {
    fn covers(&self, subject: &Subject) -> bool {
        match self {
            Self::FullySpecifiedName => subject.header.get("alg") == Some(&"Ed25519".into()),
            Self::NegativeNotBefore => subject.date("nbf").is_some_and(|nbf| nbf < 0.0),
            Self::UnreadParameter => {
                subject.header.iter().any(|(name, value)| {
                    matches!(
                        name.as_str(),
                        "cty"
                            | "jku"
                            | "jwk"
                            | "x5u"
                            | "x5c"
                            | "x5t"
                            | "x5t#S256"
                            | "zip"
                            | "enc"
                            | "url"
                            | "nonce"
                    ) && !value.is_null()
                        && !value.is_string()
                }) || subject.header.contains_key("jwk")
                    || subject.header.contains_key("x5c")
            }
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::FullySpecifiedName => {
                "RFC 9864 section 2.2: `Ed25519` replaces `EdDSA`; jsonwebtoken does not know it"
            }
            Self::NegativeNotBefore => {
                "RFC 7519 section 2: a date is any number; what was good before 1970 is good now"
            }
            Self::UnreadParameter => {
                "RFC 7515 section 4: what is not understood is ignored; RFC 8725 section 3.10: \
                 key material in a header is never looked at, so its form can't matter"
            }
        }
    }
}

fn leeway() -> f64 {
    f64::from(u32::try_from(LEEWAY).unwrap())
}

impl Subject {
    pub(crate) fn of(token: &str, key_id: &str, now: u64) -> Self {
        let text = |index| part(token, index).unwrap_or_default();
        let value = |index| serde_json::from_str::<Value>(&text(index)).unwrap_or_default();
        Self {
            length: token.len(),
            header_text: text(0),
            payload_text: text(1),
            header: value(0).as_object().cloned().unwrap_or_default(),
            payload: value(1),
            key_id: key_id.to_owned(),
            now: f64::from(u32::try_from(now).unwrap()),
        }
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.payload.get(name)
    }

    fn date(&self, name: &str) -> Option<f64> {
        self.claim(name)?.as_f64()
    }

    fn has_claim_of_wrong_type(&self) -> bool {
        let is_text = |name: &&str| self.claim(name).is_some_and(|claim| !claim.is_string());
        let is_date = |name: &&str| self.claim(name).is_some_and(|claim| !claim.is_number());
        let is_list = |name: &&str| self.claim(name).is_some_and(|claim| !is_one_or_many(claim));
        ["iss", "sub", "jti", "client_id", "acr"].iter().any(is_text)
            || ["exp", "nbf", "iat", "auth_time"].iter().any(is_date)
            || ["aud", "scope", "scp", "roles", "amr"].iter().any(is_list)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { header_text, payload_text, now, .. } = self;
        write!(f, "header  {header_text}\npayload {payload_text}\nnow     {now}")
    }
}

fn is_one_or_many(claim: &Value) -> bool {
    match claim {
        Value::String(_) => true,
        Value::Array(elements) => elements.iter().all(Value::is_string),
        _ => false,
    }
}

fn is_jwt(token_type: &str) -> bool {
    let lower = token_type.to_ascii_lowercase();
    matches!(lower.strip_prefix("application/").unwrap_or(&lower), "jwt" | "at+jwt")
}

/// How deep arrays and objects nest, the outermost included.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// Whether an object of the text, at any depth, has a name twice.
fn names_twice(text: &str) -> bool {
    serde_json::from_str::<unique::Unique>(text)
        .is_err_and(|error| error.to_string().contains("twice"))
}

mod unique {
    use std::collections::HashSet;
    use std::fmt;

    use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

    /// Any JSON value whose objects have unique names.
    pub(super) struct Unique;

    impl<'de> Deserialize<'de> for Unique {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Self)
        }
    }

    impl<'de> Visitor<'de> for Unique {
        type Value = Self;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_unit<E>(self) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_str<E>(self, _: &str) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self, A::Error> {
            while elements.next_element::<Self>()?.is_some() {}
            Ok(self)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
            let mut names = HashSet::new();
            while let Some((name, _)) = members.next_entry::<String, Self>()? {
                if !names.insert(name) {
                    return Err(A::Error::custom("a name twice"));
                }
            }
            Ok(self)
        }
    }
}
