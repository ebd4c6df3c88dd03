use axum::extract::OriginalUri;
use http::header::{HOST, REFERER};
use http::{HeaderName, Method, Request, Uri};

/// Where the user of a request that is interrupted goes when the challenge is met: a path of this
/// host, to be asked for with `GET`. None where there is no such place.
///
/// That is what the request asked for, or, if it was to change something, the page of this host
/// that it was sent from. It is never sent again.
pub(super) fn of<B>(request: &Request<B>) -> Option<String> {
    let place = match *request.method() {
        Method::GET | Method::HEAD => Some(path_and_query(target(request))),
        _ => sent_from(request),
    };
    place.filter(|path| stays_here(path))
}

/// The request's target, also within a nested router.
pub(super) fn target<B>(request: &Request<B>) -> &Uri {
    let original = request.extensions().get::<OriginalUri>();
    original.map_or(request.uri(), |OriginalUri(uri)| uri)
}

fn path_and_query(uri: &Uri) -> String {
    uri.path_and_query().map_or("/", |both| both.as_str()).to_owned()
}

fn sent_from<B>(request: &Request<B>) -> Option<String> {
    let header = |name: HeaderName| request.headers().get(name)?.to_str().ok();
    let page: Uri = header(REFERER)?.parse().ok()?;
    let host = request.uri().authority().map_or_else(|| header(HOST), |host| Some(host.as_str()));
    (page.authority()?.as_str() == host?).then(|| path_and_query(&page))
}

/// No browser takes it for another host's (`//host`, `/\host`).
fn stays_here(path: &str) -> bool {
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    path.starts_with('/') && !path.starts_with("//") && is_plain && path.len() <= LONGEST
}

/// Longer ones are not worth their place in the session.
const LONGEST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, uri: &str, referer: &str, expected: Option<&str>) {
        let request = Request::builder().method(method).uri(uri).header(HOST, "shop.example");
        let request = request.header(REFERER, referer).body(()).unwrap();
        assert_eq!(of(&request).as_deref(), expected);
    }

    #[test]
    fn a_page_is_its_own_way_back() {
        check("GET", "/orders?page=2", "", Some("/orders?page=2"));
    }

    #[test]
    fn a_change_leads_back_to_the_page_that_it_was_sent_from() {
        check("POST", "/checkout", "https://shop.example/cart?x=1", Some("/cart?x=1"));
    }

    #[test]
    fn a_change_from_elsewhere_has_no_way_back() {
        check("POST", "/checkout", "https://evil.example/cart", None);
        check("POST", "/checkout", "", None);
    }

    #[test]
    fn a_way_back_never_leads_to_another_host() {
        for path in ["//evil.example/", "/\\evil.example", "//evil.example/%2f.."] {
            let referer = format!("https://shop.example{path}");
            check("POST", "/checkout", &referer, None);
        }
        check("GET", "//evil.example/", "", None);
    }

    #[test]
    fn a_way_back_has_a_bounded_length() {
        check("GET", &format!("/{}", "a".repeat(2000)), "", None);
    }
}
