use std::time::Duration;

use super::journal;
use crate::backend::{
    Backend, BackendError, Draft, Lifetime, Loaded, Payload, Rotated, Rotation, RotationKind,
    SessionKey,
};

/// Makes a key superseded from which the session has moved elsewhere, and ends nothing that it leads
/// to here, by now or in a moment: an end would. False if somebody has changed the session
/// meanwhile.
pub(super) async fn retire(store: &impl Backend, key: &SessionKey) -> Result<bool, BackendError> {
    let version = match store.load(key).await? {
        Loaded::Found(found) if found.key == *key => found.record.version,
        Loaded::Found(_) | Loaded::Missing(_) => return Ok(true),
    };
    let nowhere = journal::random_key()?;
    let lifetime = Lifetime { idle: MOMENT, absolute: MOMENT };
    let draft = Draft { payload: Payload::default(), user: None, lifetime, cap: None };
    let rotation = Rotation { version, to: nowhere, kind: RotationKind::Replace(draft) };
    match store.rotate(key, &rotation).await? {
        Rotated::Done { .. } => store.delete(&nowhere).await.map(|_| true),
        _ => Ok(false),
    }
}

const MOMENT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::super::Side;
    use super::super::pair::testing::{create, pair, renew};
    use super::*;
    use crate::backend::Missing;

    #[tokio::test]
    async fn a_key_that_is_retired_is_superseded() {
        let (pair, key) = (pair(), SessionKey::of_id("a"));
        let store = pair.store(Side::Backup);
        create(store, &key).await;
        assert!(retire(store, &key).await.unwrap());
        assert_eq!(store.load(&key).await.unwrap(), Loaded::Missing(Missing::Superseded));
    }

    #[tokio::test]
    async fn what_a_key_leads_to_is_not_ended_with_it() {
        let (pair, [a, b]) = (pair(), ["a", "b"].map(SessionKey::of_id));
        let store = pair.store(Side::Backup);
        create(store, &a).await;
        renew(store, &a, &b).await;
        assert!(retire(store, &a).await.unwrap());
        assert!(matches!(store.load(&b).await.unwrap(), Loaded::Found(_)));
    }
}
