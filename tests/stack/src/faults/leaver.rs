use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use http::HeaderValue;
use serde_json::json;

use super::shopper::Browser;
use super::tally::Board;
use crate::json;

/// Someone who logs in and out again and again, and keeps the cookies.
#[derive(Debug)]
pub(crate) struct Leaver {
    server: SocketAddr,
    board: Arc<Board>,
    browser: Browser,
    /// Of sessions whose end was acknowledged.
    ended: Vec<HeaderValue>,
}

impl Leaver {
    pub(crate) fn new(server: SocketAddr, board: Arc<Board>) -> Self {
        let browser = Browser::new(server, Arc::clone(&board));
        Self { server, board, browser, ended: Vec::new() }
    }

    pub(crate) async fn act(&mut self) {
        if !self.browser.log_in().await {
            return;
        }
        let Some(cookie) = self.browser.cookie() else { return };
        let logout = json::post("/logout", &json!({}));
        if self.browser.send(logout).await.is_some_and(|answer| answer.status.is_success()) {
            self.ended.push(cookie);
        }
    }

    /// Counts the sessions that live again.
    pub(crate) async fn check(self) -> Result<()> {
        for cookie in self.ended {
            let mut browser = Browser::new(self.server, Arc::clone(&self.board)).with(cookie);
            let is_back = browser.is_logged_in().await.context("no answer in the end")?;
            self.board.count(|tally| tally.back += u64::from(is_back));
        }
        Ok(())
    }
}
