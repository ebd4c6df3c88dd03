//! A shop whose sessions are in a store that all instances share: plain pages and forms that need
//! no script, and the same as JSON for whoever asks for it.
//!
//! [`Options`] says how it is run, [`Shop`] is what all requests share, and [`app()`] is the
//! router; [`operators()`] is that of the address for operators, where the console is. A request passes, from the outside in: what is around every example
//! (`example_service`), the headers that pages need, the refusal of forms of other sites,
//! `SessionLayer`, `GuardLayer`, then the handler, in the file of its name. Pages are made in `page`.
//!
//! A guest has a cart too; a login keeps it, and a logout ends it all. Who guesses passwords has to
//! wait, and a browser that has logged in before does not. The page of a user's devices shows what
//! befell them, and why (`security_log`).

mod account;
mod app;
mod cart;
mod device_cookie;
mod devices;
mod failure;
mod forgery;
mod form_or_json;
mod geo;
mod guard;
mod health;
mod label;
mod login;
mod logout;
mod me;
mod operators;
mod options;
mod page;
mod page_headers;
mod preferences;
mod reauth;
mod run;
mod security_log;
mod shop;
mod site;
mod store;
mod stores;
mod to_try;
mod wanted;

pub use app::app;
pub use guard::Guard;
pub use operators::operators;
pub use options::Options;
pub use run::run;
pub use shop::Shop;
pub use store::Store;
