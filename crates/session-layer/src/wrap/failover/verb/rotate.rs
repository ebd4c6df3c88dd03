use super::super::align::{Aligned, align};
use super::super::journal::Missed;
use super::super::pair::Pair;
use super::super::retire::retire;
use super::super::{Follower, Mode, Side};
use super::delete::{end_if_ended, follow_ends};
use super::make_up_for::make_up_for;
use super::stop::{Stop, led};
use crate::backend::{
    Backend, BackendError, BackendErrorKind, Loaded, Missing, Rotated, Rotation, RotationKind,
    SessionKey,
};

pub(in super::super) async fn rotate(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    rotation: &Rotation,
) -> Result<Rotated, Stop> {
    loop {
        match try_rotate(pair, mode, key, rotation).await? {
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
    mode: Mode,
    key: &SessionKey,
    rotation: &Rotation,
) -> Result<Rotated, Stop> {
    let doubts = pair.store(Side::Primary).doubts();
    let rotated = led(pair, mode, pair.store(mode.lead).rotate(key, rotation).await).await?;
    let Rotated::Done { ended } = rotated else {
        return Ok(disagree_on_rotation(pair, mode, key, rotated).await);
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
    pair.vouch(&rotation.to, doubts);
    Ok(Rotated::Done { ended })
}

/// A lead that has lost its memory is given the session back, and the caller tries again.
async fn disagree_on_rotation(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    rotated: Rotated,
) -> Rotated {
    if rotated != Rotated::Missing(Missing::Absent) || !mode.is_in_step() {
        return rotated;
    }
    match align(pair, mode, key).await {
        Ok(Aligned::Yielded(found) | Aligned::Kept(found)) => Rotated::Conflict(found),
        Ok(Aligned::Gone(_)) | Err(_) => rotated,
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
            match retire(follower, key).await? {
                true => Ok(()),
                false => Err(BackendError::new(BackendErrorKind::Timeout)),
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
