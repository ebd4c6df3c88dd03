use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::facts::Facts;
use crate::shown::Shown;

/// What the last request showed beside a memory, which the next one mostly shows again.
#[derive(Default)]
pub(crate) struct LastShown(Mutex<Option<(u64, Shown)>>);

/// Nobody outside can find two requests that it takes for the same.
static FINGERPRINTS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl LastShown {
    /// What a request shows, or the same from the last request if that showed the same: its time and
    /// its place are its own all the same.
    pub(crate) fn or_make(&self, facts: &Facts<'_>, make: impl FnOnce() -> Shown) -> Shown {
        let fingerprint = fingerprint(facts);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *last {
            Some((same, shown)) if same == fingerprint => shown,
            _ => last.insert((fingerprint, make())).1,
        }
    }
}

/// Of all that tags are made of.
fn fingerprint(facts: &Facts<'_>) -> u64 {
    let Facts { address, user_agent, brands, platform, accept_language, tls_fingerprint, .. } =
        facts;
    let texts = (user_agent, brands, platform, accept_language, tls_fingerprint);
    FINGERPRINTS.hash_one((address, texts))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::pepper::Peppers;

    #[test]
    fn what_was_shown_is_made_anew_only_for_a_request_that_shows_something_else() {
        let last = LastShown::default();
        let mut made = 0;
        for language in ["de", "de", "en", "de"] {
            let facts = Facts { accept_language: Some(language), ..Facts::default() };
            let shown = Shown::first(&facts, UNIX_EPOCH, &Peppers::new(1, &[1; 32]));
            let given = last.or_make(&facts, || {
                made += 1;
                shown
            });
            assert_eq!(given.language, shown.language);
        }
        assert_eq!(made, 3);
    }

    #[test]
    fn a_header_is_not_taken_for_another() {
        let agent = Facts { user_agent: Some("x"), ..Facts::default() };
        let brands = Facts { brands: Some("x"), ..Facts::default() };
        assert_ne!(fingerprint(&agent), fingerprint(&brands));
        assert_eq!(fingerprint(&agent), fingerprint(&agent));
    }
}
