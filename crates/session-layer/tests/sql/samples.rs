//! What the tests write.

use std::time::Duration;

use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Cap, CapPolicy, Change, Created, Draft, Found,
    Lifetime, Loaded, Payload, SessionKey, Updated, UserId,
};

pub(crate) fn key(name: &str) -> SessionKey {
    SessionKey::of_id(name)
}

pub(crate) fn draft(content: &str) -> Draft {
    let lifetime = Lifetime { idle: Duration::from_secs(600), absolute: Duration::from_secs(3600) };
    let payload = Payload::from_bytes(content.as_bytes().to_vec());
    Draft { payload, user: None, lifetime, cap: None }
}

/// A session of alice, who may have one.
pub(crate) fn only_one(content: &str) -> Draft {
    let cap = Cap { sessions: 1.try_into().unwrap(), policy: CapPolicy::EndOldest };
    Draft { user: UserId::new("alice"), cap: Some(cap), ..draft(content) }
}

pub(crate) fn change(version: u64, content: &[u8]) -> Change {
    Change { version, payload: Payload::from_bytes(content.to_vec()), lifetime: None }
}

pub(crate) async fn create(sessions: &impl Backend, name: &str) {
    let created = sessions.create(&key(name), &draft(name)).await.unwrap();
    assert_eq!(created, Created::Done { ended: Vec::new() });
}

pub(crate) async fn found(sessions: &impl Backend, name: &str) -> Found {
    match sessions.load(&key(name)).await.unwrap() {
        Loaded::Found(found) => found,
        missing => panic!("{name} is {missing:?}"),
    }
}

/// Adds a byte to a session's content, as often as it takes.
pub(crate) async fn add(
    sessions: &impl Backend,
    name: &str,
    byte: u8,
) -> Result<u64, BackendError> {
    let mut record = match sessions.load(&key(name)).await? {
        Loaded::Found(found) => found.record,
        missing => panic!("{name} is {missing:?}"),
    };
    loop {
        let content = [record.payload.as_bytes(), &[byte]].concat();
        match sessions.update(&key(name), &change(record.version, &content)).await? {
            Updated::Done(version) => return Ok(version),
            Updated::Conflict(now) => record = now.record,
            missing => panic!("{name} is {missing:?}"),
        }
    }
}

#[track_caller]
pub(crate) fn check<T: std::fmt::Debug>(
    result: Result<T, BackendError>,
    kind: BackendErrorKind,
) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error:?}");
    std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()
}
