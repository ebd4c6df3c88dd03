use http::HeaderMap;

use super::Affinity;
use super::config::Config;
use crate::cookie::{self, SignedBy};

/// What a request's cookie means, and whether the response has to bring a new one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) affinity: Affinity,
    pub(super) sets_cookie: bool,
}

pub(super) fn decide(config: &Config, headers: &HeaderMap) -> Decision {
    match believed(config, headers) {
        None => Decision { affinity: Affinity::New, sets_cookie: true },
        Some((name, _)) if name != config.instance => {
            Decision { affinity: Affinity::Moved { from: name.into() }, sets_cookie: true }
        }
        Some((_, signed_by)) => Decision {
            affinity: Affinity::Kept,
            sets_cookie: config.sliding || signed_by == SignedBy::Older,
        },
    }
}

/// The instance that the request's only cookie of the name names.
fn believed<'a>(config: &'a Config, headers: &'a HeaderMap) -> Option<(&'a str, SignedBy)> {
    let mut values = cookie::values(headers, &config.cookie_name);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let value = str::from_utf8(value).ok().filter(|value| cookie::is_value(value))?;
    match &config.signer {
        Some(signer) => signer.verify(value),
        None => Some((value, SignedBy::Current)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::affinity::{AffinityBuilder, AffinityLayer};
    use http::header::COOKIE;

    fn decision(builder: AffinityBuilder, cookie: &str) -> Decision {
        let headers = HeaderMap::from_iter([(COOKIE, cookie.parse().unwrap())]);
        decide(builder.build().unwrap().config(), &headers)
    }

    #[track_caller]
    fn check(builder: AffinityBuilder, cookie: &str, affinity: Affinity, sets_cookie: bool) {
        assert_eq!(decision(builder, cookie), Decision { affinity, sets_cookie });
    }

    fn builder() -> AffinityBuilder {
        AffinityLayer::builder("api-1")
    }

    fn signed_value(instance: &str, key: u8) -> String {
        let layer = AffinityLayer::builder(instance).signed([key; 32]).build().unwrap();
        let set_cookie = layer.config().set_cookie.to_str().unwrap().to_owned();
        set_cookie.split(';').next().unwrap().to_owned()
    }

    fn moved(from: &str) -> Affinity {
        Affinity::Moved { from: from.into() }
    }

    #[test]
    fn a_client_without_the_cookie_gets_it() {
        check(builder(), "other=api-1", Affinity::New, true);
    }

    #[test]
    fn a_client_of_this_instance_keeps_its_cookie() {
        check(builder(), "a=b; srv_id=api-1", Affinity::Kept, false);
    }

    #[test]
    fn a_client_of_another_instance_gets_ours() {
        check(builder(), "srv_id=api-2", moved("api-2"), true);
    }

    #[test]
    fn two_cookies_of_the_name_are_not_believed() {
        check(builder(), "srv_id=api-1; srv_id=api-1", Affinity::New, true);
    }

    #[test]
    fn a_value_that_is_no_name_is_not_believed() {
        for cookie in ["srv_id=", "srv_id=\"api-1\"", "srv_id=a b", "srv_id=\u{e9}"] {
            check(builder(), cookie, Affinity::New, true);
        }
    }

    #[test]
    fn a_sliding_cookie_is_always_given_anew() {
        check(builder().sliding(), "srv_id=api-1", Affinity::Kept, true);
    }

    #[test]
    fn a_good_signature_is_kept() {
        check(builder().signed([1; 32]), &signed_value("api-1", 1), Affinity::Kept, false);
    }

    #[test]
    fn a_good_signature_of_another_instance_is_believed_and_replaced() {
        check(builder().signed([1; 32]), &signed_value("api-2", 1), moved("api-2"), true);
    }

    #[test]
    fn a_signature_of_an_older_key_is_believed_and_replaced() {
        let builder = builder().signed([2; 32]).older_key([1; 32]);
        check(builder, &signed_value("api-1", 1), Affinity::Kept, true);
    }

    #[test]
    fn a_name_without_a_good_signature_is_not_believed() {
        for cookie in ["srv_id=api-1", "srv_id=api-2.AAAA", &signed_value("api-1", 9)] {
            check(builder().signed([1; 32]), cookie, Affinity::New, true);
        }
    }
}
