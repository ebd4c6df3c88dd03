use std::sync::Arc;

use auth_core::{ClientAddr, Clock, Principal, Rejection};
use http::HeaderMap;
use tower_layer::Layer;

use super::builder::TokenGuardBuilder;
use super::config::Config;
use super::issued::IssuedBinding;
use super::service::TokenGuardService;
use crate::decision::Verdict;
use crate::pepper::Peppers;
use crate::policy::Policy;
use crate::rejection;

/// A layer that tells whether a token is used by whom it was given to, so that a stolen bearer token
/// alone is no use.
///
/// # How a token is bound
///
/// Whoever issues it calls [`bind`](Self::bind) with the request of the login, and puts what that
/// gives into the token, as the claim `bound_to`, and into the response, as a cookie. The claim has
/// what that request showed: keyed hashes of its network, language and TLS fingerprint, the family of
/// its browser, its place, and the SHA-256 of the cookie's 256 random bits. It is encrypted for this
/// user with a key that only the [`Peppers`] give, so that a token tells nobody where its user was,
/// and what it says can't be moved into another user's. A token is longer by less than 400 bytes.
///
/// The cookie, `__Secure-Fgp`, is OWASP's defence against token sidejacking (JSON Web Token Cheat
/// Sheet): a script that reads the token can't read it. It is on with
/// [`fingerprint_cookie`](TokenGuardBuilder::fingerprint_cookie).
///
/// # What it does with a request
///
/// 1. It has no token: it goes on, as the layer that verifies tokens has let it.
/// 2. Its token has no such claim: it goes on, unless its issuer is one of those whose tokens are
///    all [bound](TokenGuardBuilder::required_of).
/// 3. The claim is not of this guard and this user, or the cookie that it names is missing or wrong:
///    refused with 401 `wrong_binding` (`invalid_token`, RFC 6750 section 3.1), whatever the policy.
/// 4. Else the [`Policy`] compares the request with the one of the login:
///    - **Allow.** It goes on.
///    - **Challenge.** 401 `step_up_required` (RFC 9470): its user logs in again, for another token.
///    - **End.** 401 `wrong_binding`.
///
/// All but the first two happens on every use of a token, also of one that a cache has verified. What
/// was decided and why is told as a [`GuardEvent`](crate::GuardEvent), for each refused request, as a
/// token can't be marked. With a policy that is a [dry run](Policy::dry_run) it is told and nothing
/// else.
///
/// # What is different from sessions
///
/// - **Nothing is learned.** A token says for as long as it lives what was so at its login, and what is
///   new counts as new with each request; the next token begins anew. So tokens should live for minutes.
/// - **Nothing is ended.** An owner who comes back is let on with the same token, and so is a thief
///   whose requests look as the owner's. Where that is not enough, put the token's `jti` on a list of
///   revoked ones when an event tells of it.
/// - The signals of idle time, of old copies of a cookie and of failed logins are silent.
///
/// # What it does not protect from
///
/// A thief who has the cookie too, and whose requests look as those of the user: malware on the same
/// machine, or whoever records both on the way. A key that never leaves the client (DPoP, mutual TLS)
/// does better, and needs a client that has one.
///
/// # Where it stands
///
/// Inside of the layer that verifies tokens, `jwt_layer::JwtLayer`, and of the
/// [`ClientAddrLayer`](crate::ClientAddrLayer). Without the first every request is refused with 500:
/// nobody is let through unguarded. A token without `sub` is nobody's, and passes as none.
///
/// ```
/// use std::time::Duration;
/// use auth_core::{ClientAddr, Rejection};
/// use guard_layer::{Peppers, Policy, TokenGuardLayer};
/// use http::{HeaderMap, HeaderValue};
///
/// let peppers = Peppers::new(1, &[7; 32]); // in earnest: 32 random bytes that all nodes share
/// let guard = TokenGuardLayer::builder(Policy::balanced(), peppers)
///     .fingerprint_cookie()
///     .required_of("https://login.example")
///     .build()?;
///
/// // At the login, with an issuer of `jwt_layer`: `Grant::to("alice").claims(&binding)`.
/// let login = |guard: &TokenGuardLayer, headers: &HeaderMap, client: ClientAddr| {
///     let binding = guard.bind("alice", headers, client)?;
///     let set_cookie: Option<HeaderValue> = binding.set_cookie(Duration::from_secs(900));
///     Ok::<_, Rejection>((binding, set_cookie))
/// };
/// # login(&guard, &HeaderMap::new(), ClientAddr::UNKNOWN).unwrap();
/// # Ok::<(), guard_layer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TokenGuardLayer(Arc<Config>);

impl TokenGuardLayer {
    /// Begins a layer with this policy. All instances have the same peppers, and keep an old one
    /// ([`also`](Peppers::also)) for as long as tokens live: a token whose pepper is gone is refused.
    pub fn builder(policy: Policy, peppers: Peppers) -> TokenGuardBuilder {
        TokenGuardBuilder::new(policy, peppers)
    }

    pub(super) fn new(config: Config) -> Self {
        Self(Arc::new(config))
    }

    /// Binds a token that is about to be issued to this user, its `sub`, to what the request of the
    /// login shows: its headers, and where it comes from.
    ///
    /// With a fingerprint cookie each login gives the client another one. A browser has one for all
    /// its tabs, so that a login in one makes the token of another useless: keep the token where all
    /// tabs find it.
    ///
    /// # Errors
    /// 503 `unavailable` if the system has no randomness to give.
    pub fn bind(
        &self,
        user: &str,
        headers: &HeaderMap,
        client: ClientAddr,
    ) -> Result<IssuedBinding, Rejection> {
        let binding = self.0.bind(user, headers, client, self.0.judge.clock.now());
        binding.ok_or_else(rejection::unavailable)
    }

    /// The decision of the layer on a request with the token of this principal, for servers without a
    /// router, such as those that plan a policy with recorded requests. Nobody is told of it.
    pub fn judge(&self, principal: &Principal, headers: &HeaderMap, client: ClientAddr) -> Verdict {
        self.0.judge(principal, headers, client)
    }

    /// Decides by another policy from now on, in all clones of the layer.
    pub fn change_policy(&self, policy: Policy) {
        self.0.judge.change_policy(policy);
    }

    /// The policy that it decides by.
    pub fn policy(&self) -> Arc<Policy> {
        self.0.judge.policy.load_full()
    }
}

impl<S> Layer<S> for TokenGuardLayer {
    type Service = TokenGuardService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TokenGuardService::new(inner, Arc::clone(&self.0))
    }
}
