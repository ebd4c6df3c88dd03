use std::str;
use std::time::{Duration, SystemTime};

use bytes::{Buf, Bytes};

use super::names::session_key;
use crate::backend::{Payload, Record, Renewed, UserId};

/// What a session's key holds; `lua/record.lua` has the layout.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Session(Record),
    Alias(Renewed),
    Ended,
    Superseded,
}

impl Stored {
    /// None for what is foreign or cut off.
    pub(super) fn read(value: Vec<u8>) -> Option<Self> {
        let mut value = Bytes::from(value);
        match value.try_get_u8().ok()? {
            b'S' => session(value).map(Self::Session),
            b'A' => alias(value).map(Self::Alias),
            b'E' => value.is_empty().then_some(Self::Ended),
            b'X' => value.is_empty().then_some(Self::Superseded),
            _ => None,
        }
    }
}

/// When it ends, and the new key as text.
fn alias(mut value: Bytes) -> Option<Renewed> {
    let until = time(&mut value)?;
    Some(Renewed { to: session_key(&value)?, until })
}

/// How a session of this version begins.
pub(super) fn beginning(version: u64) -> Vec<u8> {
    [b"S".as_slice(), &version.to_be_bytes()].concat()
}

/// The same, and how long the payload is. One that is longer than can be said is more than Redis
/// takes, too.
pub(super) fn head(version: u64, payload: &Payload) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    [beginning(version).as_slice(), &length.to_be_bytes()].concat()
}

/// What of a session a rotation keeps: the part that changes do not change.
pub(super) fn lasting(record: &Record) -> Vec<u8> {
    let since_1970 = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH);
    let times = [
        since_1970(record.created).unwrap_or_default(),
        record.idle,
        since_1970(record.ends).unwrap_or_default(),
    ];
    let mut lasting = Vec::new();
    for time in times {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        lasting.extend(millis.to_be_bytes());
    }
    lasting.extend(record.user.as_ref().map_or("", UserId::as_str).as_bytes());
    lasting
}

/// A session, past its first byte.
fn session(mut value: Bytes) -> Option<Record> {
    let version = value.try_get_u64().ok()?;
    let payload = usize::try_from(value.try_get_u32().ok()?).ok()?;
    let last_seen = time(&mut value)?;
    let created = time(&mut value)?;
    let idle = Duration::from_millis(value.try_get_u64().ok()?);
    let ends = time(&mut value)?;
    let _due = value.try_get_u64().ok()?;
    let user = usize::from(value.try_get_u8().ok()?);
    if value.len() != user.checked_add(payload)? {
        return None;
    }
    let user = user_id(&value.split_to(user))?;
    let payload = Payload::from_bytes(value);
    Some(Record { version, payload, user, created, last_seen, idle, ends })
}

fn time(value: &mut Bytes) -> Option<SystemTime> {
    let millis = Duration::from_millis(value.try_get_u64().ok()?);
    SystemTime::UNIX_EPOCH.checked_add(millis)
}

/// Outer none for what is no user's id.
fn user_id(user: &[u8]) -> Option<Option<UserId>> {
    if user.is_empty() {
        return Some(None);
    }
    UserId::new(str::from_utf8(user).ok()?).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::SessionKey;

    fn at(millis: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
    }

    fn session_of_bob() -> Vec<u8> {
        let mut value = vec![b'S'];
        value.extend(7_u64.to_be_bytes());
        value.extend(5_u32.to_be_bytes());
        for number in [2_000_u64, 1_000, 60_000, 9_000_000, 62_000] {
            value.extend(number.to_be_bytes());
        }
        value.push(3);
        value.extend(b"bobhello");
        value
    }

    #[test]
    fn a_session_is_read() {
        let record = Record {
            version: 7,
            payload: Payload::from_bytes("hello"),
            user: UserId::new("bob"),
            created: at(1_000),
            last_seen: at(2_000),
            idle: Duration::from_secs(60),
            ends: at(9_000_000),
        };
        assert_eq!(Stored::read(session_of_bob()), Some(Stored::Session(record)));
    }

    #[test]
    fn what_lasts_of_a_session_is_as_it_is_kept() {
        let Some(Stored::Session(record)) = Stored::read(session_of_bob()) else {
            panic!("it is one");
        };
        assert_eq!(lasting(&record), [&session_of_bob()[21..45], b"bob"].concat());
    }

    #[test]
    fn a_session_that_is_cut_off_is_not_read() {
        let whole = session_of_bob();
        for length in 0..whole.len() {
            assert_eq!(Stored::read(whole[..length].to_vec()), None, "{length} bytes");
        }
    }

    #[test]
    fn a_session_with_something_behind_it_is_not_read() {
        let mut value = session_of_bob();
        value.push(0);
        assert_eq!(Stored::read(value), None);
    }

    #[test]
    fn a_user_that_is_no_text_is_not_read() {
        let mut value = session_of_bob();
        value[54] = 0xff;
        assert_eq!(Stored::read(value), None);
    }

    #[test]
    fn tombstones_and_aliases_are_told_apart_from_what_is_foreign() {
        assert_eq!(Stored::read(b"E".to_vec()), Some(Stored::Ended));
        assert_eq!(Stored::read(b"X".to_vec()), Some(Stored::Superseded));
        let (to, until) = (SessionKey::of_id("new"), at(7));
        let alias = [b"A".as_slice(), &7_u64.to_be_bytes(), to.to_string().as_bytes()].concat();
        assert_eq!(Stored::read(alias), Some(Stored::Alias(Renewed { to, until })));
        for foreign in [b"".as_slice(), b"EX", b"A", b"hello", b"{\"user\":1}", &[0; 52]] {
            assert_eq!(Stored::read(foreign.to_vec()), None, "{foreign:?}");
        }
    }
}
