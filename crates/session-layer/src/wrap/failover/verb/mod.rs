//! The verbs. Those that write do so in both stores, or in the one that is there with a note for the
//! other one; those that read ask the lead.

mod create;
mod delete;
mod leap;
mod load;
mod make_up_for;
mod of_user;
mod renewed;
mod restore;
mod rotate;
mod stats;
mod stop;
mod touch;
mod update;

pub(super) use create::create;
pub(super) use delete::delete;
pub(super) use load::{load, load_stale};
pub(super) use of_user::of_user;
pub(super) use renewed::renewed;
pub(super) use restore::restore;
pub(super) use rotate::rotate;
pub(super) use stats::stats;
pub(super) use stop::outcome;
pub(super) use touch::touch;
pub(super) use update::{Halfway, update};
