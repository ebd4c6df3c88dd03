use std::sync::Arc;

use arc_swap::ArcSwap;

use super::compact::decode_text;
use super::header::Header;

/// The headers of tokens that were verified, by their encoded form: an issuer's tokens nearly all
/// have the same. It remembers what parsing gives and nothing that was decided.
#[derive(Debug, Default)]
pub(super) struct KnownHeaders(ArcSwap<Vec<Known>>);

type Known = (Box<[u8]>, Arc<Header>);

/// A parsed header, and whether it was known.
pub(super) enum Parsed {
    Known(Arc<Header>),
    New(Arc<Header>),
}

/// More than an issuer has keys; beyond it the memory starts afresh.
const MAX_HEADERS: usize = 16;

impl Parsed {
    pub(super) fn header(&self) -> &Arc<Header> {
        match self {
            Self::Known(header) | Self::New(header) => header,
        }
    }
}

impl KnownHeaders {
    /// Parses the encoded header, or remembers what parsing it gave.
    pub(super) fn parse(&self, encoded: &[u8]) -> Option<Parsed> {
        let known = self.0.load();
        let found = known.iter().find(|(known, _)| **known == *encoded);
        match found {
            Some((_, header)) => Some(Parsed::Known(Arc::clone(header))),
            None => Header::parse(&decode_text(encoded)?).map(Arc::new).map(Parsed::New),
        }
    }

    /// Remembers the header of a token that was verified.
    pub(super) fn note(&self, encoded: &[u8], header: &Arc<Header>) {
        self.0.rcu(|known| {
            let kept = if known.len() < MAX_HEADERS { known.as_slice() } else { &[] };
            let mut headers = kept.to_vec();
            headers.push((encoded.into(), Arc::clone(header)));
            headers
        });
    }
}
