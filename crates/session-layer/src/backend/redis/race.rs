use std::future::Future;
use std::time::Duration;

use redis::{RedisError, RedisResult};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::fault::{closed, kind};
use crate::backend::BackendErrorKind;

/// How long one attempt may keep the next one waiting.
const HEAD_START: Duration = Duration::from_millis(100);

/// What the first attempt gives that succeeds. Each begins when the one before it has failed, or
/// has taken longer than usual and goes on beside it: who hangs does not hold up the rest.
pub(super) async fn first_of<T: Send + 'static>(
    attempts: impl IntoIterator<Item = impl Future<Output = RedisResult<T>> + Send + 'static>,
) -> RedisResult<T> {
    let mut attempts = attempts.into_iter();
    let (mut running, mut reason) = (JoinSet::new(), None);
    loop {
        let ended = match attempts.next() {
            Some(attempt) => {
                running.spawn(attempt);
                timeout(HEAD_START, running.join_next()).await.ok()
            }
            None => Some(running.join_next().await),
        };
        match ended {
            None => {}
            Some(Some(Ok(Ok(success)))) => return Ok(success),
            Some(Some(Ok(Err(error)))) => reason = Some(telling(reason, error)),
            Some(Some(Err(_))) => {}
            Some(None) => return Err(reason.unwrap_or_else(closed)),
        }
    }
}

/// The one that says why nobody succeeded. What waiting may help against comes first: the others
/// were refused, which they alone may be.
fn telling(reason: Option<RedisError>, error: RedisError) -> RedisError {
    match reason {
        Some(reason) if kind(&error) == BackendErrorKind::Refused => reason,
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::FutureExt;

    use super::super::fault::timed_out;
    use super::*;

    fn refused() -> RedisError {
        (redis::ErrorKind::Client, "no").into()
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_attempt_begins_when_one_has_failed() {
        let attempts = [ready(Err(refused())), ready(Ok(2)), ready(Ok(3))];
        assert_eq!(first_of(attempts).await.unwrap(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_hangs_holds_up_the_next_one_only_a_little() {
        let began = tokio::time::Instant::now();
        let attempts = [pending().boxed(), ready(Ok(2)).boxed()];
        assert_eq!(first_of(attempts).await.unwrap(), 2);
        assert_eq!(began.elapsed().as_millis(), HEAD_START.as_millis());
    }

    #[tokio::test(start_paused = true)]
    async fn all_are_refused_only_if_each_is() {
        let failed = |errors: Vec<RedisError>| {
            let attempts: Vec<_> =
                errors.into_iter().map(|error| ready(Err::<(), _>(error))).collect();
            async { kind(&first_of(attempts).await.unwrap_err()) }
        };
        let both = failed(vec![timed_out(), refused()]).await;
        assert_eq!(both, BackendErrorKind::Timeout);
        assert_eq!(failed(vec![refused(), timed_out()]).await, BackendErrorKind::Timeout);
        assert_eq!(failed(vec![refused(), refused()]).await, BackendErrorKind::Refused);
    }
}
