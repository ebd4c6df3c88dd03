use super::strict_json::{Member, Reader};
use super::text::Text;

/// What verifying needs of a JOSE header (RFC 7515 section 4). Key material in it (`jwk`, `jku`,
/// `x5u`, `x5c`) is never looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Box<str>,
    pub(super) key_id: Option<Box<str>>,
    pub(super) token_type: Option<Box<str>>,
}

impl Header {
    /// None if it is no JSON object with an `alg`, names a member twice, or has a `crit`: no
    /// extension is understood here (RFC 7515 section 4.1.11).
    pub(super) fn parse(json: &str) -> Option<Self> {
        let (mut algorithm, mut key_id, mut token_type) = (None, None, None);
        let mut reader = Reader::new(json);
        reader.object(|reader, name| {
            match name {
                "alg" => algorithm = Some(reader.string()?),
                "kid" => key_id = Some(reader.string()?),
                "typ" => token_type = Some(reader.string()?),
                "crit" => return None,
                _ => reader.skip()?,
            }
            Some(Member::Other)
        })?;
        reader.end()?;
        let own = |text: Text| Box::from(text.get(json));
        Some(Self {
            algorithm: own(algorithm?),
            key_id: key_id.map(own),
            token_type: token_type.map(own),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_gives_algorithm_key_id_and_type() {
        let header = Header::parse(r#"{"alg":"HS256","kid":"k","typ":"JWT","x":[{"y":1}]}"#);
        let header = header.unwrap();
        assert_eq!(&*header.algorithm, "HS256");
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
