use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use auth_core::{ClientAddr, ManualClock, Principal, TokenBinding};
use guard_layer::{Peppers, Place, Policy, TokenGuardLayer, Verdict};
use http::header::{ACCEPT_LANGUAGE, COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::history::{Actor, Bound, History, Step};
use crate::replay::Carried;

/// A token, which a `TokenGuardLayer` binds and judges. A user who is challenged gets another one, and
/// a thief has the one that the user had.
pub(crate) struct Token {
    guard: TokenGuardLayer,
    clock: ManualClock,
    user: Held,
    thief: Option<Held>,
}

/// A token and its cookie.
#[derive(Clone)]
struct Held {
    principal: Principal,
    cookie: Option<HeaderValue>,
}

const USER: &str = "alice";
const LIFETIME: Duration = Duration::from_secs(86_400);
const TLS_FINGERPRINT: HeaderName = HeaderName::from_static("x-ja4");

impl Token {
    #[expect(clippy::expect_used, reason = "it is a name that headers may have")]
    pub(crate) fn new(history: &History, policy: &Policy) -> Self {
        let (clock, places) = (ManualClock::new(SystemTime::UNIX_EPOCH), places(history));
        let guard = TokenGuardLayer::builder(policy.clone(), Peppers::new(1, &[1; 32]))
            .tls_fingerprint(TLS_FINGERPRINT.as_str())
            .places(move |address| places.get(&address).copied())
            .clock(clock.clone());
        let has_cookie = history.actors.values().any(|actor| actor.binding.is_some());
        let guard = if has_cookie { guard.fingerprint_cookie() } else { guard };
        let user = Held { principal: Principal::new(USER), cookie: None };
        Self { guard: guard.build().expect("a header's name"), clock, user, thief: None }
    }
}

impl Carried for Token {
    #[expect(clippy::expect_used, reason = "the system has random bytes")]
    fn begin(&mut self, actor: &Actor, _: &Step, now: SystemTime) {
        self.clock.set(now);
        let binding = self.guard.bind(USER, &headers(actor), client(actor)).expect("random bytes");
        let principal = Principal::new(USER).bound_to(TokenBinding::new(binding.claim()));
        self.user = Held { principal, cookie: binding.set_cookie(LIFETIME) };
    }

    fn judge(&mut self, actor: &Actor, step: &Step, now: SystemTime) -> Verdict {
        self.clock.set(now);
        let held = match step.stolen {
            true => self.thief.get_or_insert_with(|| self.user.clone()),
            false => &self.user,
        };
        let mut headers = headers(actor);
        if let (Some(cookie), Some(Bound::Held)) = (&held.cookie, actor.binding) {
            headers.insert(COOKIE, cookie.clone());
        }
        self.guard.judge(&held.principal, &headers, client(actor))
    }
}

fn places(history: &History) -> BTreeMap<IpAddr, Place> {
    let actors = history.actors.values();
    actors.filter_map(|actor| Some((actor.address?, actor.place.as_ref()?.place()))).collect()
}

fn client(actor: &Actor) -> ClientAddr {
    actor.address.map(ClientAddr::new).unwrap_or_default()
}

fn headers(actor: &Actor) -> HeaderMap {
    let texts = [
        (USER_AGENT, &actor.user_agent),
        (HeaderName::from_static("sec-ch-ua"), &actor.brands),
        (HeaderName::from_static("sec-ch-ua-platform"), &actor.platform),
        (ACCEPT_LANGUAGE, &actor.accept_language),
        (TLS_FINGERPRINT, &actor.tls_fingerprint),
    ];
    let known = texts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
    known.filter_map(|(name, text)| Some((name, HeaderValue::from_str(text).ok()?))).collect()
}
