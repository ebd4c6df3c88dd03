use std::num::NonZeroU32;
use std::time::Duration;

use crate::backend::{
    Cap, CapPolicy, Change, Draft, Lifetime, Payload, Rotation, RotationKind, SessionKey,
    TOMBSTONE_LIFE, UserId,
};

/// How long sessions of the tests live without being seen.
pub(super) const IDLE: Duration = Duration::from_secs(600);

/// How long sessions of the tests live.
pub(super) const ABSOLUTE: Duration = Duration::from_secs(3600);

/// How long a renewed key leads to its successor in the tests.
pub(super) const GRACE: Duration = Duration::from_secs(60);

/// How far from an instant the tests look, for a server's own clock goes on meanwhile.
pub(super) const MARGIN: Duration = Duration::from_secs(30);

pub(super) fn key(name: &str) -> SessionKey {
    SessionKey::of_id(name)
}

/// The key of what is no session.
pub(super) fn beside(name: &str) -> SessionKey {
    SessionKey::beside(*key(name).as_bytes())
}

pub(super) fn user(name: &str) -> UserId {
    match UserId::new(name) {
        Some(user) => user,
        None => panic!("{name:?} names no user"),
    }
}

pub(super) fn payload(text: &str) -> Payload {
    Payload::from_bytes(text.as_bytes().to_vec())
}

/// An anonymous session.
pub(super) fn draft(text: &str) -> Draft {
    let lifetime = Lifetime { idle: IDLE, absolute: ABSOLUTE };
    Draft { payload: payload(text), user: None, lifetime, cap: None }
}

/// A user's session.
pub(super) fn login(name: &str, text: &str) -> Draft {
    Draft { user: Some(user(name)), ..draft(text) }
}

/// A user's session, one of so many.
pub(super) fn capped(name: &str, text: &str, sessions: u32, policy: CapPolicy) -> Draft {
    let cap = NonZeroU32::new(sessions).map(|sessions| Cap { sessions, policy });
    Draft { cap, ..login(name, text) }
}

pub(super) fn change(version: u64, text: &str) -> Change {
    Change { version, payload: payload(text), lifetime: None }
}

pub(super) fn renewal(version: u64, to: SessionKey, grace: Duration) -> Rotation {
    kept_renewal(version, to, grace, TOMBSTONE_LIFE)
}

/// One whose old key is known for so long after the grace.
pub(super) fn kept_renewal(
    version: u64,
    to: SessionKey,
    grace: Duration,
    kept: Duration,
) -> Rotation {
    let payload = payload("renewed");
    Rotation { version, to, kind: RotationKind::Renew { payload, lifetime: None, grace, kept } }
}

pub(super) fn replacement(version: u64, to: SessionKey, draft: Draft) -> Rotation {
    Rotation { version, to, kind: RotationKind::Replace(draft) }
}
