use auth_core::TokenBinding;

use super::NumericDate;
use super::strict_json::{Member, Reader, Seen};
use super::text::{Text, Texts};

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
    /// What the token is bound to; for the guard that bound it.
    pub(super) binding: Option<Text>,
    /// What the parsed form of the whole text costs at most in memory, in bytes.
    pub(super) cost: usize,
}

impl Claims {
    /// Reads the claims into the place where they stay. None if the text is not one JSON object,
    /// names a member twice anywhere, nests too deeply, or has a registered claim of another type
    /// than its RFC gives it.
    pub(super) fn read(&mut self, text: &str) -> Option<()> {
        let mut other_scope = Texts::Absent;
        let mut seen = Seen::default();
        let mut reader = Reader::new(text);
        reader.object(|reader, name| {
            let slot: Slot<'_> = match name {
                "iss" => Slot::Text(0, &mut self.issuer),
                "sub" => Slot::Text(1, &mut self.subject),
                "aud" => Slot::Texts(2, &mut self.audience),
                "exp" => Slot::Date(3, &mut self.expires_at),
                "nbf" => Slot::Date(4, &mut self.not_before),
                "iat" => Slot::Date(5, &mut self.issued_at),
                "jti" => Slot::Text(6, &mut self.id),
                "client_id" => Slot::Text(7, &mut self.client_id),
                "scope" => Slot::Texts(8, &mut self.scope),
                "scp" => Slot::Texts(9, &mut other_scope),
                "roles" => Slot::Texts(10, &mut self.roles),
                "auth_time" => Slot::Date(11, &mut self.auth_time),
                "acr" => Slot::Text(12, &mut self.acr),
                "amr" => Slot::Texts(13, &mut self.amr),
                TokenBinding::CLAIM => Slot::Text(14, &mut self.binding),
                _ => return reader.skip().map(|()| Member::Other),
            };
            slot.read(reader).map(|number| seen.note(number))
        })?;
        reader.end()?;
        if matches!(self.scope, Texts::Absent) {
            self.scope = other_scope;
        }
        self.cost = reader.cost();
        Some(())
    }
}

/// Where the value of a registered claim belongs, with a number of the claim's own.
enum Slot<'c> {
    Text(u32, &'c mut Option<Text>),
    Texts(u32, &'c mut Texts),
    Date(u32, &'c mut Option<NumericDate>),
}

impl Slot<'_> {
    /// Reads the value, and gives the number back.
    fn read(self, reader: &mut Reader<'_>) -> Option<u32> {
        match self {
            Self::Text(number, slot) => {
                *slot = Some(reader.string()?);
                Some(number)
            }
            Self::Texts(number, slot) => {
                *slot = reader.strings()?;
                Some(number)
            }
            Self::Date(number, slot) => {
                *slot = Some(reader.date()?);
                Some(number)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Claims> {
        let mut claims = Claims::default();
        claims.read(text).map(|()| claims)
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
