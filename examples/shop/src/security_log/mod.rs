//! What befell the sessions of a user, for the page of their devices: kept in the store of the
//! sessions, so that all instances show it.
//!
//! An [`incident`] is told by the guard, the session layer or a handler; `writer` keeps it, as the
//! request that tells it does not wait; `kept` is what the store has.

mod incident;
mod kept;
mod log;
#[cfg(test)]
mod outage;
mod writer;

pub(crate) use incident::Incident;
pub(crate) use kept::Entry;
pub(crate) use log::SecurityLog;
