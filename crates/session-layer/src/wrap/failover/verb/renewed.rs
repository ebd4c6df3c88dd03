use super::super::Mode;
use super::super::pair::Pair;
use super::stop::{Stop, led};
use crate::backend::{Backend, Renewed, SessionKey};

/// What the lead does not know the other one may: a store may have lost its memory.
pub(in super::super) async fn renewed(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
) -> Result<Option<Renewed>, Stop> {
    let renewed = led(pair, mode, pair.store(mode.lead).renewed(key).await).await?;
    match renewed {
        None if mode.is_in_step() => {
            let followed = pair.store(mode.follower_side()).renewed(key).await;
            Ok(followed.ok().flatten())
        }
        renewed => Ok(renewed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Side;
    use super::super::super::pair::testing::{create, pair, renew};
    use super::*;

    #[tokio::test]
    async fn what_the_lead_has_forgotten_the_other_one_knows() {
        let (pair, [old, new]) = (pair(), ["old", "new"].map(SessionKey::of_id));
        create(pair.store(Side::Backup), &old).await;
        renew(pair.store(Side::Backup), &old, &new).await;
        let led = renewed(&pair, Mode::NORMAL, &old).await.unwrap();
        assert_eq!(led.map(|led| led.to), Some(new));
        let alone = renewed(&pair, Mode::alone(Side::Primary), &old).await.unwrap();
        assert_eq!(alone, None);
    }
}
