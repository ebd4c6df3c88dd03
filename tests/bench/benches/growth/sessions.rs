//! Sessions by number.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use session_layer::backend::{Draft, Lifetime, Payload, SessionKey, UserId};
use tokio::task::JoinSet;

use crate::shared::Shared;

/// As long as is needed for reads not to be written down while it is measured.
pub(crate) const LIFETIME: Lifetime = Lifetime {
    idle: Duration::from_secs(10 * 24 * 3600),
    absolute: Duration::from_secs(20 * 24 * 3600),
};

/// A text that may be an id.
pub(crate) fn id(number: u64) -> String {
    format!("{number:032}")
}

pub(crate) fn key(number: u64) -> SessionKey {
    SessionKey::of_id(&id(number))
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(format!("user {number}")).unwrap()
}

pub(crate) fn draft(number: u64) -> Draft {
    Draft { payload: payload(), user: Some(user(number)), lifetime: LIFETIME, cap: None }
}

/// Ten fields, as the layer writes them.
fn payload() -> Payload {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let fields: Vec<_> = (0..10).map(|n| format!("\"field{n}\":\"value number {n}\"")).collect();
    let fields = fields.join(",");
    let content = format!("{{\"h\":\"0123456789abcdef\",\"t\":{now},\"d\":{{{fields}}}}}");
    Payload::from_bytes(content.into_bytes())
}

/// Creates so many, as many at a time as are quickest together.
pub(crate) async fn create(backend: &Shared, sessions: u64) {
    const TASKS: u64 = 64;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let backend = Arc::clone(&backend.0);
        tasks.spawn(async move {
            for number in (task..sessions).step_by(TASKS as usize) {
                backend.create(&key(number), &draft(number)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
}
