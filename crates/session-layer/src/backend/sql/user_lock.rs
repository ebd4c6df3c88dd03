use aws_lc_rs::digest::{SHA256, digest};

use crate::backend::UserId;

/// A number for a user's lock. Two users may have the same: they wait for one another, and no more.
pub(in crate::backend) fn user_number(user: &UserId) -> u32 {
    let hash = digest(&SHA256, user.as_str().as_bytes());
    hash.as_ref().iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}
