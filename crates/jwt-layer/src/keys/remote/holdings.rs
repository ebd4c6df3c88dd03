use std::time::{Duration, SystemTime};

use crate::VerifyingKey;
use crate::keys::{Identity, Reading};

/// The keys that are held, each with when it was last listed in a form that can be used.
#[derive(Default)]
pub(super) struct Holdings(Vec<Held>);

#[derive(Clone)]
struct Held {
    key: VerifyingKey,
    listed: SystemTime,
}

/// How much is held, and for how long without being listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) max_keys: usize,
    pub(super) stale_for: Duration,
}

impl Holdings {
    /// What is held after an answer, by the rules of [`RemoteKeys`](super::RemoteKeys); none if
    /// no key in it can be used.
    pub(super) fn after(&self, answer: &Reading, bounds: Bounds, now: SystemTime) -> Option<Self> {
        if answer.usable.is_empty() {
            return None;
        }
        let listed = answer.usable.iter().map(|key| Held { key: key.clone(), listed: now });
        let kept = self.0.iter().filter(|held| held.stays(answer, bounds, now)).cloned();
        Some(Self(listed.chain(kept).take(bounds.max_keys).collect()))
    }

    pub(super) fn keys(&self) -> Vec<VerifyingKey> {
        self.0.iter().map(|held| held.key.clone()).collect()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        let both = self.0.iter().zip(&other.0);
        self.0.len() == other.0.len() && both.into_iter().all(|(a, b)| a.key.is_same(&b.key))
    }
}

impl Held {
    /// Whether the key stays although it is not listed in a form that can be used.
    fn stays(&self, answer: &Reading, bounds: Bounds, now: SystemTime) -> bool {
        let age = now.duration_since(self.listed).unwrap_or_default();
        let replaced = answer.usable.iter().any(|key| self.is_replaced_by(key));
        let meant = answer.left_out.iter().any(|member| self.may_be(&member.identity));
        meant && !replaced && age < bounds.stale_for
    }

    fn is_replaced_by(&self, key: &VerifyingKey) -> bool {
        key.is_same(&self.key) || (key.id().is_some() && key.id() == self.key.id())
    }

    fn may_be(&self, identity: &Identity) -> bool {
        match identity {
            Identity::Named(id) => self.key.id() == Some(id),
            Identity::Foreign => false,
            Identity::Unknown => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::{Jwk, JwkOrigin, read_set};
    use crate::{Algorithm, SigningKey};

    const BOUNDS: Bounds = Bounds { max_keys: 10, stale_for: Duration::from_secs(100) };

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn key(id: &str) -> Value {
        let key = SigningKey::generate(Algorithm::ES256).unwrap().with_id(id);
        serde_json::to_value(Jwk::of(key.verifying_key())).unwrap()
    }

    fn anonymous() -> Value {
        let mut key = key("x");
        key.as_object_mut().unwrap().remove("kid");
        key
    }

    fn read(members: &[Value]) -> Reading {
        let set = json!({ "keys": members }).to_string();
        read_set(set.as_bytes(), JwkOrigin::Remote, 100).unwrap()
    }

    fn holding(members: &[Value]) -> Holdings {
        Holdings::default().after(&read(members), BOUNDS, at(0)).unwrap()
    }

    fn ids(holdings: &Holdings) -> Vec<String> {
        holdings.keys().iter().map(|key| key.id().unwrap_or("-").to_owned()).collect()
    }

    #[track_caller]
    fn check(before: &[Value], answer: &[Value], expected: &[&str]) {
        let after = holding(before).after(&read(answer), BOUNDS, at(50)).unwrap();
        assert_eq!(ids(&after), expected);
    }

    #[test]
    fn a_key_that_is_listed_no_more_is_removed() {
        check(&[key("a"), key("b")], &[key("b")], &["b"]);
        check(&[anonymous()], &[key("b")], &["b"]);
    }

    #[test]
    fn an_answer_without_a_usable_key_is_none() {
        let held = holding(&[key("a")]);
        assert!(held.after(&read(&[]), BOUNDS, at(1)).is_none());
        assert!(held.after(&read(&[json!({"kid": "a"})]), BOUNDS, at(1)).is_none());
        assert!(held.after(&read(&[json!(7)]), BOUNDS, at(1)).is_none());
    }

    #[test]
    fn a_key_that_is_listed_in_an_unusable_form_stays() {
        for broken in [
            json!({"kid": "a"}),
            json!({"kid": "a", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
            json!({"kid": "a", "kty": "EC", "crv": "secp256k1"}),
            json!({"kid": "a", "kty": "RSA", "use": "enc"}),
            json!({"kid": "a", "kty": "oct", "k": "AAAA"}),
        ] {
            check(&[key("a"), key("b"), key("c")], &[key("b"), broken], &["b", "a"]);
        }
    }

    #[test]
    fn a_key_that_is_listed_in_both_forms_is_replaced() {
        let held = holding(&[key("a")]);
        let after = held.after(&read(&[key("a"), json!({"kid": "a"})]), BOUNDS, at(1)).unwrap();
        assert_eq!(ids(&after), ["a"]);
        assert!(!after.is_same(&held));
    }

    #[test]
    fn all_keys_stay_if_nobody_can_tell_which_one_is_broken() {
        for broken in [
            json!(7),
            json!(null),
            json!({"kid": 7, "kty": "EC"}),
            json!({"kid": ""}),
            json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
        ] {
            check(&[key("a"), anonymous()], &[key("b"), broken], &["b", "a", "-"]);
        }
    }

    #[test]
    fn a_foreign_key_without_an_id_keeps_nothing() {
        for foreign in [
            json!({"kty": "oct", "k": "AAAA"}),
            json!({"kty": "RSA", "use": "enc", "n": "AAAA", "e": "AQAB"}),
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        ] {
            check(&[key("a"), anonymous()], &[key("b"), foreign], &["b"]);
        }
    }

    #[test]
    fn what_stays_does_so_for_as_long_as_stale_keys_do() {
        let answer = read(&[key("b"), json!({"kid": "a"})]);
        let mut held = holding(&[key("a")]);
        for now in [40, 80, 99] {
            held = held.after(&answer, BOUNDS, at(now)).unwrap();
            assert_eq!(ids(&held), ["b", "a"]);
        }
        assert_eq!(ids(&held.after(&answer, BOUNDS, at(100)).unwrap()), ["b"]);
    }

    #[test]
    fn no_more_is_held_than_the_bound() {
        let bounds = Bounds { max_keys: 2, ..BOUNDS };
        let after =
            holding(&[key("a"), key("b")]).after(&read(&[key("c"), json!(7)]), bounds, at(1));
        assert_eq!(ids(&after.unwrap()), ["c", "a"]);
    }
}
