use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use auth_core::{Clock, SharedClock};

use super::cache::{Lookup, TokenCache};
use super::claims::Claims;
use super::compact::{Compact, SignatureBuffer, decode_signature, decode_text};
use super::header::Header;
use super::judge::judge;
use super::known_headers::{KnownHeaders, Parsed};
use super::token::Findings;
use super::{Token, TrustedIssuer};
use crate::keys::{Member, Refresh};
use crate::revoke::RevocationList;
use crate::{ConfigError, JwtError, JwtErrorKind};

/// Tells good tokens from others. Clones share its cache.
///
/// ```
/// use jwt_layer::{Algorithm, KeySet, TrustedIssuer, Verifier, VerifyingKey};
///
/// let keys = KeySet::new([VerifyingKey::hmac(Algorithm::HS256, [7; 32])?])?;
/// let verifier = Verifier::builder()
///     .trust(TrustedIssuer::new("https://login.example", keys).audience("orders-api"))
///     .build()?;
/// assert!(verifier.verify("not.a.token").is_err());
/// # Ok::<(), jwt_layer::ConfigError>(())
/// ```
///
/// A token is refused unless all of this holds:
///
/// 1. It is at most 8 KiB of three parts of strict base64url (RFC 7515 section 3.1): no padding,
///    no white space, no stray bits. A JWE is none.
/// 2. Header and payload are JSON objects in UTF-8 that name no member twice, at any depth, and
///    nest at most 16 levels. The header has no `crit`.
/// 3. `iss` is that of a trusted issuer, whose keys and rules alone apply.
/// 4. One of its keys, chosen by `kid` and for exactly the algorithm that the header names,
///    verifies the signature. Of tokens without `kid`, the first 8 keys that fit are tried.
/// 5. `typ` fits the issuer's [`Profile`](crate::Profile), and `aud` names an accepted audience.
/// 6. `exp` is there and has not passed, `nbf` and `iat` do not lie in the future, all with the
///    issuer's leeway. A date may have a fraction; one beyond the year 9999 is none.
/// 7. It is not on the [`RevocationList`], if there is one.
///
/// Verified tokens are cached. The cache spares decoding and the signature; 5 to 7, and whether
/// the key is still one of the issuer's, are judged at every use.
#[derive(Clone, Debug)]
pub struct Verifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    issuers: Vec<TrustedIssuer>,
    max_length: usize,
    cache: Option<TokenCache>,
    known_headers: KnownHeaders,
    swept: AtomicU64,
    revocations: Option<RevocationList>,
    clock: SharedClock,
    #[cfg(feature = "metrics")]
    verified: crate::metrics::Verified,
}

const MAX_TRIES: usize = 8;

impl Verifier {
    /// A verifier that trusts nobody yet.
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder {
            issuers: Vec::new(),
            max_length: 8 * 1024,
            cache_bytes: 32 * 1024 * 1024,
            revocations: None,
            clock: SharedClock::default(),
        }
    }

    /// Verifies a token in its compact serialization.
    ///
    /// # Errors
    /// [`JwtError`], whose kind says which rule was broken.
    pub fn verify(&self, token: &str) -> Result<Token, JwtError> {
        self.verify_bytes(token.as_bytes())
    }

    /// [`verify`](Self::verify) of what may be no text at all.
    pub(crate) fn verify_bytes(&self, token: &[u8]) -> Result<Token, JwtError> {
        let now = self.0.clock.now();
        if token.len() > self.0.max_length {
            return Err(JwtErrorKind::MalformedToken.into());
        }
        match &self.0.cache {
            Some(cache) => self.verify_with(cache, token, now),
            None => {
                let fresh = self.0.examine(token, now)?;
                self.0.judge(&fresh, now)?;
                #[cfg(feature = "metrics")]
                self.0.verified.count(false);
                Ok(fresh)
            }
        }
    }

    fn verify_with(
        &self,
        cache: &TokenCache,
        token: &[u8],
        now: SystemTime,
    ) -> Result<Token, JwtError> {
        self.0.sweep(cache);
        let lookup = cache.lookup(token);
        if let Some(known) = cache.get(lookup)
            && !known.verified_by().is_removed()
        {
            return self.0.judge_known(cache, lookup, known, now);
        }
        let fresh = self.0.examine(token, now)?;
        self.0.judge(&fresh, now)?;
        cache.insert(lookup, &fresh);
        // Its key may have been removed, and the cache swept, since the signature was checked.
        if fresh.verified_by().is_removed() {
            cache.remove(lookup);
            return Err(JwtError::of_issuer(JwtErrorKind::UnknownKey, fresh.issuer_index()));
        }
        #[cfg(feature = "metrics")]
        self.0.verified.count(false);
        Ok(fresh)
    }

    /// How many tokens the cache holds, and how many bytes they take.
    pub fn cached(&self) -> (usize, u64) {
        self.0.cache.as_ref().map_or((0, 0), |cache| {
            self.0.sweep(cache);
            (cache.len(), cache.bytes())
        })
    }

    /// What to wait for before the token that gave this error is verified once more.
    pub(crate) fn refresh_after(&self, error: &JwtError) -> Option<Refresh> {
        let worth_it =
            matches!(error.kind(), JwtErrorKind::UnknownKey | JwtErrorKind::KeysUnavailable);
        let issuer = self.0.issuers.get(error.issuer().filter(|_| worth_it)?)?;
        issuer.keys.refresh()
    }
}

