//! What the backends on SQL servers share: connections with bounds and deadlines, whole
//! transactions that are run again, and the verbs, in terms of a dozen [`Statements`] that each
//! server has in its own dialect.

mod attempts;
mod create;
mod delete;
mod entry;
mod fault;
mod load;
mod look_back;
mod migration;
mod of_user;
mod pool;
mod restore;
mod rotate;
mod settings;
mod statements;
mod stats;
mod sweep;
mod time;
mod touch;
mod transaction;
mod update;
mod user_lock;
mod work;

pub(super) use create::Create;
pub(super) use delete::Delete;
pub(super) use entry::{Entry, key_of_bytes};
pub(super) use fault::{After, Fault};
pub(super) use load::Load;
pub(super) use look_back::LookBack;
pub(super) use migration::{MIGRATION_DEADLINE, Migration};
pub(super) use of_user::OfUser;
pub(super) use pool::{Pool, Server};
pub(super) use restore::{Restore, Takeover};
pub(super) use rotate::Rotate;
pub(super) use settings::{Settings, Tls, authorities, check_parameters, check_tls, invalid_url};
pub(super) use statements::{Handover, Heir, Read, Statements};
pub(super) use stats::{Count, Counted};
pub(super) use sweep::{sweep, swept};
pub(super) use time::millis;
pub(super) use touch::Touch;
pub(super) use update::Write;
pub(super) use user_lock::user_number;
pub(super) use work::Work;
