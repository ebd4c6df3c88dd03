//! Real servers that die under load, and what that does to users: three instances of the shop
//! behind HAProxy, users with carts, and one fault after the other, counted.

mod crowd;
mod fault;
mod leaver;
mod outcome;
mod pace;
mod scenario;
mod shopper;
mod tally;

pub use fault::Fault;
pub use outcome::{Outcome, table};
pub use pace::Pace;
pub use tally::Tally;