impl Inner {
    /// Takes a token apart and checks its signature.
    fn examine(&self, token: &[u8], now: SystemTime) -> Result<Token, JwtError> {
        let malformed = || JwtError::from(JwtErrorKind::MalformedToken);
        let compact = Compact::split(token).ok_or_else(malformed)?;
        let parsed = self.known_headers.parse(compact.header).ok_or_else(malformed)?;
        let header = parsed.header();
        let text = decode_text(compact.payload).ok_or_else(malformed)?;
        let mut claims = Claims::default();
        claims.read(&text).ok_or_else(malformed)?;
        let mut buffer: SignatureBuffer = [const { MaybeUninit::uninit() }; 1024];
        let signature = decode_signature(compact.signature, &mut buffer).ok_or_else(malformed)?;

        let issuer = self.issuer_of(&claims, &text)?;
        let trusted = self.issuers.get(issuer).ok_or_else(malformed)?;
        let failed = |kind| JwtError::of_issuer(kind, issuer);
        let ring = trusted.keys.ring(now).ok_or(failed(JwtErrorKind::KeysUnavailable))?;
        let verified_by = verifying_member(&ring, header, compact.signed, signature);
        let verified_by = verified_by.map_err(failed)?;
        if let Parsed::New(header) = &parsed {
            self.known_headers.note(compact.header, header);
        }
        let issuer_name = trusted.name.clone();
        let header = Arc::clone(header);
        Ok(Token::new(Findings { text, claims, header, issuer_name, issuer, verified_by }))
    }

    fn issuer_of(&self, claims: &Claims, text: &str) -> Result<usize, JwtError> {
        let name = claims.issuer.as_ref().map(|issuer| issuer.get(text));
        let index = self.issuers.iter().position(|issuer| issuer.is_for(name));
        index.ok_or(JwtErrorKind::WrongIssuer.into())
    }

    /// Whether a token whose signature is good may be used now.
    fn judge(&self, token: &Token, now: SystemTime) -> Result<(), JwtError> {
        let index = token.issuer_index();
        let Some(issuer) = self.issuers.get(index) else {
            return Err(JwtErrorKind::WrongIssuer.into());
        };
        if !issuer.keys.is_available(now) {
            return Err(JwtError::of_issuer(JwtErrorKind::KeysUnavailable, index));
        }
        judge(token.facts(), issuer, now.into())?;
        match &self.revocations {
            Some(revocations) if revocations.is_revoked(token) => Err(JwtErrorKind::Revoked.into()),
            _ => Ok(()),
        }
    }

    fn judge_known(
        &self,
        cache: &TokenCache,
        lookup: Lookup<'_>,
        known: Token,
        now: SystemTime,
    ) -> Result<Token, JwtError> {
        let verdict = self.judge(&known, now);
        if verdict.as_ref().is_err_and(|error| error.kind() == JwtErrorKind::Expired) {
            cache.remove(lookup);
        }
        verdict?;
        #[cfg(feature = "metrics")]
        self.verified.count(true);
        Ok(known)
    }

