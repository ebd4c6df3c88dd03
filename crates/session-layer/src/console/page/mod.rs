//! What an operator sees. All that comes from outside is escaped by the template library.

mod alerts;
mod charts;
mod events;
mod keys;
mod layout;
mod nodes;
mod overview;
mod sessions;
mod time;

pub(super) use events::event;
pub(super) use layout::Page;
pub(super) use overview::Overview;
pub(super) use sessions::{Found, sessions};
