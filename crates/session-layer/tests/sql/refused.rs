use session_layer::backend::{Backend, BackendErrorKind};

use super::samples::{change, check, create, draft, found, key};
use crate::engine::{
    FULL, builder, database, denied, read_only, run, sessions, shared, without_database,
};

#[tokio::test]
async fn without_the_table_it_says_to_migrate() {
    let url = database(shared().await).await;
    let sessions = builder(&url).build().unwrap();
    let text = check(sessions.load(&key("a")).await, BackendErrorKind::Refused);
    assert!(text.contains("run migrate()"), "{text}");
}

#[tokio::test]
async fn a_table_that_is_lost_and_made_again_is_used_again() {
    let url = database(shared().await).await;
    let sessions = sessions(&url).await;
    create(&sessions, "a").await;
    run(&url, "DROP TABLE sessions; DROP TABLE session_migrations").await;
    for _ in 0..3 {
        check(sessions.load(&key("a")).await, BackendErrorKind::Refused);
        check(sessions.create(&key("b"), &draft("")).await, BackendErrorKind::Refused);
    }
    sessions.migrate().await.unwrap();
    create(&sessions, "b").await;
}

#[tokio::test]
async fn another_table_of_that_name_is_refused() {
    let url = database(shared().await).await;
    run(&url, "CREATE TABLE sessions (id INT, data INT)").await;
    let sessions = builder(&url).build().unwrap();
    let text = check(sessions.load(&key("a")).await, BackendErrorKind::Refused);
    assert!(text.contains("run migrate()"), "{text}");
}

#[tokio::test]
async fn who_may_only_read_is_refused_to_write_and_harms_nothing() {
    let url = database(shared().await).await;
    let owner = sessions(&url).await;
    create(&owner, "a").await;
    let reader = builder(read_only(&url).await).build().unwrap();
    let before = found(&reader, "a").await;
    let text = check(reader.update(&key("a"), &change(1, b"")).await, BackendErrorKind::Refused);
    assert!(text.contains("the user needs SELECT, INSERT, UPDATE and DELETE"), "{text}");
    check(reader.create(&key("b"), &draft("")).await, BackendErrorKind::Refused);
    check(reader.delete(&key("a")).await, BackendErrorKind::Refused);
    check(reader.sweep(1).await, BackendErrorKind::Refused);
    assert_eq!(found(&owner, "a").await, before);
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_not_told() {
    let sessions = builder(denied(shared().await).await).build().unwrap();
    let text = check(sessions.load(&key("a")).await, BackendErrorKind::Refused);
    assert!(!text.contains("pa55"), "{text}");
    assert!(!format!("{sessions:?}").contains("pa55"));
}

#[tokio::test]
async fn an_unknown_database_is_refused() {
    let sessions = builder(without_database(shared().await)).build().unwrap();
    let text = check(sessions.load(&key("a")).await, BackendErrorKind::Refused);
    assert!(text.contains("create the database"), "{text}");
}

#[tokio::test]
async fn a_full_disk_is_out_of_space_and_harms_no_session() {
    let url = database(shared().await).await;
    let sessions = sessions(&url).await;
    create(&sessions, "a").await;
    let before = found(&sessions, "a").await;
    run(&url, FULL).await;
    check(sessions.create(&key("b"), &draft("")).await, BackendErrorKind::OutOfSpace);
    check(sessions.update(&key("a"), &change(1, b"")).await, BackendErrorKind::OutOfSpace);
    assert_eq!(found(&sessions, "a").await, before);
}
