//! Slots that move to another node while sessions are used.

use std::time::Instant;

use session_layer::backend::{Backend, Created, Rotated, SessionKey, UserId};
use test_servers::{Redis, RedisCluster};

use super::shared::{renewal, slot};
use crate::fixture::{ask, key, login, name, patient};
use crate::writer::Writer;

/// The move of a slot from the node that has it to the next one.
struct Move<'a> {
    from: &'a Redis,
    to: &'a Redis,
    to_id: String,
    slot: String,
}

async fn set(node: &Redis, slot: &str, what: &str, other: &str) {
    let [slot, what, other] = [slot, what, other].map(str::as_bytes);
    let () = ask(&node.url(), &[b"CLUSTER", b"SETSLOT", slot, what, other]).await;
}

async fn id(node: &Redis) -> String {
    ask(&node.url(), &[b"CLUSTER", b"MYID"]).await
}

impl<'a> Move<'a> {
    async fn begin(cluster: &'a RedisCluster, name: &str) -> Self {
        let slot = slot(cluster, name).await;
        let owner = cluster.owner(slot);
        let [from, to] = [owner, (owner + 1) % 3].map(|node| cluster.nodes.get(node).unwrap());
        let (from_id, to_id, slot) = (id(from).await, id(to).await, slot.to_string());
        set(to, &slot, "IMPORTING", &from_id).await;
        set(from, &slot, "MIGRATING", &to_id).await;
        Self { from, to, to_id, slot }
    }

    /// Moves what is there by now.
    async fn migrate(&self) {
        let get = [b"CLUSTER", b"GETKEYSINSLOT".as_slice(), self.slot.as_bytes(), b"100"];
        let names: Vec<String> = ask(&self.from.url(), &get).await;
        let port = self.to.address().port().to_string();
        let mut migrate =
            vec![b"MIGRATE".as_slice(), b"127.0.0.1", port.as_bytes(), b"", b"0", b"5000"];
        migrate.push(b"KEYS");
        migrate.extend(names.iter().map(String::as_bytes));
        let () = ask(&self.from.url(), &migrate).await;
    }

    async fn end(self) {
        for node in [self.to, self.from] {
            set(node, &self.slot, "NODE", &self.to_id).await;
        }
    }
}

#[tokio::test]
async fn a_slot_that_moves_fails_no_change() {
    let cluster = RedisCluster::start().await.unwrap();
    let backend = patient(&cluster.url());
    let writer = Writer::start(backend.clone()).await;
    let slot = Move::begin(&cluster, &name(key("a"))).await;
    writer.goes_on_after(Instant::now()).await;
    slot.migrate().await;
    writer.goes_on_after(Instant::now()).await;
    slot.end().await;
    writer.goes_on_after(Instant::now()).await;
    assert_eq!(writer.failed(), 0);
    writer.has_lost_nothing(&backend).await;
}

#[tokio::test]
async fn the_slot_of_a_users_index_that_moves_fails_no_login_and_no_rotation() {
    let cluster = RedisCluster::start().await.unwrap();
    let backend = patient(&cluster.url());
    let numbered = |n: u32| key(&n.to_string());
    let done = |keys: &[SessionKey]| keys.iter().map(|key| key.to_string()).collect::<Vec<_>>();
    let goes_on = async |n: u32| {
        let created = backend.create(&numbered(n), &login("alice")).await.unwrap();
        assert_eq!(created, Created::Done { ended: Vec::new() });
        let to = numbered(n + 1);
        let rotated = backend.rotate(&numbered(n), &renewal(1, to)).await.unwrap();
        assert_eq!(rotated, Rotated::Done { ended: Vec::new() });
        let listed = backend.of_user(&UserId::new("alice").unwrap()).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|found| found.key).collect();
        let expected: Vec<_> = (1..=n + 1).filter(|n| n % 2 == 1).map(numbered).collect();
        assert_eq!(done(&listed), done(&expected));
    };
    goes_on(0).await;
    let slot = Move::begin(&cluster, "session:u:alice").await;
    goes_on(2).await;
    slot.migrate().await;
    goes_on(4).await;
    slot.end().await;
    goes_on(6).await;
}

#[tokio::test]
async fn the_slot_of_a_session_that_moves_fails_no_rotation() {
    let cluster = RedisCluster::start().await.unwrap();
    let backend = patient(&cluster.url());
    backend.create(&key("0"), &login("alice")).await.unwrap();
    let rotated = async |from: &str, version: u64, to: &str| {
        let rotated = backend.rotate(&key(from), &renewal(version, key(to))).await.unwrap();
        assert_eq!(rotated, Rotated::Done { ended: Vec::new() });
    };
    let slot_of_old = Move::begin(&cluster, &name(key("0"))).await;
    let slot_of_new = Move::begin(&cluster, &name(key("1"))).await;
    rotated("0", 1, "1").await;
    slot_of_new.migrate().await;
    slot_of_old.migrate().await;
    rotated("1", 2, "2").await;
    slot_of_old.end().await;
    slot_of_new.end().await;
    rotated("2", 3, "3").await;
}
