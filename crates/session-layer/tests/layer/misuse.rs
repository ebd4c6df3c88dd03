//! A session that is not ours.

use std::sync::Arc;

use session_layer::backend::MemoryBackend;
use session_layer::{Session, SessionErrorKind, SessionExt, SessionLayer};
use tower_sessions_memory_store::MemoryStore;

use crate::app::App;

#[tokio::test]
async fn the_verbs_of_a_foreign_session_say_what_is_missing() {
    let session = Session::new(None, Arc::new(MemoryStore::default()), None);
    let error = session.login("alice").await.unwrap_err();
    assert_eq!(error.kind(), SessionErrorKind::MissingLayer);
    assert!(error.to_string().contains("SessionLayer"));
}

#[tokio::test]
async fn a_value_of_another_type_can_not_be_updated() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/sum/text").await;
    let answer = browser.get("/add/sum").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "session_misused"));
    browser.get("/get/sum").await.says("text");
}

#[test]
fn no_debug_output_shows_a_key() {
    let builder = SessionLayer::builder(MemoryBackend::new())
        .signed(*b"the secret that signs, 32 bytes.")
        .encrypted(*b"the secret that seals, 32 bytes.");
    let shown = format!("{builder:?}");
    let shown = format!("{shown} {:?}", builder.build().unwrap());
    assert!(!shown.contains("secret") && !shown.contains("116, 104, 101"), "{shown}");
}
