//! Proving again who one is: challenges and how they are met, and routes that need it.

mod attempt;
mod factor;
mod head;
mod reauth;
mod require;

pub use attempt::Attempt;
pub use factor::Factor;
pub use reauth::Reauth;
pub use require::{Require, RequireAcr, RequireFactor, RequireFresh, RequireService};
