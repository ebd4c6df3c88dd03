//! What the fuzz targets share: a slow reading of claims, to compare the fast one with.

mod reference;
mod unique;

pub use reference::{NOW, Reading};
pub use unique::parse_unique;

/// The text in base64url, where it is the only spelling of what it says.
pub fn decode(part: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    (URL_SAFE_NO_PAD.encode(&bytes) == part).then_some(bytes)
}
