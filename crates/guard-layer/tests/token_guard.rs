//! `TokenGuardLayer` on a router, inside of a layer that has verified a token.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use auth_core::{Anonymous, Challenge, ClientAddr, ManualClock, Principal, Renderer, TokenBinding};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use guard_layer::{
    Decision, GuardEvent, GuardEventKind, IssuedBinding, Peppers, Place, Policy, Signal,
    TokenGuardBuilder, TokenGuardLayer,
};
use http::header::{ACCEPT_LANGUAGE, COOKIE, USER_AGENT, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};
use tower::ServiceExt;

const ISSUER: &str = "https://login.example";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const NEWER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0";
const HOME: [u8; 4] = [198, 51, 100, 7];
const ABROAD: [u8; 4] = [203, 0, 113, 9];
const LIFETIME: Duration = Duration::from_secs(900);

const WRONG_BINDING: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"the token is bound to another client","code":"wrong_binding"}"#;
const STEP_UP: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"this needs a fresh proof of who you are","code":"step_up_required"}"#;

/// A guard, and what it has told.
struct Guarded {
    guard: TokenGuardLayer,
    events: Arc<Mutex<Vec<GuardEvent>>>,
    clock: ManualClock,
}

/// Who holds a token, and what their requests show.
#[derive(Clone)]
struct Client {
    principal: Option<Principal>,
    address: IpAddr,
    headers: HeaderMap,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    challenge: Option<String>,
    body: String,
}

impl Guarded {
    fn new(policy: Policy) -> Self {
        Self::with(policy, |guard| guard.fingerprint_cookie())
    }

    fn with(
        policy: Policy,
        configure: impl FnOnce(TokenGuardBuilder) -> TokenGuardBuilder,
    ) -> Self {
        let events = Arc::<Mutex<Vec<_>>>::default();
        let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let sink = Arc::clone(&events);
        let guard = TokenGuardLayer::builder(policy, Peppers::new(1, &[7; 32]))
            .clock(clock.clone())
            .on_event(move |event| sink.lock().unwrap().push(event.clone()));
        Self { guard: configure(guard).build().unwrap(), events, clock }
    }

    /// Who has just logged in, at home.
    fn alice(&self) -> Client {
        let mut client = Client::nobody();
        let binding = self.bind(&client);
        client.hold("alice", &binding);
        client
    }

    fn bind(&self, client: &Client) -> IssuedBinding {
        self.guard.bind("alice", &client.headers, ClientAddr::new(client.address)).unwrap()
    }

    async fn ask(&self, client: &Client) -> Answer {
        let app = Router::new().route("/", get(async || "hello")).layer(self.guard.clone());
        let verified = from_fn(|mut request: Request, next: Next| {
            if request.extensions().get::<Principal>().is_none() {
                let challenge = Arc::new(Challenge::bearer());
                request.extensions_mut().insert(Anonymous::new(challenge, Renderer::default()));
            }
            next.run(request)
        });
        answer(app.layer(verified).oneshot(client.request()).await.unwrap()).await
    }

    fn events(&self) -> Vec<GuardEvent> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }
}

