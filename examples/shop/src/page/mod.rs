//! What people see. All that comes from outside is escaped by the template library.

mod cart;
mod devices;
mod layout;
mod login;
mod me;
mod preferences;
mod reauth;
mod refusal;
mod style;

pub(crate) use cart::cart;
pub(crate) use devices::devices;
pub(crate) use layout::Page;
pub(crate) use login::login;
pub(crate) use me::me;
pub(crate) use preferences::preferences;
pub(crate) use reauth::reauth;
pub(crate) use refusal::refusals_as_pages;
pub(crate) use style::style;
