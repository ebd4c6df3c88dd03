//! What each policy of the guard does to labelled histories.

mod draw;
mod history;
mod replay;
mod session;
mod tally;
mod token;
mod trace;
mod vary;

pub use draw::draw;
pub use history::{Actor, History, Label, checking, corpus, held_out, read, tuning};
pub use replay::{Moment, Outcome, replay};
pub use tally::Tally;
pub use vary::with_variations;
