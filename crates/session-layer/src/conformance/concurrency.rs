use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;

use super::Subject;
use super::client::Client;
use super::sample::{
    GRACE, capped, change, draft, key, login, payload, renewal, replacement, user,
};
use crate::backend::{
    CapPolicy, Change, Created, Loaded, Missing, Payload, Record, Rotated, Rotation, RotationKind,
    SessionKey, TOMBSTONE_LIFE, Updated,
};

/// Lets so many clients do the same at once, each with its number, and gives what they returned.
pub(super) async fn at_once<T, F>(clients: u32, mut of: impl FnMut(u32) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let running: Vec<_> = (0..clients).map(|number| tokio::spawn(of(number))).collect();
    all(running).await
}

async fn all<T>(running: Vec<JoinHandle<T>>) -> Vec<T> {
    let mut ended = Vec::new();
    for task in running {
        ended.push(joined(task).await);
    }
    ended
}

pub(super) async fn joined<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Adds one byte to the content, as often as it takes.
async fn add(client: &Client, mut key: SessionKey, byte: u8) {
    let mut found = client.found(key).await;
    loop {
        let mut content = found.record.payload.as_bytes().to_vec();
        content.push(byte);
        let payload = Payload::from_bytes(content);
        let change = Change { version: found.record.version, payload, lifetime: None };
        match client.update(key, &change).await {
            Updated::Done(_) => return,
            Updated::Conflict(now) => (key, found) = (now.key, now),
            Updated::Missing(missing) => panic!("a live session is {missing:?}"),
        }
    }
}

/// Promise: changes that are made at the same time are all kept, if each retries on a conflict.
pub async fn concurrent_updates_are_all_kept(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("")).await;
    at_once(50, |n| {
        let client = client.clone();
        async move { add(&client, key("a"), n as u8).await }
    })
    .await;
    let record = client.found(key("a")).await.record;
    let mut content = record.payload.as_bytes().to_vec();
    content.sort_unstable();
    assert_eq!(content, (0..50).collect::<Vec<_>>(), "a change was lost, or made twice");
    assert_eq!(record.version, 51, "every change is one version");
}

/// Promise: of updates of one version that are made at the same time, one wins.
pub async fn of_concurrent_updates_of_one_version_one_wins(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &draft("first")).await;
    let updates = at_once(20, |n| {
        let client = client.clone();
        async move { client.update(key("a"), &change(1, &n.to_string())).await }
    })
    .await;
    let winners: Vec<_> = (0..20).filter(|n| updates[*n] == Updated::Done(2)).collect();
    let [winner] = winners[..] else { panic!("one should have won, but: {updates:?}") };
    let now = client.found(key("a")).await;
    assert_eq!(now.record.payload, payload(&winner.to_string()), "the winner's content");
    let lost = Updated::Conflict(now);
    assert_eq!(updates.iter().filter(|update| **update == lost).count(), 19, "all others lost");
}

/// Promise: of creates of one key that are made at the same time, one wins.
pub async fn of_concurrent_creates_of_one_key_one_wins(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let creates = at_once(20, |n| {
        let client = client.clone();
        async move { client.create(key("a"), &login("alice", &n.to_string())).await }
    })
    .await;
    let done = |n: &usize| matches!(creates[*n], Created::Done { .. });
    let winners: Vec<_> = (0..20).filter(done).collect();
    let [winner] = winners[..] else { panic!("one should have won, but: {creates:?}") };
    let found = client.found(key("a")).await;
    assert_eq!(found.record.payload, payload(&winner.to_string()), "the winner's content");
    assert_eq!(client.of_user(&user("alice")).await, [found], "registered once");
    let taken = creates.iter().filter(|created| **created == Created::Taken).count();
    assert_eq!(taken, 19, "all others found the key taken");
}

/// Promise: of restores of one key that are made at the same time, the latest version stays.
pub async fn of_concurrent_restores_the_latest_version_stays(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("a"), &login("alice", "here")).await;
    let here = client.found(key("a")).await.record;
    at_once(20, |n| {
        let (client, version) = (client.clone(), u64::from(n * 7 % 20 + 2));
        let user = Some(user(if n % 2 == 0 { "alice" } else { "bob" }));
        let record = Record { version, user, ..here.clone() };
        async move { client.restore(key("a"), &record).await }
    })
    .await;
    let found = client.found(key("a")).await;
    assert_eq!(found.record.version, 21, "the latest");
    let mut registered = client.of_user(&user("alice")).await;
    registered.extend(client.of_user(&user("bob")).await);
    assert_eq!(registered, [found], "registered once");
}

