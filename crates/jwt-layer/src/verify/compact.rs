//! The compact serialization (RFC 7515 section 3.1): three parts of strict base64url.

use base64_simd::{Out, URL_SAFE_NO_PAD};

/// A token taken apart, nothing of it decoded yet.
#[derive(Clone, Copy)]
pub(super) struct Compact<'a> {
    pub(super) header: &'a str,
    pub(super) payload: &'a str,
    pub(super) signature: &'a str,
    /// What the signature covers: the first two parts and the dot between them.
    pub(super) signed: &'a [u8],
}

impl<'a> Compact<'a> {
    /// None for anything but three parts: a JWE has five.
    pub(super) fn split(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let three = !payload.contains('.') && !signature.is_empty();
        three.then_some(Self { header, payload, signature, signed: signed.as_bytes() })
    }
}

/// Decodes base64url without padding, white space or stray bits in the last character
/// (RFC 7515 section 2), so that a token has one spelling only.
fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(part).ok()
}

/// Decodes JSON text, which is UTF-8 (RFC 8725 section 3.7).
pub(super) fn decode_text(part: &str) -> Option<String> {
    String::from_utf8(decode(part)?).ok()
}

/// Room for a decoded signature: the longest, of RSA with 8192 bits, has 1024 bytes.
pub(super) type SignatureBuffer = [u8; 1024];

/// Decodes a signature without allocating. None if it is longer than any.
pub(super) fn decode_signature<'b>(
    part: &str,
    buffer: &'b mut SignatureBuffer,
) -> Option<&'b [u8]> {
    if URL_SAFE_NO_PAD.decoded_length(part.as_bytes()).ok()? > buffer.len() {
        return None;
    }
    let decoded = URL_SAFE_NO_PAD.decode(part.as_bytes(), Out::from_slice(buffer)).ok()?;
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_parts_are_a_token() {
        for text in ["", ".", "a", "a.b", "a.b.c.d", "a.b.c.d.e", "a.b."] {
            assert!(Compact::split(text).is_none(), "{text}");
        }
        assert!(Compact::split("a.b.c").is_some());
    }

    #[test]
    fn base64url_has_one_spelling() {
        assert_eq!(decode("QQ"), Some(b"A".to_vec()));
        for other in ["QR", "QQ==", "QQ=", "Q Q", "QQ\n", "Q", "Q+", "Q/"] {
            assert_eq!(decode(other), None, "{other:?}");
        }
    }
}
