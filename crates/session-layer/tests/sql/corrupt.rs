use session_layer::backend::{Backend, BackendErrorKind, Draft, UserId};

use super::samples::{check, create, draft, found, key};
use crate::engine::{BYTES, database, run, sessions, shared};

/// Rows that somebody else wrote.
async fn foreign(set: &str) {
    let url = database(shared().await).await;
    let sessions = sessions(&url).await;
    let user = UserId::new("alice").unwrap();
    let drafted = Draft { user: Some(user.clone()), ..draft("") };
    sessions.create(&key("foreign"), &drafted).await.unwrap();
    run(&url, &format!("UPDATE sessions SET {set}")).await;
    create(&sessions, "other").await;
    let text = check(sessions.load(&key("foreign")).await, BackendErrorKind::Corrupt);
    let column = set.split(' ').next().unwrap();
    assert!(text.contains(column), "{text}");
    check(sessions.delete(&key("foreign")).await, BackendErrorKind::Corrupt);
    found(&sessions, "other").await;
}

#[tokio::test]
async fn a_state_that_is_none_is_corrupt() {
    foreign("state = 7").await;
}

#[tokio::test]
async fn a_version_below_nothing_is_corrupt() {
    foreign("version = -1").await;
}

#[tokio::test]
async fn a_user_whose_name_is_no_text_is_corrupt() {
    foreign(&format!("user_id = {BYTES}")).await;
}

#[tokio::test]
async fn a_user_without_a_name_is_corrupt() {
    foreign("user_id = ''").await;
}

#[tokio::test]
async fn a_span_below_nothing_is_corrupt() {
    foreign("idle = -1").await;
}

#[tokio::test]
async fn a_time_before_1970_is_corrupt() {
    foreign("last_seen = -1").await;
}
