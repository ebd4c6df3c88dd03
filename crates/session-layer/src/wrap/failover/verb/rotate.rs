use super::super::align::{Aligned, align};
use super::super::journal::Missed;
use super::super::pair::{Pair, Verdict};
use super::super::{Follower, Mode, Side};
use super::delete::{end_if_ended, follow_ends};
use super::make_up_for::{failed, make_up_for};
use crate::backend::{
    Backend, BackendError, Loaded, Missing, Rotated, Rotation, RotationKind, SessionKey,
};

pub(in super::super) async fn rotate(
    pair: &Pair,
    key: &SessionKey,
    rotation: &Rotation,
) -> Result<Rotated, BackendError> {
    loop {
        match try_rotate(pair, key, rotation).await? {
            // It was created, or remembered, in between.
            Rotated::Conflict(found)
                if found.key == *key && found.record.version == rotation.version => {}
            rotated => return Ok(rotated),
        }
    }
}

/// One after the other, for a rotation can't be taken back.
async fn try_rotate(
    pair: &Pair,
    key: &SessionKey,
    rotation: &Rotation,
) -> Result<Rotated, BackendError> {
    let mode = pair.mode().await?;
    let rotated = match pair.store(mode.lead).rotate(key, rotation).await {
        Ok(rotated) => rotated,
        Err(error) => return rotate_alone(pair, mode, key, rotation, error).await,
    };
    let Rotated::Done { ended } = rotated else {
        return disagree_on_rotation(pair, mode, key, rotated).await;
    };
    if mode.follower == Follower::Away {
        note_rotation(pair, mode.lead, key, rotation, &ended).await?;
        return Ok(Rotated::Done { ended });
    }
    if follow_rotation(pair, mode, key, rotation).await.is_err() {
        make_up_for(pair, mode, Missed::change(&rotation.to)).await?;
        make_up_for(pair, mode, Missed::turn(key)).await?;
    }
    end_if_ended(pair, mode, &rotation.to).await?;
    follow_ends(pair, mode, &ended).await?;
    Ok(Rotated::Done { ended })
}

async fn rotate_alone(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    rotation: &Rotation,
    error: BackendError,
) -> Result<Rotated, BackendError> {
    if !mode.is_in_step() || pair.judge(mode.lead).await != Verdict::Gone {
        return Err(failed(pair, mode, error).await);
    }
    let rotated = pair.store(mode.follower_side()).rotate(key, rotation).await?;
    if let Rotated::Done { ended } = &rotated {
        note_rotation(pair, mode.follower_side(), key, rotation, ended).await?;
    }
    Ok(rotated)
}

/// A lead that has lost its memory is given the session back, and the caller tries again.
async fn disagree_on_rotation(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    rotated: Rotated,
) -> Result<Rotated, BackendError> {
    if rotated != Rotated::Missing(Missing::Absent) || !mode.is_in_step() {
        return Ok(rotated);
    }
    match align(pair, mode, key).await {
        Ok(Aligned::Yielded(found) | Aligned::Kept(found)) => Ok(Rotated::Conflict(found)),
        Ok(Aligned::Gone(_)) | Err(_) => Ok(rotated),
    }
}

/// The follower does as the lead has done, or is given what came of it.
async fn follow_rotation(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    rotation: &Rotation,
) -> Result<(), BackendError> {
    let follower = pair.store(mode.follower_side());
    match follower.rotate(key, &uncapped(rotation)).await? {
        Rotated::Done { .. } => Ok(()),
        Rotated::Conflict(_) | Rotated::Missing(_) | Rotated::Taken | Rotated::Full => {
            if let Loaded::Found(led) = pair.store(mode.lead).load(&rotation.to).await? {
                follower.restore(&led.key, &led.record).await?;
            }
            match follower.load(key).await? {
                Loaded::Found(found) if found.key != rotation.to => {
                    follower.delete(key).await.map(drop)
                }
                _ => Ok(()),
            }
        }
    }
}

fn uncapped(rotation: &Rotation) -> Rotation {
    let mut rotation = rotation.clone();
    if let RotationKind::Replace(draft) = &mut rotation.kind {
        draft.cap = None;
    }
    rotation
}

async fn note_rotation(
    pair: &Pair,
    side: Side,
    key: &SessionKey,
    rotation: &Rotation,
    ended: &[SessionKey],
) -> Result<(), BackendError> {
    pair.note(side, Missed::change(&rotation.to)).await?;
    pair.note(side, Missed::turn(key)).await?;
    for key in ended {
        pair.note(side, Missed::end(key)).await?;
    }
    Ok(())
}
