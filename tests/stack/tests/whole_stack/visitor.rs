//! Who comes again.

use anyhow::{Context, Result, anyhow, ensure};
use http::{HeaderValue, StatusCode, header};
use stack_tests::{Answer, Client, Stack};

/// A client that keeps its cookie.
pub(crate) struct Visitor {
    client: Client,
    cookie: Option<HeaderValue>,
    /// The instance of its last visit.
    pub(crate) at: String,
}

impl Visitor {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, cookie: None, at: String::new() }
    }

    pub(crate) async fn visit(&mut self, stack: &Stack) -> Result<()> {
        let mut request = stack.requests.me();
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.clone());
        }
        let answer = self.client.send(request).await.map_err(|failure| anyhow!("{failure:?}"))?;
        ensure!(answer.status == StatusCode::OK, "a visitor got {answer:?}");
        self.take_cookie(&answer)?;
        self.at = answer.served_by().context("nobody says to have served it")?.to_owned();
        Ok(())
    }

    fn take_cookie(&mut self, answer: &Answer) -> Result<()> {
        if let Some(cookie) = answer.cookie("srv_id") {
            self.cookie = Some(cookie.try_into()?);
        }
        Ok(())
    }
}
