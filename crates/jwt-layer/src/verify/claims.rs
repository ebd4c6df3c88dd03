use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::NumericDate;
use super::strict_json::{Checked, Cost, Name, Names, Str, once};

/// The claims that verifying and authorizing need (RFC 7519 section 4.1, RFC 9068 section 2.2),
/// as places in the payload's text.
#[derive(Debug, Default)]
pub(super) struct Claims {
    pub(super) issuer: Option<Text>,
    pub(super) subject: Option<Text>,
    pub(super) audience: Texts,
    pub(super) expires_at: Option<NumericDate>,
    pub(super) not_before: Option<NumericDate>,
    pub(super) issued_at: Option<NumericDate>,
    pub(super) id: Option<Text>,
    pub(super) client_id: Option<Text>,
    pub(super) scope: Texts,
    pub(super) roles: Texts,
    pub(super) auth_time: Option<NumericDate>,
    pub(super) acr: Option<Text>,
    pub(super) amr: Texts,
}

/// A string of the payload: where it stands in the text, or itself if it had escapes.
#[derive(Clone, Debug)]
pub(super) enum Text {
    At(Range<usize>),
    Own(Box<str>),
}

/// One string or an array of strings, as `aud` may be (RFC 7519 section 4.1.3).
#[derive(Clone, Debug, Default)]
pub(super) enum Texts {
    #[default]
    Absent,
    One(Text),
    Many(Box<[Text]>),
}

impl Text {
    fn of(text: &str, part: Cow<'_, str>) -> Self {
        match part {
            Cow::Borrowed(part) => match part.as_ptr().addr().checked_sub(text.as_ptr().addr()) {
                Some(start) => Self::At(start..start.saturating_add(part.len())),
                None => Self::Own(part.into()),
            },
            Cow::Owned(part) => Self::Own(part.into()),
        }
    }

    pub(super) fn get<'a>(&'a self, text: &'a str) -> &'a str {
        match self {
            Self::At(range) => text.get(range.clone()).unwrap_or_default(),
            Self::Own(part) => part,
        }
    }
}

impl Texts {
    pub(super) fn iter<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let texts = match self {
            Self::Absent => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        };
        texts.iter().map(|part| part.get(text))
    }

    fn of(text: &str, parts: OneOrMany<'_>) -> Self {
        match parts {
            OneOrMany::One(part) => Self::One(Text::of(text, part)),
            OneOrMany::Many(parts) => {
                Self::Many(parts.into_iter().map(|Str(part)| Text::of(text, part)).collect())
            }
        }
    }
}

impl Claims {
    /// None if the text is not one JSON object, names a member twice anywhere, nests too deeply,
    /// or has a registered claim of another type than its RFC gives it.
    pub(super) fn parse(text: &str, cost: &mut Cost) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let claims = ClaimsSeed { text, cost }.deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(claims)
    }
}

#[derive(Default)]
struct RawClaims<'a> {
    iss: Option<Str<'a>>,
    sub: Option<Str<'a>>,
    aud: Option<OneOrMany<'a>>,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
    jti: Option<Str<'a>>,
    client_id: Option<Str<'a>>,
    scope: Option<OneOrMany<'a>>,
    scp: Option<OneOrMany<'a>>,
    roles: Option<OneOrMany<'a>>,
    auth_time: Option<NumericDate>,
    acr: Option<Str<'a>>,
    amr: Option<OneOrMany<'a>>,
}