/// Promise: a session is renewed once, however many try at the same time; the others are told.
pub async fn of_concurrent_renewals_one_wins(subject: Arc<dyn Subject>) {
    of_concurrent_rotations_one_wins(subject, |n| renewal(1, key(&n.to_string()), GRACE)).await;
}

/// Promise: a session is replaced once, however many log in with it at the same time.
pub async fn of_concurrent_replacements_one_wins(subject: Arc<dyn Subject>) {
    of_concurrent_rotations_one_wins(subject, |n| {
        replacement(1, key(&n.to_string()), login("alice", "in"))
    })
    .await;
}

async fn of_concurrent_rotations_one_wins(
    subject: Arc<dyn Subject>,
    rotation: fn(u32) -> Rotation,
) {
    let client = Client::of(subject);
    client.created(key("old"), &login("alice", "first")).await;
    let rotations = at_once(20, |n| {
        let client = client.clone();
        async move { client.rotate(key("old"), &rotation(n)).await }
    })
    .await;
    let done = |n: &u32| matches!(rotations[*n as usize], Rotated::Done { .. });
    let winners: Vec<_> = (0..20).filter(done).collect();
    let [winner] = winners[..] else { panic!("one should have won, but: {rotations:?}") };
    let now = client.found(key(&winner.to_string())).await;
    assert_eq!(client.keys_of(&user("alice")).await, [now.key], "a session never forks");
    let told = |rotated: &&Rotated| match rotated {
        Rotated::Conflict(found) => *found == now,
        Rotated::Missing(missing) => *missing == Missing::Superseded,
        _ => false,
    };
    assert_eq!(rotations.iter().filter(told).count(), 19, "the others are told: {rotations:?}");
}

/// Promise: while a session is renewed, who has the old key never finds nothing.
pub async fn a_session_that_is_renewed_is_never_under_neither_key(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("0"), &draft("first")).await;
    for step in 0..20_u64 {
        let (old, new) = (key(&step.to_string()), key(&(step + 1).to_string()));
        let over = Arc::new(AtomicBool::new(false));
        let reader = tokio::spawn(read_until(client.clone(), old, over.clone()));
        client.rotated(old, &renewal(step + 1, new, GRACE)).await;
        over.store(true, Ordering::SeqCst);
        joined(reader).await;
        client.found(new).await;
    }
}

async fn read_until(client: Client, key: SessionKey, over: Arc<AtomicBool>) {
    while !over.load(Ordering::SeqCst) {
        client.found(key).await;
        tokio::task::yield_now().await;
    }
}

/// Promise: while a session is replaced, who finds nothing under the old key any more finds it
/// under the new one.
pub async fn a_session_that_is_replaced_is_never_under_neither_key(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("0"), &login("alice", "first")).await;
    for step in 0..20_u64 {
        let (old, new) = (key(&step.to_string()), key(&(step + 1).to_string()));
        let reader = tokio::spawn(read_across(client.clone(), old, new));
        client.rotated(old, &replacement(1, new, login("alice", "in"))).await;
        joined(reader).await;
    }
}

async fn read_across(client: Client, old: SessionKey, new: SessionKey) {
    while let Loaded::Found(_) = client.load(old).await {
        tokio::task::yield_now().await;
    }
    client.found(new).await;
}

/// Promise: an end that comes while others write is the end, whoever was quicker.
pub async fn a_delete_beats_writes_in_flight(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for round in 0..10 {
        let session = key(&format!("{round}"));
        client.created(session, &login("alice", "first")).await;
        at_once(9, |n| {
            let client = client.clone();
            async move { write_or_end(&client, session, round, n).await }
        })
        .await;
        let keys = client.keys_of(&user("alice")).await;
        assert_eq!(keys, [], "round {round}: the session outlived its end");
        client.missing(session).await;
    }
}

/// One of nine ends the session; the others update, touch, renew or create it.
async fn write_or_end(client: &Client, session: SessionKey, round: u32, n: u32) {
    match n {
        4 => drop(client.delete(session).await),
        0 | 8 => drop(client.touch(session).await),
        1 | 5 => drop(client.update(session, &change(1, "late")).await),
        2 | 6 => drop(client.create(session, &login("alice", "late")).await),
        _ => {
            let to = key(&format!("{round}-{n}"));
            drop(client.rotate(session, &renewal(1, to, GRACE)).await);
        }
    }
}

