//! The compact serialization (RFC 7515 section 3.1): three parts of strict base64url.

use std::mem::MaybeUninit;

use base64_simd::{Out, URL_SAFE_NO_PAD};
use memchr::{memchr, memrchr};

/// A token taken apart, nothing of it decoded yet.
#[derive(Clone, Copy)]
pub(super) struct Compact<'a> {
    pub(super) header: &'a [u8],
    pub(super) payload: &'a [u8],
    pub(super) signature: &'a [u8],
    /// What the signature covers: the first two parts and the dot between them.
    pub(super) signed: &'a [u8],
}

impl<'a> Compact<'a> {
    /// None for fewer than three parts. Of more, as a JWE has, the middle ones are left together:
    /// with a dot in it they are no base64url.
    pub(super) fn split(token: &'a [u8]) -> Option<Self> {
        let (signed, signature) = split_around(token, memrchr(b'.', token)?)?;
        let (header, payload) = split_around(signed, memchr(b'.', signed)?)?;
        (!signature.is_empty()).then_some(Self { header, payload, signature, signed })
    }
}

fn split_around(bytes: &[u8], dot: usize) -> Option<(&[u8], &[u8])> {
    Some((bytes.get(..dot)?, bytes.get(dot + 1..)?))
}

/// Decodes base64url without padding, white space or stray bits in the last character
/// (RFC 7515 section 2), so that a token has one spelling only.
fn decode(part: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(part).ok()
}

/// Decodes JSON text, which is UTF-8 (RFC 8725 section 3.7).
pub(super) fn decode_text(part: &[u8]) -> Option<String> {
    String::from_utf8(decode(part)?).ok()
}

/// Room for a decoded signature: the longest, of RSA with 8192 bits, has 1024 bytes.
pub(super) type SignatureBuffer = [MaybeUninit<u8>; 1024];

/// Decodes a signature without allocating. None if it is longer than any.
pub(super) fn decode_signature<'b>(
    part: &[u8],
    buffer: &'b mut SignatureBuffer,
) -> Option<&'b [u8]> {
    if URL_SAFE_NO_PAD.decoded_length(part).ok()? > buffer.len() {
        return None;
    }
    let decoded = URL_SAFE_NO_PAD.decode(part, Out::from_uninit_slice(buffer)).ok()?;
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_parts_are_a_token() {
        for text in ["", ".", "a", "a.b", "a.b."] {
            assert!(Compact::split(text.as_bytes()).is_none(), "{text}");
        }
        for text in ["YQ.YQ.YQ.YQ", "YQ.YQ.YQ.YQ.YQ", "YQ..YQ.YQ"] {
            let payload = Compact::split(text.as_bytes()).map(|compact| compact.payload);
            assert_eq!(payload.and_then(decode), None, "{text}");
        }
        let compact = Compact::split(b"a.b.c").unwrap();
        assert_eq!((compact.payload, compact.signed), (b"b".as_slice(), b"a.b".as_slice()));
    }

    #[test]
    fn base64url_has_one_spelling() {
        assert_eq!(decode(b"QQ"), Some(b"A".to_vec()));
        for other in ["QR", "QQ==", "QQ=", "Q Q", "QQ\n", "Q", "Q+", "Q/"] {
            assert_eq!(decode(other.as_bytes()), None, "{other:?}");
        }
    }
}
