use http::{HeaderMap, HeaderName};

use super::origin::{self, Said};

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What `X-Forwarded-Proto` and `X-Forwarded-Host` say at a hop, counted from the right from 1. Most
/// proxies write one value in place of what was there, so the leftmost stands for those that are not
/// there.
pub(super) fn target(headers: &HeaderMap, hop: usize) -> Said {
    let said = |name| at(headers, name, hop);
    let scheme = said(X_FORWARDED_PROTO).and_then(origin::scheme);
    (scheme, said(X_FORWARDED_HOST).and_then(origin::host))
}

fn at(headers: &HeaderMap, name: HeaderName, hop: usize) -> Option<&[u8]> {
    let lines = headers.get_all(name).into_iter().rev();
    let elements = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    elements.take(hop).last().map(<[u8]>::trim_ascii)
}