/// Promise: a cap that refuses is exact, however many log in at the same time.
pub async fn a_refusing_cap_is_exact_under_concurrency(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let creates = at_once(20, |n| {
        let client = client.clone();
        async move {
            let draft = capped("alice", "in", 3, CapPolicy::Refuse);
            client.create(key(&n.to_string()), &draft).await
        }
    })
    .await;
    let none = Created::Done { ended: Vec::new() };
    assert_eq!(creates.iter().filter(|created| **created == none).count(), 3, "{creates:?}");
    let full = creates.iter().filter(|created| **created == Created::Full).count();
    assert_eq!(full, 17, "{creates:?}");
    assert_eq!(client.keys_of(&user("alice")).await.len(), 3, "three, and no more");
}

/// Promise: a cap that ends the oldest is exact, however many log in at the same time, by creates
/// and by replacements: every session but three was ended by somebody, once.
pub async fn an_ending_cap_is_exact_under_concurrency(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    for n in 0..10 {
        client.created(key(&format!("guest {n}")), &draft("guest")).await;
    }
    let logins = at_once(20, |n| {
        let client = client.clone();
        async move { log_in_within(&client, n, 3).await }
    })
    .await;
    let ended: Vec<_> = logins.into_iter().flatten().collect();
    assert_eq!(ended.len(), 17, "20 have logged in, 3 may be left");
    assert_eq!(ended.iter().collect::<HashSet<_>>().len(), 17, "no session is ended twice");
    let live = client.keys_of(&user("alice")).await;
    assert_eq!(live.len(), 3, "three, and no more");
    assert!(live.iter().all(|key| !ended.contains(key)), "what is live was not ended");
}

/// A login, and a look at the user's list; half of them have a guest's session before.
async fn log_in_within(client: &Client, n: u32, sessions: u32) -> Vec<SessionKey> {
    let draft = capped("alice", "in", sessions, CapPolicy::EndOldest);
    let new = key(&format!("login {n}"));
    let ended = if n < 10 {
        let old = key(&format!("guest {n}"));
        client.rotated(old, &replacement(1, new, draft)).await
    } else {
        client.created(new, &draft).await
    };
    let live = client.keys_of(&user("alice")).await.len();
    assert!(live <= sessions as usize, "the cap is {sessions}, but {live} are live");
    ended
}

/// Promise: logins that cross, from one user to another and back, all come to an end.
pub async fn logins_that_cross_come_to_an_end(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    at_once(16, |n| {
        let client = client.clone();
        async move { change_users(&client, n).await }
    })
    .await;
    let (alice, bob) = (user("alice"), user("bob"));
    let live = client.keys_of(&alice).await.len() + client.keys_of(&bob).await.len();
    assert!((1..=8).contains(&live), "the cap is 4 for each, but {live} are live");
    assert_eq!(client.stats().await.live, live as u64, "every session is somebody's");
}

/// Logs in as one and the other in turn, until somebody else's login ends the session.
async fn change_users(client: &Client, n: u32) {
    let name = |step: u32| key(&format!("{n}-{step}"));
    let draft = |step: u32| {
        let user = if (n + step).is_multiple_of(2) { "alice" } else { "bob" };
        capped(user, "in", 4, CapPolicy::EndOldest)
    };
    client.created(name(0), &draft(0)).await;
    for step in 0..8 {
        let rotation = replacement(1, name(step + 1), draft(step + 1));
        match client.rotate(name(step), &rotation).await {
            Rotated::Done { .. } => {}
            Rotated::Missing(_) => return,
            other => panic!("nobody else rotates this session, but it said {other:?}"),
        }
    }
}

/// Promise: renewals and changes at the same time lose nothing: who comes with the old key is led
/// to the new one, with the version that it has.
pub async fn changes_survive_a_renewal_at_the_same_time(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    client.created(key("old"), &login("alice", "")).await;
    let renewing = tokio::spawn(renew(client.clone(), key("old"), key("new")));
    at_once(10, |n| {
        let client = client.clone();
        async move { add(&client, key("old"), n as u8).await }
    })
    .await;
    joined(renewing).await;
    let found = client.found(key("new")).await;
    let mut content = found.record.payload.as_bytes().to_vec();
    content.sort_unstable();
    assert_eq!(content, (0..10).collect::<Vec<_>>(), "a change was lost, or made twice");
    assert_eq!(found.record.version, 12, "ten changes and a renewal");
}

/// Renews, with the content that there is, as often as it takes.
async fn renew(client: Client, old: SessionKey, to: SessionKey) {
    loop {
        let record = client.found(old).await.record;
        let Record { payload, .. } = record;
        let kind =
            RotationKind::Renew { payload, lifetime: None, grace: GRACE, kept: TOMBSTONE_LIFE };
        let rotation = Rotation { version: record.version, to, kind };
        if let Rotated::Done { .. } = client.rotate(old, &rotation).await {
            return;
        }
    }
}
