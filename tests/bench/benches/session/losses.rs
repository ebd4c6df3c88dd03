//! What becomes of changes, logouts and logins that meet.

use futures_util::future::join_all;

use crate::browser::Browser;
use crate::contender::{Contender, Group};
use crate::handlers::Meeting;

/// What a contender has lost.
#[derive(Clone, Copy)]
pub(crate) struct Losses {
    /// Of 50 concurrent requests that set a field each, so many fields are there afterwards.
    pub(crate) kept: usize,
    /// A logged-out cookie works again after a request that was in flight.
    pub(crate) came_back: bool,
    /// A login is gone after a request that was in flight with the old id.
    pub(crate) logged_out: bool,
}

impl Losses {
    pub(crate) fn are_any(self) -> bool {
        self.kept < REQUESTS || self.came_back || self.logged_out
    }
}

const REQUESTS: usize = 50;

pub(crate) async fn of_all(groups: Vec<Group>) -> Vec<(&'static str, Losses)> {
    let mut found = Vec::new();
    for contender in groups.into_iter().flat_map(|group| group.contenders) {
        let losses = Losses {
            kept: kept(&contender).await,
            came_back: came_back(&contender).await,
            logged_out: logged_out(&contender).await,
        };
        found.push((contender.name, losses));
    }
    found
}

async fn kept(contender: &Contender) -> usize {
    let mut browser = Browser::of(contender.app(Meeting::of(REQUESTS)));
    browser.get("/fill").await;
    let tabs = (0..REQUESTS).map(|n| {
        let tab = browser.clone();
        tokio::spawn(async move { tab.request(&format!("/meet/{n}")).await.status() })
    });
    for status in join_all(tabs).await {
        assert!(status.unwrap().is_success());
    }
    browser.get("/count").await.parse().unwrap()
}

async fn came_back(contender: &Contender) -> bool {
    let meeting = Meeting::of(1);
    let mut browser = Browser::of(contender.app(meeting.clone()));
    browser.get("/fill").await;
    browser.get("/login").await;
    let (slow, mut old) = (browser.clone(), browser.clone());
    let slow = tokio::spawn(async move { slow.request("/hold").await });
    meeting.one_loaded.notified().await;
    browser.get("/logout").await;
    meeting.go_on.notify_one();
    slow.await.unwrap();
    old.get("/user").await == "alice"
}

async fn logged_out(contender: &Contender) -> bool {
    let meeting = Meeting::of(1);
    let mut browser = Browser::of(contender.app(meeting.clone()));
    browser.get("/fill").await;
    let mut late = browser.clone();
    let slow = browser.clone();
    let slow = tokio::spawn(async move { slow.request("/hold").await });
    meeting.one_loaded.notified().await;
    browser.get("/login").await;
    meeting.go_on.notify_one();
    // Its answers arrive after that of the login.
    browser.take(&slow.await.unwrap());
    browser.take(&late.request("/user").await);
    late.get("/user").await;
    browser.get("/user").await != "alice"
}
