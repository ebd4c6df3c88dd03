use http::header::HOST;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Uri};

/// What a proxy says of the request that it had: the scheme, and the host.
pub(super) type Said = (Option<Scheme>, Option<Authority>);

pub(super) fn scheme(text: &[u8]) -> Option<Scheme> {
    let is = |scheme: &Scheme| text.eq_ignore_ascii_case(scheme.as_str().as_bytes());
    [Scheme::HTTPS, Scheme::HTTP].into_iter().find(is)
}

/// A host with or without a port, and nothing before it (RFC 9110 section 7.2).
pub(super) fn host(text: &[u8]) -> Option<Authority> {
    let host = Authority::try_from(text).ok()?;
    (!host.host().is_empty() && !host.as_str().contains('@')).then_some(host)
}

/// What the request itself says, as this server has it.
pub(super) fn own_host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let header = || headers.get(HOST).and_then(|value| host(value.as_bytes()));
    uri.authority().cloned().or_else(header)
}
