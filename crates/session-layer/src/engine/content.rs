use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::note::StoredNote;

/// A session's data, as handlers see it.
pub(crate) type Fields = HashMap<String, Value>;

/// What the engine keeps in a session's payload, as JSON.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    /// The name by which the user's list of devices speaks of the session.
    #[serde(rename = "h")]
    pub(crate) handle: String,
    /// What the device is called there.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// Whether the browser keeps the cookie when it is closed.
    #[serde(rename = "p", default, skip_serializing_if = "is_false")]
    pub(crate) remembered: bool,
    /// When it got its id, in seconds since 1970.
    #[serde(rename = "t")]
    renewed: u64,
    /// Whether a client has come with the id that it got at a renewal; none if it got it otherwise.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    id_used: Option<bool>,
    /// When its user logged in, in seconds since 1970.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    login: Option<u64>,
    /// What a guard keeps with it.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<StoredNote>,
    #[serde(rename = "d", with = "shared")]
    pub(crate) fields: Arc<Fields>,
}

impl Content {
    /// Of a session that begins now; none if the system has no randomness to give.
    pub(crate) fn begin(now: SystemTime) -> Option<Self> {
        let mut handle = [0; 12];
        rand::fill(&mut handle).ok()?;
        Some(Self {
            handle: URL_SAFE_NO_PAD.encode(handle),
            label: None,
            remembered: false,
            renewed: seconds(now),
            id_used: None,
            login: None,
            note: None,
            fields: Arc::default(),
        })
    }

    /// Notes that it gets another id now, which its client may never get.
    pub(crate) fn renew(&mut self, now: SystemTime) {
        self.renewed = seconds(now);
        self.id_used = Some(false);
    }

    /// Notes that it begins anew under another id now.
    pub(crate) fn replace(&mut self, now: SystemTime) {
        self.renewed = seconds(now);
        self.id_used = None;
    }

    /// Notes that its client has the id.
    pub(crate) fn use_id(&mut self) {
        self.id_used = self.id_used.map(|_| true);
    }

    /// Whether its client is known to have got the id by a renewal.
    #[cfg(feature = "guard")]
    pub(crate) fn is_id_used(&self) -> bool {
        self.id_used == Some(true)
    }

    /// Whether nobody has come yet with the id that it got by a renewal.
    #[cfg(feature = "guard")]
    pub(crate) fn is_id_unused(&self) -> bool {
        self.id_used == Some(false)
    }

    /// Notes that its user logs in now. What a guard kept was about whoever had it before.
    pub(crate) fn log_in(&mut self, now: SystemTime) {
        self.login = Some(seconds(now));
        self.note = None;
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Values of JSON are always JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// When its user logged in, if it was seen.
    #[cfg(feature = "guard")]
    pub(crate) fn login(&self) -> Option<SystemTime> {
        self.login.map(|at| SystemTime::UNIX_EPOCH + Duration::from_secs(at))
    }

    /// How long it has had its id.
    pub(crate) fn id_age(&self, now: SystemTime) -> Duration {
        Duration::from_secs(seconds(now).saturating_sub(self.renewed))
    }
}

/// Without the fields, which are the user's.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.fields.len();
        f.debug_struct("Content").field("fields", &fields).finish_non_exhaustive()
    }
}

/// Fields are shared in memory only.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Fields;

    pub(super) fn serialize<S: Serializer>(
        fields: &Arc<Fields>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Fields::serialize(fields, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<Fields>, D::Error> {
        Fields::deserialize(deserializer).map(Arc::new)
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