    /// Empties the cache of what removed keys have verified, once after each removal.
    fn sweep(&self, cache: &TokenCache) {
        let removals = self.issuers.iter().map(|issuer| issuer.keys.removals()).sum();
        if self.swept.load(Ordering::Acquire) != removals {
            self.swept.store(removals, Ordering::Release);
            cache.drop_removed_keys();
        }
    }
}

/// The key that verifies the signature.
fn verifying_member(
    ring: &[Arc<Member>],
    header: &Header,
    signed: &[u8],
    signature: &[u8],
) -> Result<Arc<Member>, JwtErrorKind> {
    let mut failure = JwtErrorKind::UnknownKey;
    for member in candidates(ring, header.key_id.as_deref(), &header.algorithm).take(MAX_TRIES) {
        if member.key().verifies(signed, signature) {
            return Ok(Arc::clone(member));
        }
        failure = JwtErrorKind::BadSignature;
    }
    Err(failure)
}

/// The keys that may have signed a token. The algorithm only ever narrows the choice.
fn candidates<'r>(
    ring: &'r [Arc<Member>],
    id: Option<&str>,
    algorithm: &str,
) -> impl Iterator<Item = &'r Arc<Member>> {
    let named = id.is_some_and(|id| ring.iter().any(|member| member.key().id() == Some(id)));
    ring.iter().filter(move |member| {
        let key = member.key();
        let fits = match id {
            Some(id) if named => key.id() == Some(id),
            Some(_) => key.id().is_none(),
            None => true,
        };
        fits && key.is_for(algorithm)
    })
}

/// Settings of a [`Verifier`].
#[derive(Debug)]
#[must_use]
pub struct VerifierBuilder {
    issuers: Vec<TrustedIssuer>,
    max_length: usize,
    cache_bytes: usize,
    revocations: Option<RevocationList>,
    clock: SharedClock,
}

impl VerifierBuilder {
    /// Accepts the tokens of an issuer, under its own rules. Called again, it adds one.
    pub fn trust(mut self, issuer: TrustedIssuer) -> Self {
        self.issuers.push(issuer);
        self
    }

    /// The longest token that is looked at, in bytes; 8 KiB by default.
    pub fn max_token_length(mut self, bytes: usize) -> Self {
        self.max_length = bytes;
        self
    }

    /// How much memory the cache of verified tokens may take, in bytes; 32 MiB by default, which
    /// is about 12,000 tokens of the usual size. The typed claims that are kept with a token are
    /// counted as if they were a [`serde_json::Value`]; a type whose parsed form is far larger
    /// than that is not.
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.cache_bytes = bytes;
        self
    }

    /// Verifies every token anew at every use.
    pub fn without_cache(mut self) -> Self {
        self.cache_bytes = 0;
        self
    }

    /// Refuses the tokens on this list, which may grow while the program runs.
    pub fn revocations(mut self, list: RevocationList) -> Self {
        self.revocations = Some(list);
        self
    }

    /// Judges `exp`, `nbf` and `iat` by this clock; the system's by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = SharedClock::new(clock);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// If no issuer is trusted, one is named twice, or the rules for one can't be right.
    pub fn build(self) -> Result<Verifier, ConfigError> {
        self.issuers.iter().try_for_each(TrustedIssuer::check)?;
        self.check_names()?;
        let cache = match self.cache_bytes {
            0 => None,
            bytes => Some(TokenCache::new(bytes)?),
        };
        #[cfg(feature = "metrics")]
        crate::metrics::begin();
        let mut issuers = self.issuers;
        issuers.sort_by_key(|issuer| issuer.name.is_none());
        Ok(Verifier(Arc::new(Inner {
            issuers,
            max_length: self.max_length,
            cache,
            known_headers: KnownHeaders::default(),
            swept: AtomicU64::new(0),
            revocations: self.revocations,
            clock: self.clock,
            #[cfg(feature = "metrics")]
            verified: crate::metrics::Verified::default(),
        })))
    }

    fn check_names(&self) -> Result<(), ConfigError> {
        if self.issuers.is_empty() {
            return Err(ConfigError::new("no issuer is trusted; call trust(..)"));
        }
        for (index, issuer) in self.issuers.iter().enumerate() {
            if self.issuers.iter().skip(index + 1).any(|other| other.name == issuer.name) {
                return Err(ConfigError::new(
                    "an issuer is trusted twice; put all its keys into one KeySet, and all its \
                     audiences into one TrustedIssuer",
                ));
            }
        }
        Ok(())
    }
}
