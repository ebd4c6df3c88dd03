use std::fs;
use std::sync::Arc;

use axum::body::Body;
use http::Request;
use http::header::SET_COOKIE;
use session_layer::backend::MemoryBackend;
use tower::Service;

use crate::place::Filled;
use crate::shared::Shared;
use crate::subject::{Ids, Subject};

/// Through the application: this backend keeps values as they were set, not as bytes.
pub(crate) async fn fill(sessions: u64) -> Filled {
    let before = resident();
    let capacity = 2 * sessions as usize + (1 << 20);
    let backend = MemoryBackend::builder().capacity(capacity).build().unwrap();
    let mut subject = Subject::of(Shared(Arc::new(backend)), Ids::Given(Vec::new()));
    let mut ids = Vec::with_capacity(sessions as usize);
    for number in 0..sessions {
        ids.push(log_in(&mut subject, number).await);
    }
    // Without what is only here to know them by: 32 bytes each, and the allocator's 16.
    let bytes = (resident() - before).saturating_sub(64 * sessions);
    subject.ids = Ids::Given(ids);
    Filled::of(subject, bytes, ()).await
}

async fn log_in(subject: &mut Subject, number: u64) -> Box<str> {
    let request = Request::get(format!("/login/user%20{number}")).body(Body::empty()).unwrap();
    let response = subject.app.call(request).await.unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    let value = cookie.split_once('=').unwrap().1;
    value.split(';').next().unwrap().into()
}

/// Bytes of memory that this process has.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    1024 * line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
}