impl Client {
    fn nobody() -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(FIREFOX));
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("de-DE,de;q=0.9"));
        Self { principal: None, address: HOME.into(), headers }
    }

    /// Keeps a token of this user with this binding, and the cookie.
    fn hold(&mut self, user: &str, binding: &IssuedBinding) {
        let token = TokenBinding::new(binding.claim());
        self.principal = Some(Principal::new(user).issued_by(ISSUER).bound_to(token));
        if let Some(cookie) = binding.set_cookie(LIFETIME) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap().parse().unwrap();
            self.headers.insert(COOKIE, pair);
        }
    }

    fn without_cookie(mut self) -> Self {
        self.headers.remove(COOKIE);
        self
    }

    fn by(mut self, agent: &'static str) -> Self {
        self.headers.insert(USER_AGENT, HeaderValue::from_static(agent));
        self
    }

    fn from(mut self, address: [u8; 4]) -> Self {
        self.address = address.into();
        self
    }

    fn request(&self) -> Request {
        let mut request = Request::get("/").extension(ClientAddr::new(self.address));
        if let Some(principal) = &self.principal {
            request = request.extension(principal.clone());
        }
        let mut request = request.body(Body::empty()).unwrap();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

async fn answer(response: Response) -> Answer {
    let challenge = response.headers().get(WWW_AUTHENTICATE);
    let challenge = challenge.map(|value| value.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    Answer { status, challenge, body: String::from_utf8(body.to_vec()).unwrap() }
}

impl Answer {
    #[track_caller]
    fn passed(&self) {
        assert_eq!((self.status, self.body.as_str()), (200, "hello"));
    }

    #[track_caller]
    fn refused(&self, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (401, body));
    }
}

#[tokio::test]
async fn whoever_the_token_was_given_to_may_use_it() {
    let guarded = Guarded::new(Policy::strict());
    let alice = guarded.alice();
    for _ in 0..3 {
        guarded.ask(&alice).await.passed();
    }
    assert_eq!(guarded.events(), []);
}

#[tokio::test]
async fn a_stolen_token_without_its_cookie_is_refused_even_if_all_else_is_the_same() {
    let guarded = Guarded::new(Policy::lenient());
    let alice = guarded.alice();
    guarded.ask(&alice).await.passed();
    let answer = guarded.ask(&alice.clone().without_cookie()).await;
    answer.refused(WRONG_BINDING);
    let challenge =
        r#"Bearer error="invalid_token", error_description="the token is bound to another client""#;
    assert_eq!(answer.challenge.as_deref(), Some(challenge));
    guarded.ask(&alice).await.passed();
}

#[tokio::test]
async fn the_cookie_of_another_login_is_of_no_use() {
    let guarded = Guarded::new(Policy::lenient());
    let (alice, mut thief) = (guarded.alice(), guarded.alice());
    thief.principal = alice.principal;
    guarded.ask(&thief).await.refused(WRONG_BINDING);
}

#[tokio::test]
async fn a_claim_in_the_token_of_another_user_is_of_no_use() {
    let guarded = Guarded::new(Policy::lenient());
    let (mut bob, binding) = (Client::nobody(), guarded.bind(&Client::nobody()));
    bob.hold("bob", &binding);
    guarded.ask(&bob).await.refused(WRONG_BINDING);
}

#[tokio::test]
async fn a_claim_that_nobody_can_read_is_of_no_use() {
    let guarded = Guarded::new(Policy::lenient());
    let mut alice = Client::nobody();
    for claim in ["", "made up", "AQAB"] {
        let principal = Principal::new("alice").bound_to(TokenBinding::new(claim));
        alice.principal = Some(principal);
        guarded.ask(&alice).await.refused(WRONG_BINDING);
    }
}

#[tokio::test]
async fn a_theft_is_told_with_the_token_as_a_hash() {
    let guarded = Guarded::new(Policy::balanced());
    let alice = guarded.alice().without_cookie();
    guarded.ask(&alice).await.refused(WRONG_BINDING);
    guarded.ask(&alice).await.refused(WRONG_BINDING);
    let [one, other]: [GuardEvent; 2] = guarded.events().try_into().unwrap();
    assert_eq!((&one.session, one.user.as_str()), (&other.session, "alice"));
    let GuardEventKind::Judged { decision, reasons, .. } = &one.kind else { panic!("{one:?}") };
    assert_eq!(*decision, Decision::End { others: false });
    assert_eq!(reasons[0].signal, Signal::Binding);
    let claim = alice.principal.as_ref().unwrap().binding().unwrap().as_str().to_owned();
    let text = serde_json::to_string(&one).unwrap();
    assert!(one.session.is_some() && !text.contains(&claim), "{text}");
}

#[tokio::test]
async fn another_browser_has_to_log_in_again() {
    let guarded = Guarded::new(Policy::balanced());
    let answer = guarded.ask(&guarded.alice().by("curl/8.5.0")).await;
    answer.refused(STEP_UP);
    let challenge = answer.challenge.unwrap();
    assert!(challenge.contains(r#"error="insufficient_user_authentication""#), "{challenge}");
    assert!(challenge.contains(r#"max_age="0""#), "{challenge}");
}

#[tokio::test]
async fn what_is_certainly_a_theft_needs_another_token() {
    let guarded = Guarded::new(Policy::strict());
    let mut thief = guarded.alice().by("curl/8.5.0").from(ABROAD);
    thief.headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
    guarded.ask(&thief).await.refused(WRONG_BINDING);
    let GuardEventKind::Judged { policy, score, .. } = &guarded.events()[0].kind else { panic!() };
    assert!(policy == "strict" && *score >= 110, "{policy} {score}");
}

#[tokio::test]
async fn a_commuter_whose_browser_is_updated_is_let_on() {
    let guarded = Guarded::new(Policy::balanced());
    let alice = guarded.alice();
    guarded.clock.advance(Duration::from_secs(600));
    guarded.ask(&alice.clone().from(ABROAD)).await.passed();
    guarded.ask(&alice.by(NEWER)).await.passed();
}

#[tokio::test]
async fn a_traveller_is_judged_by_the_places_of_a_database() {
    let place_of = |address: IpAddr| {
        let country = if address == IpAddr::from(HOME) { ['D', 'E'] } else { ['B', 'R'] };
        Some(Place { country: Some(country), ..Place::default() })
    };
    let guarded = Guarded::with(Policy::strict(), |guard| guard.places(place_of));
    let alice = guarded.alice();
    guarded.ask(&alice).await.passed();
    guarded.ask(&alice.from(ABROAD)).await.refused(STEP_UP);
    let GuardEventKind::Judged { reasons, .. } = &guarded.events()[0].kind else { panic!() };
    assert!(reasons.iter().any(|reason| reason.signal == Signal::Country), "{reasons:?}");
}

#[tokio::test]
async fn a_fingerprint_of_tls_counts_where_a_balancer_tells_it() {
    let guarded = Guarded::with(Policy::strict(), |guard| guard.tls_fingerprint("x-ja4"));
    let mut client = Client::nobody();
    client.headers.insert("x-ja4", HeaderValue::from_static("t13d-firefox"));
    let binding = guarded.bind(&client);
    client.hold("alice", &binding);
    guarded.ask(&client).await.passed();
    client.headers.insert("x-ja4", HeaderValue::from_static("t13d-python"));
    guarded.ask(&client).await.refused(STEP_UP);
}

#[tokio::test]
async fn clients_without_cookies_are_judged_by_what_they_show() {
    let guarded = Guarded::with(Policy::balanced(), |guard| guard);
    let alice = guarded.alice();
    assert!(guarded.bind(&alice).set_cookie(LIFETIME).is_none());
    guarded.ask(&alice).await.passed();
    guarded.ask(&alice.by("curl/8.5.0")).await.refused(STEP_UP);
}

#[tokio::test]
async fn a_token_that_is_not_bound_passes_unless_its_issuer_binds_all() {
    let mut client = Client::nobody();
    client.principal = Some(Principal::new("alice").issued_by(ISSUER));
    Guarded::new(Policy::strict()).ask(&client).await.passed();
    let strict = |guard: TokenGuardBuilder| guard.required_of(ISSUER);
    let guarded = Guarded::with(Policy::lenient(), strict);
    guarded.ask(&client).await.refused(WRONG_BINDING);
    client.principal = Some(Principal::new("alice").issued_by("https://other.example"));
    guarded.ask(&client).await.passed();
    client.principal = Some(Principal::new("alice"));
    guarded.ask(&client).await.passed();
}

#[tokio::test]
async fn a_request_without_a_token_is_none_of_its_business() {
    let guarded = Guarded::with(Policy::strict(), |guard| guard.required_of(ISSUER));
    guarded.ask(&Client::nobody()).await.passed();
}

#[tokio::test]
async fn without_a_layer_that_verifies_tokens_nobody_is_let_through() {
    let guard = Guarded::new(Policy::balanced()).guard;
    let app = Router::new().route("/", get(async || "hello")).layer(guard);
    let response = app.oneshot(Client::nobody().request()).await.unwrap();
    assert_eq!(response.status(), 500);
}

#[tokio::test]
async fn a_dry_run_lets_everybody_on_and_tells() {
    let guarded = Guarded::new(Policy::balanced().dry_run());
    guarded.ask(&guarded.alice().without_cookie()).await.passed();
    guarded.ask(&guarded.alice().by("curl/8.5.0")).await.passed();
    assert_eq!(guarded.events().len(), 2);
}

#[tokio::test]
async fn a_policy_changes_while_it_is_running() {
    let guarded = Guarded::new(Policy::balanced());
    let thief = guarded.alice().by("curl/8.5.0");
    guarded.ask(&thief).await.refused(STEP_UP);
    guarded.guard.change_policy(Policy::lenient());
    guarded.ask(&thief).await.passed();
}

#[tokio::test]
async fn the_naive_check_works_for_tokens_too() {
    let guarded = Guarded::new(Policy::naive());
    let alice = guarded.alice();
    guarded.ask(&alice).await.passed();
    guarded.ask(&alice.from([198, 51, 100, 8])).await.refused(WRONG_BINDING);
}

#[tokio::test]
async fn a_token_that_is_not_used_for_long_is_not_idle() {
    let guarded = Guarded::new(Policy::strict());
    let alice = guarded.alice();
    guarded.clock.advance(Duration::from_secs(23 * 3600));
    guarded.ask(&alice).await.passed();
}

#[tokio::test]
async fn two_guards_of_different_peppers_do_not_read_each_others_tokens() {
    let (guarded, other) = (Guarded::new(Policy::balanced()), Guarded::new(Policy::balanced()));
    let stranger = TokenGuardLayer::builder(Policy::balanced(), Peppers::new(1, &[8; 32]));
    let stranger = Guarded { guard: stranger.build().unwrap(), ..Guarded::new(Policy::lenient()) };
    let alice = guarded.alice();
    guarded.ask(&alice).await.passed();
    // They share what was read of the claim, as they would a cache of tokens.
    stranger.ask(&alice).await.refused(WRONG_BINDING);
    other.ask(&alice).await.passed();
    other.ask(&alice.without_cookie()).await.refused(WRONG_BINDING);
}
