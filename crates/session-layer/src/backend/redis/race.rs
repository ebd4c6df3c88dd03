use std::future::Future;
use std::time::Duration;

use redis::{RedisError, RedisResult};

use super::fault::{closed, kind};
use crate::backend::{BackendErrorKind, race};

/// How long one attempt may keep the next one waiting.
const HEAD_START: Duration = Duration::from_millis(100);

/// What the first attempt gives that succeeds.
pub(super) async fn first_of<T: Send + 'static>(
    attempts: impl IntoIterator<Item = impl Future<Output = RedisResult<T>> + Send + 'static>,
) -> RedisResult<T> {
    race::first_of(HEAD_START, attempts).await.map_err(telling)
}

/// The one that says why nobody succeeded. What waiting may help against comes first: the others
/// were refused, which they alone may be.
fn telling(reasons: Vec<RedisError>) -> RedisError {
    let passing = |error: &RedisError| kind(error) != BackendErrorKind::Refused;
    let (mut passing, mut refused): (Vec<_>, Vec<_>) = reasons.into_iter().partition(passing);
    passing.pop().or_else(|| refused.pop()).unwrap_or_else(closed)
}

#[cfg(test)]
mod tests {
    use super::super::fault::timed_out;
    use super::*;

    #[test]
    fn all_are_refused_only_if_each_is() {
        let refused = || RedisError::from((redis::ErrorKind::Client, "no"));
        let told = |reasons| kind(&telling(reasons));
        assert_eq!(told(vec![timed_out(), refused()]), BackendErrorKind::Timeout);
        assert_eq!(told(vec![refused(), timed_out()]), BackendErrorKind::Timeout);
        assert_eq!(told(vec![refused(), refused()]), BackendErrorKind::Refused);
    }
}
