//! What happens to a session between a request and its response.

mod backoff;
mod codec;
mod content;
mod edit;
mod fault;
mod id;
mod knock;
mod ledger;
mod note;
mod plan;
mod predecessor;
mod seal;

pub(crate) use codec::Codec;
pub(crate) use content::Content;
pub(crate) use fault::Fault;
pub(crate) use id::{LENGTH as ID_LENGTH, SessionId};
pub(crate) use knock::ledger_of;
pub(crate) use ledger::{CookieChange, Ledger, Stay, Turn};
#[cfg(feature = "guard")]
pub(crate) use ledger::{Heir, Look};
pub(crate) use predecessor::Predecessor;
pub(crate) use seal::Sealer;
