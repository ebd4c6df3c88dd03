use std::sync::Arc;

use tower_layer::Layer;

use super::builder::GuardLayerBuilder;
use super::config::Config;
use super::service::GuardService;
use crate::pepper::Peppers;
use crate::policy::Policy;

/// A layer that tells a thief from a commuter, on every request of a user's session.
///
/// # What it does with a request
///
/// 1. The session is loaded. One that is nobody's, because nobody has logged in, passes; so does a
///    request of which it can't be told for the moment, which is served as a guest's.
/// 2. The first request of a session, normally that of its login, is remembered: as keyed hashes, in
///    the session, so that all instances share it and it is gone with the session.
/// 3. Any other is compared with what is remembered, and the [`Policy`] decides:
///    - **Allow.** The handler is asked. What is new is remembered, but not before a minute has passed
///      if it is only the time: most requests write nothing.
///    - **Challenge.** The session is suspected, on all instances, until its user has proved who they
///      are: see [`Reauth`](crate::Reauth). Until then browsers that ask for a page are sent to the
///      one that is configured (303), and all others get 401 `step_up_required` (RFC 9470). Where the
///      user was going is kept in the session. A request that was to change something is not
///      repeated: its user comes back to the page that it was sent from.
///    - **End.** The session is ended, everywhere, and the request gets 401 `session_ended`; so do
///      the user's other sessions if the policy says so.
/// 4. A session that was idle for too long, or is too old, is ended as well.
/// 5. A request with an id that its session had before a renewal is served as a guest's once the grace
///    is over. If a later id was used since, two have the cookie: the session itself, wherever it is
///    used, is judged by the weight of [`Signal::Fork`](crate::Signal::Fork) alone, once, and
///    challenged or ended. Whoever has sent the old id does not wait for that, and learns nothing. It
///    needs a store that knows whose the id was, and for how long: see `keep_old_ids` of the session's
///    layer.
///
/// What was decided and why is told as a [`GuardEvent`](crate::GuardEvent). With a policy that is a
/// [dry run](Policy::dry_run) it is told and nothing else, and suspicions of before rest.
///
/// # What it does not protect from
///
/// - A thief whose requests look as those of the user: malware on the same machine.
/// - Whatever a thief does whose requests do not score high enough.
/// - What another instance does not know yet: with a near cache in front of the store, a challenge holds
///   there as soon as the cache has heard of it.
///
/// # Where it stands
///
/// Inside of the `SessionLayer`, whose crate needs its feature `guard`, and of the
/// [`ClientAddrLayer`](crate::ClientAddrLayer), around all routes that know users, the login as well.
/// Without a session's layer every request is refused with 500: nobody is let through unguarded.
/// Routes that must work while a challenge is open, such as the logout, get
/// [`exempt`](Self::exempt).
///
/// ```
/// use guard_layer::{ConfigError, GuardLayer, Peppers, Policy};
///
/// let peppers = Peppers::new(1, &[7; 32]); // in earnest: 32 random bytes that all nodes share
/// let guard = GuardLayer::builder(Policy::balanced(), peppers).page("/reauth").build()?;
/// let tried: Policy = Policy::strict().dry_run();
/// guard.change_policy(tried); // while it is running
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GuardLayer {
    config: Arc<Config>,
    exempt: bool,
}

impl GuardLayer {
    /// Begins a layer with this policy. All instances have the same peppers.
    pub fn builder(policy: Policy, peppers: Peppers) -> GuardLayerBuilder {
        GuardLayerBuilder::new(policy, peppers)
    }

    pub(super) fn new(config: Config) -> Self {
        Self { config: Arc::new(config), exempt: false }
    }

    /// The same guard for routes that have to work while a challenge is open, such as the logout.
    /// Suspicious requests are noticed, and sessions ended, as everywhere; but nobody is challenged.
    #[must_use]
    pub fn exempt(&self) -> Self {
        Self { config: Arc::clone(&self.config), exempt: true }
    }

    /// Decides by another policy from now on, in all clones of the layer.
    pub fn change_policy(&self, policy: Policy) {
        self.config.judge.change_policy(policy);
    }

    /// The policy that it decides by.
    pub fn policy(&self) -> Arc<Policy> {
        self.config.judge.policy.load_full()
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = GuardService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService::new(inner, Arc::clone(&self.config), self.exempt)
    }
}
