use auth_core::TargetOrigin;
use http::header::{HOST, ORIGIN, UPGRADE};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};

/// Whether a request may go on.
pub(super) fn may_pass<B>(request: &Request<B>, trusted: &[HeaderValue]) -> bool {
    if !opens_websocket(request.method(), request.headers()) {
        return true;
    }
    let mut origins = request.headers().get_all(ORIGIN).into_iter();
    match (origins.next(), origins.next()) {
        // Browsers always say it (RFC 6455 section 4.1).
        (None, _) => true,
        (Some(origin), None) => trusted.contains(origin) || is_own(origin, request),
        (Some(_), Some(_)) => false,
    }
}

/// Over HTTP/2 and HTTP/3 it is an extended `CONNECT` (RFC 8441); a plain one is for proxies.
fn opens_websocket(method: &Method, headers: &HeaderMap) -> bool {
    let lines = headers.get_all(UPGRADE).into_iter().map(HeaderValue::as_bytes);
    let mut protocols = lines.flat_map(|line| line.split(|byte| *byte == b','));
    let is_websocket = |name: &[u8]| name.trim_ascii().eq_ignore_ascii_case(b"websocket");
    method == Method::CONNECT || protocols.any(is_websocket)
}

/// Whether the origin has the scheme, host and port that the client has asked for.
fn is_own<B>(origin: &HeaderValue, request: &Request<B>) -> bool {
    let Some((scheme, host)) = parts(origin) else { return false };
    let target = request.extensions().get::<TargetOrigin>();
    let asked = target.and_then(TargetOrigin::scheme);
    let own = target.and_then(TargetOrigin::host).cloned().or_else(|| own_host(request));
    asked.is_none_or(|asked| *asked == scheme) && own.is_some_and(|own| same(&host, &own, &scheme))
}

/// None for `null` and for what no browser sends.
fn parts(origin: &HeaderValue) -> Option<(Scheme, Authority)> {
    let origin = Uri::try_from(origin.as_bytes()).ok()?;
    let parts = origin.into_parts();
    let scheme = parts.scheme.filter(|scheme| [Scheme::HTTP, Scheme::HTTPS].contains(scheme))?;
    Some((scheme, parts.authority?))
}

fn own_host<B>(request: &Request<B>) -> Option<Authority> {
    let header = || Authority::try_from(request.headers().get(HOST)?.as_bytes()).ok();
    request.uri().authority().cloned().or_else(header)
}

/// Browsers leave out the port that is the scheme's own; others may not.
fn same(host: &Authority, own: &Authority, scheme: &Scheme) -> bool {
    let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let port = |authority: &Authority| authority.port_u16().unwrap_or(usual);
    host.host().eq_ignore_ascii_case(own.host()) && port(host) == port(own)
}

/// Whether an origin could ever be one that a browser sends.
pub(super) fn is_as_browsers_send(origin: &HeaderValue) -> bool {
    let Some((scheme, host)) = parts(origin) else { return false };
    let usual = if scheme == Scheme::HTTPS { 443 } else { 80 };
    let written = format!("{scheme}://{}", host.as_str().to_ascii_lowercase());
    origin.as_bytes() == written.as_bytes()
        && host.port_u16() != Some(usual)
        && !host.as_str().contains('@')
}