impl<'a> RawClaims<'a> {
    /// Reads the member if it is one of ours.
    fn read<A>(&mut self, name: &str, members: &mut A) -> Result<bool, A::Error>
    where
        A: MapAccess<'a>,
    {
        match name {
            "iss" => once(&mut self.iss, members)?,
            "sub" => once(&mut self.sub, members)?,
            "aud" => once(&mut self.aud, members)?,
            "exp" => once(&mut self.exp, members)?,
            "nbf" => once(&mut self.nbf, members)?,
            "iat" => once(&mut self.iat, members)?,
            "jti" => once(&mut self.jti, members)?,
            "client_id" => once(&mut self.client_id, members)?,
            "scope" => once(&mut self.scope, members)?,
            "scp" => once(&mut self.scp, members)?,
            "roles" => once(&mut self.roles, members)?,
            "auth_time" => once(&mut self.auth_time, members)?,
            "acr" => once(&mut self.acr, members)?,
            "amr" => once(&mut self.amr, members)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn locate(self, text: &str) -> Claims {
        let place = |part: Option<Str<'_>>| part.map(|Str(part)| Text::of(text, part));
        let places = |parts: Option<OneOrMany<'_>>| {
            parts.map(|parts| Texts::of(text, parts)).unwrap_or_default()
        };
        Claims {
            issuer: place(self.iss),
            subject: place(self.sub),
            audience: places(self.aud),
            expires_at: self.exp,
            not_before: self.nbf,
            issued_at: self.iat,
            id: place(self.jti),
            client_id: place(self.client_id),
            scope: places(self.scope.or(self.scp)),
            roles: places(self.roles),
            auth_time: self.auth_time,
            acr: place(self.acr),
            amr: places(self.amr),
        }
    }
}

struct ClaimsSeed<'t, 'c> {
    text: &'t str,
    cost: &'c mut Cost,
}

impl<'de> DeserializeSeed<'de> for ClaimsSeed<'_, '_> {
    type Value = Claims;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Claims, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ClaimsSeed<'_, '_> {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JWT claims set")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Claims, A::Error> {
        let mut raw = RawClaims::default();
        let mut others = Names::default();
        self.cost.object();
        self.cost.string(self.text);
        while let Some(Str(name)) = members.next_key::<Name<'de>>()? {
            self.cost.member("");
            if !raw.read(&name, &mut members)? {
                others.note::<A::Error>(name)?;
                members.next_value_seed(Checked::member(self.cost))?;
            }
        }
        Ok(raw.locate(self.text))
    }
}

enum OneOrMany<'a> {
    One(Cow<'a, str>),
    Many(Vec<Str<'a>>),
}

impl<'de> Deserialize<'de> for OneOrMany<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an array of strings")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<OneOrMany<'de>, E> {
        Ok(OneOrMany::One(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany<'de>, E> {
        Ok(OneOrMany::One(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<OneOrMany<'de>, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = elements.next_element()? {
            texts.push(text);
        }
        Ok(OneOrMany::Many(texts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Claims> {
        Claims::parse(text, &mut Cost::default())
    }

    #[test]
    fn claims_are_found_where_they_stand() {
        let text = r#"{"iss":"me","aud":["a","\u0062"],"scope":"x y","other":{"deep":[1]}}"#;
        let claims = parse(text).unwrap();
        assert_eq!(claims.issuer.unwrap().get(text), "me");
        assert_eq!(claims.audience.iter(text).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(claims.scope.iter(text).collect::<Vec<_>>(), ["x y"]);
    }

    #[test]
    fn a_claim_that_stands_twice_is_refused() {
        for text in [
            r#"{"sub":"a","sub":"b"}"#,
            r#"{"sub":"a","s\u0075b":"b"}"#,
            r#"{"mine":1,"mine":1}"#,
            r#"{"mine":[{"a":1,"a":2}]}"#,
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_found_among_hundreds() {
        let names: Vec<_> = (0..500).map(|n| format!(r#""n{n}":0"#)).collect();
        assert!(parse(&format!("{{{}}}", names.join(","))).is_some());
        assert!(parse(&format!("{{{},\"n250\":0}}", names.join(","))).is_none());
    }

    #[test]
    fn a_registered_claim_of_another_type_is_refused() {
        for claim in ["\"exp\":\"1\"", "\"iss\":1", "\"aud\":{}", "\"aud\":[1]", "\"nbf\":null"] {
            assert!(parse(&format!("{{{claim}}}")).is_none(), "{claim}");
        }
    }

    #[test]
    fn only_one_json_object_in_utf_8_is_a_claims_set() {
        for text in ["", "[]", "null", "1", "{}{}", "{} x", r#"{"a":"\ud800"}"#, "{\"a\":1,}"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
