//! [`AffinityLayer`]: a cookie that names the instance which served the client, so that a balancer
//! can keep the client there.
//!
//! Use it where an instance is quicker for clients that it knows (a near cache, an open file), and
//! the balancer routes on a cookie. Nothing may depend on it: a client may be anywhere at any time,
//! and a stateless service does not need it.
//!
//! # When a response gets the cookie
//!
//! 1. The request carries no such cookie, or one that is not believed: two of the name, a
//!    character that no name has, a wrong signature.
//! 2. The cookie names another instance, because the balancer has moved the client.
//! 3. The cookie is signed with an older key.
//! 4. The cookie is [`sliding`](AffinityBuilder::sliding).
//!
//! Otherwise the response stays as it is. A browser does not tell how old a cookie is, so the hour
//! counts from when the cookie was given; then the balancer chooses anew, which evens out the load,
//! and whoever answers gives a new one.
//!
//! Even where it is due, it is withheld from
//!
//! - server errors: nobody should be kept on an instance that fails;
//! - 304, which speaks of a response that somebody has stored;
//! - responses that a shared cache is invited to store (`Cache-Control` with `public`, or with a
//!   `max-age` or `s-maxage` above zero and no `private` or `no-store`; any `CDN-Cache-Control` or
//!   `Surrogate-Control`): stored with the cookie they would send everybody to one instance. The
//!   client gets it with the next response that is its own.
//!
//! All other responses that get the cookie get `Cache-Control: private` as well, unless they say
//! `private` or `no-store` themselves. Cookies that the inner service sets are left alone.
//!
//! # What it does not protect from
//!
//! Without a signature the cookie is a wish of the client, who can choose the instance. With
//! [`signed`](AffinityBuilder::signed) the application knows that an instance of its own has given
//! the name out, yet not to whom: it is no proof of who the client is. The balancer does not
//! check the signature; the value is then `name.signature`, so that it can route on the part before
//! the last dot.
//!
//! # Example
//!
//! ```
//! use axum::{Router, routing::get};
//! use session_layer::affinity::{Affinity, AffinityLayer};
//!
//! async fn page(affinity: Affinity) -> &'static str {
//!     match affinity {
//!         Affinity::Kept => "we know each other",
//!         Affinity::Moved { .. } => "your instance is gone, this one takes over",
//!         _ => "welcome",
//!     }
//! }
//!
//! # fn main() -> Result<(), session_layer::ConfigError> {
//! let affinity = AffinityLayer::builder("api-1").build()?;
//! let app: Router = Router::new().route("/", get(page)).layer(affinity);
//! # let _ = app;
//! # Ok(())
//! # }
//! ```
//!
//! A browser on `/` gets
//! `Set-Cookie: srv_id=api-1; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax`.

mod config;
mod decision;
mod delivery;
mod extract;
mod layer;
mod service;

pub use config::AffinityBuilder;
pub use extract::Affinity;
pub use layer::AffinityLayer;
pub use service::{AffinityService, ResponseFuture};
