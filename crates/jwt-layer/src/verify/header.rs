use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::strict_json::{Checked, Cost, Name, Names, Str, once};

/// What verifying needs of a JOSE header (RFC 7515 section 4). Key material in it (`jwk`, `jku`,
/// `x5u`, `x5c`) is never looked at.
#[derive(Debug)]
pub(super) struct Header<'a> {
    pub(super) algorithm: Cow<'a, str>,
    pub(super) key_id: Option<Cow<'a, str>>,
    pub(super) token_type: Option<Cow<'a, str>>,
}

impl<'a> Header<'a> {
    /// None if it is no JSON object with an `alg`, names a member twice, or has a `crit`: no
    /// extension is understood here (RFC 7515 section 4.1.11).
    pub(super) fn parse(json: &'a str) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let header = HeaderSeed.deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(header)
    }
}

struct HeaderSeed;

impl<'de> DeserializeSeed<'de> for HeaderSeed {
    type Value = Header<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Header<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for HeaderSeed {
    type Value = Header<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JOSE header")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Header<'de>, A::Error> {
        let (mut alg, mut kid, mut typ) = (None::<Str<'de>>, None::<Str<'de>>, None::<Str<'de>>);
        let mut others = Names::default();
        while let Some(Str(name)) = members.next_key::<Name<'de>>()? {
            match name.as_ref() {
                "alg" => once(&mut alg, &mut members)?,
                "kid" => once(&mut kid, &mut members)?,
                "typ" => once(&mut typ, &mut members)?,
                "crit" => return Err(A::Error::custom("no extension is understood")),
                _ => {
                    others.note::<A::Error>(name)?;
                    members.next_value_seed(Checked::member(&mut Cost::default()))?;
                }
            }
        }
        let Str(algorithm) = alg.ok_or_else(|| A::Error::missing_field("alg"))?;
        Ok(Header { algorithm, key_id: kid.map(|id| id.0), token_type: typ.map(|typ| typ.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_gives_algorithm_key_id_and_type() {
        let header = Header::parse(r#"{"alg":"HS256","kid":"k","typ":"JWT","x":[{"y":1}]}"#);
        let header = header.unwrap();
        assert_eq!(header.algorithm, "HS256");
        assert_eq!(header.key_id.as_deref(), Some("k"));
        assert_eq!(header.token_type.as_deref(), Some("JWT"));
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_however_it_is_spelled() {
        for json in [
            r#"{"alg":"RS256","alg":"none"}"#,
            r#"{"alg":"RS256","\u0061lg":"none"}"#,
            r#"{"alg":"RS256","x":1,"x":1}"#,
            r#"{"alg":"RS256","x":{"y":1,"y":1}}"#,
        ] {
            assert!(Header::parse(json).is_none(), "{json}");
        }
    }

    #[test]
    fn any_crit_is_refused() {
        for crit in [r#"["b64"]"#, "[]", r#"["crit"]"#, "null"] {
            assert!(Header::parse(&format!(r#"{{"alg":"RS256","crit":{crit}}}"#)).is_none());
        }
    }

    #[test]
    fn only_an_object_with_an_alg_is_a_header() {
        for json in ["", "{}", "[]", "null", r#"{"alg":1}"#, r#"{"alg":null}"#, r#"{"alg":"a"}x"#] {
            assert!(Header::parse(json).is_none(), "{json}");
        }
    }

    #[test]
    fn a_header_that_nests_too_deeply_is_refused() {
        let deep =
            |levels| format!(r#"{{"alg":"a","x":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        assert!(Header::parse(&deep(15)).is_some());
        assert!(Header::parse(&deep(16)).is_none());
        assert!(Header::parse(&deep(4000)).is_none());
    }
}
