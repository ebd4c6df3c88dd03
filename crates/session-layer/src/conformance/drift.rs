use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::Subject;
use super::client::Client;
use super::concurrency::{at_once, joined};
use super::history::number;
use super::sample::{
    GRACE, IDLE, MARGIN, beside, capped, change, draft, key, login, renewal, replacement,
};
use crate::backend::{CapPolicy, Loaded, SessionKey};

/// How many calls are made unless the environment says otherwise.
const CALLS: u64 = 400;
/// How often the count is compared meanwhile.
const ROUNDS: u64 = 4;
const CLIENTS: u32 = 4;
/// Of so many calls one is given up before it is answered.
const CUT: u8 = 8;
/// Of so many keys one is no session's.
const BESIDE: u8 = 3;
/// How long what was given up may go on.
const PATIENCE: Duration = Duration::from_secs(5);
/// A session is forgotten when so many others have begun.
const RECENT: usize = 20;

/// Promise: whatever happens, and whichever calls are given up half-way, stats count the sessions
/// that load finds, and nothing that is beside them. The environment's `CONFORMANCE_CALLS` says how
/// many random calls that are, 400 by default. It is not part of
/// [`conformance_tests!`](crate::conformance_tests), for a backend may say that its figures are
/// estimates; others run it with `conformance_tests!(subject => stats_do_not_drift)`.
pub async fn stats_do_not_drift(subject: Arc<dyn Subject>) {
    let client = Client::of(subject);
    let calls = number("CONFORMANCE_CALLS", CALLS) / ROUNDS / u64::from(CLIENTS);
    let mut keys = Vec::new();
    for round in 0..ROUNDS {
        let wanderers = at_once(CLIENTS, |number| {
            let name = format!("{round} {number}");
            wander(client.clone(), name, calls)
        });
        keys.extend(wanderers.await.into_iter().flatten());
        client.advance((IDLE + MARGIN) / 2).await;
        agree(&client, &keys).await;
    }
}

/// What was given up may be going on still, for a moment. With many sessions, some expire while they
/// are looked at.
async fn agree(client: &Client, keys: &[SessionKey]) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let before = live(client, keys).await;
        client.sweep_all().await;
        let counted = client.stats().await.live;
        let after = live(client, keys).await;
        if (after..=before).contains(&counted) {
            return;
        }
        let sessions = keys.len();
        assert!(
            Instant::now() < deadline,
            "{counted} are counted, {after} to {before} of {sessions} are live"
        );
        sleep(Duration::from_millis(10)).await;
    }
}

async fn live(client: &Client, keys: &[SessionKey]) -> u64 {
    let mut live = 0;
    for key in keys.iter().filter(|key| key.is_session()) {
        match client.load(*key).await {
            Loaded::Found(found) if found.key == *key => live += 1,
            Loaded::Found(_) | Loaded::Missing(_) => {}
        }
    }
    live
}

/// Random calls about sessions of its own, and what is beside them; gives their keys.
async fn wander(client: Client, name: String, calls: u64) -> Vec<SessionKey> {
    let (mut dice, mut keys) = (Rng::new(), vec![key(&name)]);
    for call in 0..calls {
        let next = some_key(&mut dice, &format!("{name} {call}"));
        let recent = keys.len().saturating_sub(RECENT)..keys.len();
        let at = keys[dice.usize(recent)];
        let begins = take(&client, &mut dice, &name, at, next).await;
        keys.extend(begins.then_some(next));
    }
    keys
}

fn some_key(dice: &mut Rng, name: &str) -> SessionKey {
    if dice.u8(0..BESIDE) == 0 { beside(name) } else { key(name) }
}

/// True if there may be a session under the next key.
async fn take(
    client: &Client,
    dice: &mut Rng,
    user: &str,
    at: SessionKey,
    next: SessionKey,
) -> bool {
    let client = client.clone();
    let version = match client.load(at).await {
        Loaded::Found(found) => found.record.version,
        Loaded::Missing(_) => 1,
    };
    let begins = match dice.u8(0..10) {
        0 => Some(draft("guest")),
        1 => Some(login(user, "in")),
        2 => Some(capped(user, "in", 3, CapPolicy::EndOldest)),
        _ => None,
    };
    if let Some(draft) = begins {
        perhaps_cut(dice, async move { client.create(next, &draft).await }).await;
        return true;
    }
    let login = login(user, "in");
    match dice.u8(0..6) {
        0 => perhaps_cut(dice, async move { client.delete(at).await }).await,
        1 => perhaps_cut(dice, async move { client.touch(at).await }).await,
        2 => {
            let change = change(version, "changed");
            perhaps_cut(dice, async move { client.update(at, &change).await }).await;
        }
        turn => {
            let rotation = match turn {
                3 => renewal(version, next, GRACE),
                _ => replacement(version, next, login),
            };
            perhaps_cut(dice, async move { client.rotate(at, &rotation).await }).await;
            return true;
        }
    }
    false
}

async fn perhaps_cut<T: Send + 'static>(
    dice: &mut Rng,
    call: impl Future<Output = T> + Send + 'static,
) {
    let call = tokio::spawn(call);
    if dice.u8(0..CUT) > 0 {
        joined(call).await;
        return;
    }
    for _ in 0..dice.u8(0..6) {
        yield_now().await;
    }
    call.abort();
    // It may have been answered, or not: nobody knows.
    let _ = call.await;
}
