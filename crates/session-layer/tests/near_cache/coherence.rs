//! What one instance does, another one sees: long before what it has in memory is too old.

use session_layer::backend::{Backend, Change, Rotation, RotationKind};
use test_servers::until;

use crate::redis_fixture::{Instance, Two};
use crate::{HOUR, content, draft, found, key, loaded, payload};

fn change(version: u64, text: &str) -> Change {
    Change { version, payload: payload(text), lifetime: None }
}

async fn sees(instance: &Instance, text: &str) {
    let ask = async || (content(instance, "a").await? == text.as_bytes()).then_some(());
    until("the change was seen", ask).await.unwrap();
}

async fn sees_the_end(instance: &Instance) {
    let ask = async || loaded(instance, "a").await.is_none().then_some(());
    until("the end was seen", ask).await.unwrap();
}

#[tokio::test]
async fn a_session_in_memory_is_read_without_redis() {
    let two = Two::start().await;
    let gets = async || {
        let stats: String = two.ask("INFO commandstats").await;
        let line = stats.lines().find(|line| line.starts_with("cmdstat_get:")).unwrap().to_owned();
        line.split(',').next().unwrap().to_owned()
    };
    let before = gets().await;
    for _ in 0..100 {
        found(&two.one, "a").await;
    }
    assert_eq!(gets().await, before);
}

#[tokio::test]
async fn a_change_is_seen_by_another_instance() {
    let Two { server: _server, one, other } = Two::start().await;
    one.update(&key("a"), &change(1, "second")).await.unwrap();
    sees(&other, "second").await;
    assert_eq!(content(&one, "a").await.unwrap(), b"second");
}

#[tokio::test]
async fn a_logout_is_seen_by_another_instance() {
    let Two { server: _server, one, other } = Two::start().await;
    one.delete(&key("a")).await.unwrap();
    sees_the_end(&other).await;
    assert!(loaded(&one, "a").await.is_none());
}

#[tokio::test]
async fn a_login_under_another_key_is_seen_by_another_instance() {
    let Two { server: _server, one, other } = Two::start().await;
    let rotation =
        Rotation { version: 1, to: key("b"), kind: RotationKind::Replace(draft("logged in")) };
    one.rotate(&key("a"), &rotation).await.unwrap();
    sees_the_end(&other).await;
    assert_eq!(content(&other, "b").await.unwrap(), b"logged in");
}

#[tokio::test]
async fn a_touch_is_seen_by_another_instance() {
    let Two { server: _server, one, other } = Two::start().await;
    let before = found(&other, "a").await.record.last_seen;
    let ask = async || {
        assert!(one.touch(&key("a")).await.unwrap());
        (found(&other, "a").await.record.last_seen > before).then_some(())
    };
    until("the touch was seen", ask).await.unwrap();
}

#[tokio::test]
async fn what_redis_forgets_is_seen() {
    let two = Two::start().await;
    let () = two.ask(&format!("PEXPIRE session:s:{} 1", key("a"))).await;
    sees_the_end(&two.one).await;
    let Two { one, other, .. } = &two;
    one.create(&key("b"), &draft("b")).await.unwrap();
    found(other, "b").await;
    let () = two.ask("FLUSHALL").await;
    let gone = async || loaded(other, "b").await.is_none().then_some(());
    until("all was forgotten", gone).await.unwrap();
}

#[tokio::test]
async fn sessions_of_another_prefix_or_user_are_nobodys_business() {
    let two = Two::start().await;
    let () = two.ask(&format!("SET other:s:{} x", key("a"))).await;
    let () = two.ask("SET session:u:alice2 x").await;
    two.one.create(&key("b"), &draft("b")).await.unwrap();
    assert!(two.other.bytes() > 0);
    assert_eq!(found(&two.other, "a").await.record.version, 1);
}

#[tokio::test]
async fn a_session_whose_lifetime_has_become_shorter_ends_in_memory_too() {
    let Two { server: _server, one, .. } = Two::start().await;
    let brief = std::time::Duration::from_millis(50);
    let lifetime = session_layer::backend::Lifetime { idle: brief, absolute: HOUR };
    let change = Change { lifetime: Some(lifetime), ..change(1, "brief") };
    one.update(&key("a"), &change).await.unwrap();
    sees_the_end(&one).await;
}
