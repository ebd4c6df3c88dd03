use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use serde_json::{Value, json};

use super::tally::Board;
use crate::{Answer, Client, json, login};

/// A user who is logged in, fills a cart, and has a preference that counts up.
#[derive(Debug)]
pub(crate) struct Shopper {
    browser: Browser,
    /// The preference that was last sent, and the last that was acknowledged.
    mark: Progress,
    /// Tea in the cart.
    tea: Progress,
}

/// A client with a cookie.
#[derive(Debug)]
pub(crate) struct Browser {
    client: Client,
    board: Arc<Board>,
    cookie: Option<HeaderValue>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    sent: u64,
    acknowledged: u64,
}

impl Browser {
    pub(crate) fn new(server: SocketAddr, board: Arc<Board>) -> Self {
        Self { client: Client::to(server), board, cookie: None }
    }

    /// Sends it and counts it; none if there is no answer to go by. A cookie that comes is kept.
    pub(crate) async fn send(&mut self, mut request: Request<Bytes>) -> Option<Answer> {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json);
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.clone());
        }
        let (method, sent) = (request.method().clone(), self.board.sends());
        let answer = self.client.send(request).await;
        let answer = self.board.answered(&method, sent, answer)?;
        if let Some(cookie) = answer.cookie("__Host-Http-sid") {
            self.cookie = HeaderValue::try_from(cookie).ok();
        }
        Some(answer)
    }

    /// True if it was let in.
    pub(crate) async fn log_in(&mut self) -> bool {
        self.cookie = None;
        let answer = self.send(login()).await;
        answer.is_some_and(|answer| answer.status == StatusCode::OK) && self.cookie.is_some()
    }

    /// Whether there is a user, if that is known.
    pub(crate) async fn is_logged_in(&mut self) -> Option<bool> {
        let answer = self.send(json::get("/me")).await?;
        Some(answer.status == StatusCode::OK)
    }

    pub(crate) fn cookie(&self) -> Option<HeaderValue> {
        self.cookie.clone()
    }

    pub(crate) fn with(self, cookie: HeaderValue) -> Self {
        Self { cookie: Some(cookie), ..self }
    }

    async fn json(&mut self, path: &'static str) -> Result<Value> {
        let answer = self.send(json::get(path)).await.with_context(|| format!("no {path}"))?;
        ensure!(answer.status == StatusCode::OK, "{path} is {answer:?}");
        Ok(serde_json::from_slice(&answer.body)?)
    }
}

impl Shopper {
    /// One who has been let in.
    pub(crate) async fn log_in(server: SocketAddr, board: Arc<Board>) -> Result<Self> {
        let mut browser = Browser::new(server, board);
        ensure!(browser.log_in().await, "a shopper is not let in");
        Ok(Self { browser, mark: Progress::default(), tea: Progress::default() })
    }

    /// One request of some that take turns; false if the user finds to be logged out.
    pub(crate) async fn act(&mut self, turn: usize) -> bool {
        match turn % 4 {
            0 => self.set_mark().await,
            1 => self.add_tea().await,
            2 => {
                self.browser.send(json::get("/cart")).await;
            }
            _ => return self.browser.is_logged_in().await != Some(false),
        }
        true
    }

    async fn set_mark(&mut self) {
        self.mark.sent += 1;
        let request = json::put("/preferences/mark", &json!({ "value": self.mark.sent }));
        if is_success(self.browser.send(request).await) {
            self.mark.acknowledged = self.mark.sent;
        }
    }

    async fn add_tea(&mut self) {
        self.tea.sent += 1;
        let one = json!({ "sku": "tea", "quantity": 1 });
        if is_success(self.browser.send(json::post("/cart/items", &one)).await) {
            self.tea.acknowledged += 1;
        }
    }

    /// Compares what there is with what was acknowledged, and counts what differs.
    pub(crate) async fn check(mut self) -> Result<()> {
        let is_logged_in = self.browser.is_logged_in().await.context("no answer in the end")?;
        let board = Arc::clone(&self.browser.board);
        if !is_logged_in {
            board.count(|tally| tally.logged_out += 1);
            return Ok(());
        }
        let mark = self.browser.json("/preferences").await?;
        let mark = mark.get("mark").and_then(Value::as_u64).unwrap_or_default();
        let cart = self.browser.json("/cart").await?;
        let tea = cart.pointer("/items/0/quantity").and_then(Value::as_u64).unwrap_or_default();
        board.count(|tally| {
            tally.lost += self.mark.acknowledged.saturating_sub(mark);
            tally.lost += self.tea.acknowledged.saturating_sub(tea);
            tally.doubled += tea.saturating_sub(self.tea.sent);
        });
        Ok(())
    }
}

fn is_success(answer: Option<Answer>) -> bool {
    answer.is_some_and(|answer| answer.status.is_success())
}
