//! Attempts of which one that succeeds is enough.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

/// What the first attempt gives that succeeds, or why each of them failed. Each begins when the one
/// before it has failed, or has taken longer than its head start and goes on beside it: who hangs
/// does not hold up the rest, and who is slow gets there.
pub(super) async fn first_of<T: Send + 'static, E: Send + 'static>(
    head_start: Duration,
    attempts: impl IntoIterator<Item = impl Future<Output = Result<T, E>> + Send + 'static>,
) -> Result<T, Vec<E>> {
    let mut attempts = attempts.into_iter();
    let (mut running, mut reasons) = (JoinSet::new(), Vec::new());
    loop {
        let ended = match attempts.next() {
            Some(attempt) => {
                running.spawn(attempt);
                timeout(head_start, running.join_next()).await.ok()
            }
            None => Some(running.join_next().await),
        };
        match ended {
            None => {}
            Some(Some(Ok(Ok(success)))) => return Ok(success),
            Some(Some(Ok(Err(reason)))) => reasons.push(reason),
            Some(Some(Err(_))) => {}
            Some(None) => return Err(reasons),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::FutureExt;
    use tokio::time::{Instant, sleep};

    use super::*;

    const HEAD_START: Duration = Duration::from_millis(100);

    #[tokio::test(start_paused = true)]
    async fn the_next_attempt_begins_when_one_has_failed() {
        let attempts = [ready(Err("no")), ready(Ok(2)), ready(Ok(3))];
        assert_eq!(first_of(HEAD_START, attempts).await, Ok(2));
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_hangs_holds_up_the_next_one_only_a_little() {
        let began = Instant::now();
        let attempts = [pending().boxed(), ready(Ok::<_, &str>(2)).boxed()];
        assert_eq!(first_of(HEAD_START, attempts).await, Ok(2));
        assert_eq!(began.elapsed().as_millis(), HEAD_START.as_millis());
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_is_slow_succeeds_when_the_others_fail() {
        let slow = sleep(10 * HEAD_START).map(|()| Ok(1));
        let attempts = [slow.boxed(), ready(Err("no")).boxed()];
        assert_eq!(first_of(HEAD_START, attempts).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn if_all_fail_it_is_told_why_each_did() {
        let attempts = [ready(Err::<(), _>("one")), ready(Err("other"))];
        assert_eq!(first_of(HEAD_START, attempts).await, Err(vec!["one", "other"]));
    }
}
