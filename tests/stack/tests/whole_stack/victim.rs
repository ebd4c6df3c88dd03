//! Whom to stop or kill.

use anyhow::{Context, Result};
use stack_tests::Stack;

/// The instance that serves this process for certain, also where the client's address decides.
pub(crate) async fn served_by(stack: &Stack) -> Result<String> {
    let answer = stack.client().send(stack.requests.me()).await.ok();
    let name = answer.as_ref().and_then(|answer| answer.served_by());
    Ok(name.context("nobody answered")?.to_owned())
}
