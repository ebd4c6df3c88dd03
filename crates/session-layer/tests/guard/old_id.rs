//! An id that the session had before a renewal comes back, when its grace is over.

use axum::http::StatusCode;
use guard_layer::{Decision, Degree, GuardEventKind, Points, Policy, Reason, Signal};
use session_layer::Ending;
use test_servers::until;

use crate::app::{PERIOD, Shop};
use crate::client::Client;

const REFUSED: StatusCode = StatusCode::UNAUTHORIZED;

/// Longer than the grace.
const LATER: u64 = 120;

/// A session that was renewed and is used under its new id, and who has a copy of the old one.
async fn forked(shop: &Shop) -> (Client, Client) {
    let mut user = shop.logged_in("alice").await;
    let copy = user.clone();
    renew(shop, &mut user).await;
    user.get("/cart").await.says("cart");
    shop.wait(LATER);
    (user, copy)
}

async fn renew(shop: &Shop, user: &mut Client) {
    shop.wait(PERIOD);
    let before = user.cookie.clone();
    user.get("/cart").await.says("cart");
    assert_ne!(user.cookie, before, "it has another id");
}

/// Comes with an old id, as a guest; gives the calls of the backend when it was looked into.
async fn come_back(shop: &Shop, copy: &mut Client, last: &'static str) -> Vec<&'static str> {
    shop.spy.calls();
    copy.get("/cart").await.says("cart");
    let mut calls = Vec::new();
    until("the old id was looked into", async || {
        calls.extend(shop.spy.calls());
        (calls.last() == Some(&last)).then_some(())
    })
    .await
    .unwrap();
    calls
}

#[tokio::test]
async fn an_old_id_that_comes_back_has_the_session_challenged_on_every_node() {
    let shop = Shop::renewing(Policy::balanced());
    let (mut user, mut copy) = forked(&shop).await;
    let calls = come_back(&shop, &mut copy, "update").await;
    assert_eq!(calls, ["load", "renewed", "renewed", "load_fresh", "update"]);
    shop.elsewhere(&user).get("/cart").await.refuses(REFUSED, "step_up_required");
    user.post("/reauth/pwd").await.says("nowhere");
    user.get("/cart").await.says("cart");
}

#[tokio::test]
async fn it_is_told_once_as_the_only_reason() {
    let shop = Shop::renewing(Policy::balanced());
    let (_, mut copy) = forked(&shop).await;
    come_back(&shop, &mut copy, "update").await;
    for _ in 0..3 {
        let mut copy = shop.elsewhere(&copy);
        assert_eq!(come_back(&shop, &mut copy, "load_fresh").await.len(), 4);
    }
    let events = shop.events();
    let [event] = &events[..] else { panic!("{events:?}") };
    let GuardEventKind::Judged { decision, score, reasons, .. } = &event.kind else {
        panic!("{event:?}");
    };
    assert_eq!((event.user.as_str(), *decision, *score), ("alice", Decision::Challenge, 60));
    let (signal, degree) = (Signal::Fork, Degree::Stark);
    assert_eq!(reasons[..], [Reason { signal, degree, points: 60 }]);
}

#[tokio::test]
async fn who_sends_an_old_id_gets_what_one_gets_that_never_was() {
    let shop = Shop::renewing(Policy::balanced());
    let (_, mut copy) = forked(&shop).await;
    let mut made_up = copy.clone();
    made_up.cookie = copy.cookie.as_deref().map(|cookie| cookie.replace('=', "=A"));
    let [old, unknown] = [copy.get("/cart").await, made_up.get("/cart").await];
    assert_eq!((old.status, old.text), (unknown.status, unknown.text));
    assert_eq!(old.headers, unknown.headers);
}

#[tokio::test]
async fn a_client_that_never_got_its_new_id_is_no_second_holder() {
    let shop = Shop::renewing(Policy::balanced());
    let user = shop.logged_in("alice").await;
    // The answer is lost, and so is that of another request, within the grace.
    renew(&shop, &mut user.clone()).await;
    user.clone().get("/cart").await.says("cart");
    shop.wait(LATER);
    come_back(&shop, &mut user.clone(), "load_fresh").await;
    assert!(shop.events().is_empty());
}

#[tokio::test]
async fn an_id_of_several_renewals_ago_is_an_old_one_too() {
    let shop = Shop::renewing(Policy::balanced());
    let (mut user, mut copy) = forked(&shop).await;
    renew(&shop, &mut user).await;
    shop.wait(LATER);
    let calls = come_back(&shop, &mut copy, "update").await;
    assert_eq!(calls[..4], ["load", "renewed", "renewed", "renewed"]);
    user.get("/cart").await.refuses(REFUSED, "step_up_required");
}

#[tokio::test]
async fn of_before_a_challenge_was_met_nothing_is_an_old_copy() {
    let shop = Shop::renewing(Policy::balanced());
    let (mut user, mut copy) = forked(&shop).await;
    come_back(&shop, &mut copy, "update").await;
    user.post("/reauth/pwd").await.says("nowhere");
    shop.wait(LATER);
    assert_eq!(come_back(&shop, &mut copy, "load_fresh").await.len(), 4);
    user.get("/cart").await.says("cart");
    assert_eq!(shop.words(), ["judged", "challenge_met"]);
}

#[tokio::test]
async fn an_id_of_before_a_login_is_no_old_copy() {
    let shop = Shop::renewing(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    let mut tab = user.clone();
    user.get("/login/alice").await.says("welcome");
    shop.wait(LATER - 1);
    assert_eq!(come_back(&shop, &mut tab, "renewed").await, ["load", "renewed"]);
    user.get("/cart").await.says("cart");
    assert!(shop.events().is_empty());
}

#[tokio::test]
async fn a_policy_may_end_the_session() {
    let points = Points { slight: 0, clear: 60, stark: 60 };
    let policy = Policy::builder("own", 50).weight(Signal::Fork, points).end(60).end_others();
    let shop = Shop::renewing(policy.build().unwrap());
    let (mut user, mut copy) = forked(&shop).await;
    let mut phone = shop.logged_in("alice").await;
    come_back(&shop, &mut copy, "delete").await;
    for client in [&mut user, &mut phone] {
        client.post("/pay").await.refuses(REFUSED, "step_up_required");
        client.get("/asked").await.says("false None");
    }
    assert_eq!(shop.endings(), [Ending::Guard; 2]);
    assert_eq!(shop.words(), ["judged"]);
}

#[tokio::test]
async fn a_policy_may_not_mind() {
    let indifferent = Points::default();
    let policy = Policy::builder("own", 50).weight(Signal::Fork, indifferent);
    let minds = Points { slight: 50, clear: 50, stark: 50 };
    let policy = policy.weight(Signal::Language, minds).build().unwrap();
    let shop = Shop::renewing(policy);
    let (mut user, mut copy) = forked(&shop).await;
    come_back(&shop, &mut copy, "load_fresh").await;
    user.get("/cart").await.says("cart");
    assert!(shop.events().is_empty());
}

#[tokio::test]
async fn in_a_dry_run_it_is_told_once_and_nothing_is_done() {
    let shop = Shop::renewing(Policy::balanced().dry_run());
    let (mut user, mut copy) = forked(&shop).await;
    come_back(&shop, &mut copy, "update").await;
    come_back(&shop, &mut copy, "load_fresh").await;
    user.get("/cart").await.says("cart");
    let events = shop.events();
    let [GuardEventKind::Judged { decision, would, .. }] =
        &events.iter().map(|event| event.kind.clone()).collect::<Vec<_>>()[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((*decision, *would), (Decision::Allow, Decision::Challenge));
}

#[tokio::test]
async fn what_a_dry_run_has_told_is_done_when_it_is_none_any_more() {
    let shop = Shop::renewing(Policy::balanced().dry_run());
    let (mut user, mut copy) = forked(&shop).await;
    come_back(&shop, &mut copy, "update").await;
    shop.nodes[0].guard.change_policy(Policy::balanced());
    user.get("/cart").await.says("cart");
    come_back(&shop, &mut copy, "update").await;
    user.get("/cart").await.refuses(REFUSED, "step_up_required");
    assert_eq!(shop.words(), ["judged", "judged"]);
}

#[tokio::test]
async fn a_store_that_fails_meanwhile_leaves_it_for_the_next_time() {
    let shop = Shop::renewing(Policy::balanced());
    let (mut user, mut copy) = forked(&shop).await;
    shop.spy.fail_writes(true);
    come_back(&shop, &mut copy, "update").await;
    shop.spy.fail_writes(false);
    user.get("/cart").await.says("cart");
    assert!(shop.events().is_empty());
    come_back(&shop, &mut copy, "update").await;
    user.get("/cart").await.refuses(REFUSED, "step_up_required");
}

#[tokio::test]
async fn that_a_client_has_its_new_id_is_written_down_once() {
    let shop = Shop::renewing(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    renew(&shop, &mut user).await;
    shop.spy.calls();
    for _ in 0..3 {
        user.get("/cart").await.says("cart");
    }
    assert_eq!(shop.spy.calls(), ["load", "update", "load", "load"]);
}

#[tokio::test]
async fn in_the_grace_an_old_id_opens_the_session_and_is_no_stranger() {
    let shop = Shop::renewing(Policy::balanced());
    let mut user = shop.logged_in("alice").await;
    let mut tab = user.clone();
    renew(&shop, &mut user).await;
    user.get("/cart").await.says("cart");
    shop.wait(30);
    tab.get("/read").await.says("none");
    assert!(shop.events().is_empty());
}
