use std::sync::Arc;

use super::Subject;
use super::client::Client;
use super::sample::{draft, key, login, user};
use crate::backend::{Change, Draft, Payload, Updated};

const MIB: usize = 1 << 20;

/// Stores the bytes by a create and by an update, and reads them both times.
async fn check(client: &Client, name: &str, bytes: Vec<u8>) {
    let payload = Payload::from_bytes(bytes);
    client.created(key(name), &Draft { payload: payload.clone(), ..draft("") }).await;
    let created = client.found(key(name)).await.record.payload;
    assert!(created == payload, "{name}: {payload:?} became {created:?} by a create");
    let change = Change { version: 1, payload: payload.clone(), lifetime: None };
    client.updated(key(name), &change).await;
    let updated = client.found(key(name)).await.record.payload;
    assert!(updated == payload, "{name}: {payload:?} became {updated:?} by an update");
}

/// Promise: no content is content too.
pub async fn an_empty_payload_is_kept(subject: Arc<dyn Subject>) {
    check(&Client::of(subject), "empty", Vec::new()).await;
}

/// Promise: content is bytes, whatever they are.
pub async fn a_binary_payload_is_kept(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    check(&client, "every byte", (0..=255).collect()).await;
    check(&client, "zeros", vec![0; 1000]).await;
    check(&client, "no UTF-8", vec![0xff; 1000]).await;
    check(&client, "quotes", b"\\'\"`;--\r\n%_$1 {}".to_vec()).await;
}

/// Promise: a mebibyte of content is kept.
pub async fn a_payload_of_a_mebibyte_is_kept(subject: Arc<dyn Subject>) {
    let bytes = (0..MIB).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect();
    check(&Client::of(subject), "large", bytes).await;
}

/// Promise: a conflict brings all of the content along.
pub async fn a_conflict_brings_a_large_payload_along(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let payload = Payload::from_bytes(vec![7; MIB]);
    client.created(key("a"), &Draft { payload, ..draft("") }).await;
    let now = client.found(key("a")).await;
    let change = Change { version: 7, payload: Payload::default(), lifetime: None };
    let updated = client.update(key("a"), &change).await;
    assert!(updated == Updated::Conflict(now), "7 is not 1, and the content is all there");
}

/// Promise: users are told apart by every byte of their id.
pub async fn users_are_told_apart_by_every_byte(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let users = odd_users();
    for (n, name) in users.iter().enumerate() {
        client.created(key(&n.to_string()), &login(name, "in")).await;
    }
    for (n, name) in users.iter().enumerate() {
        let keys = client.keys_of(&user(name)).await;
        assert_eq!(keys, [key(&n.to_string())], "{name:?} has the sessions of another one");
        let found = client.found(key(&n.to_string())).await;
        assert_eq!(found.record.user, Some(user(name)), "{name:?} has another name now");
    }
}

/// Ids that a careless query, collation, pattern or separator takes for one another.
fn odd_users() -> Vec<String> {
    let odd = [
        "alice",
        "Alice",
        "ALICE",
        "alice ",
        " alice",
        "alice\t",
        "alice\n",
        "alic",
        "alice2",
        "álice",
        "a\u{301}lice",
        "аlice",
        "ålice",
        "straße",
        "strasse",
        "ß",
        "ss",
        "ｓs",
        "İ",
        "i",
        "I",
        "ı",
        "日本",
        "😀",
        "😁",
        "'",
        "\"",
        "`",
        "\\",
        "\\\\",
        "' OR ''='",
        "%",
        "_",
        "*",
        "?",
        "{alice}",
        "alice}",
        "alice:1",
        "alice/1",
        "alice*",
        "0",
        "00",
        "0.0",
        "1e0",
        "1",
        "true",
        "null",
        "NULL",
        " ",
        "  ",
        "\u{200b}",
        "\u{feff}alice",
        "a\u{200d}lice",
        "$1",
        ":user",
    ];
    let long = ["u".repeat(255), format!("{}v", "u".repeat(254)), "ü".repeat(127), "U".repeat(255)];
    odd.into_iter().map(str::to_owned).chain(long).collect()
}
