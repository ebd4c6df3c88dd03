use axum::Router;
use axum::routing::get;
use guard_layer::{ClientAddrLayer, GuardLayer, Peppers, PlaceDatabase, Policy};
use session_layer::backend::MemoryBackend;
use session_layer::{Session, SessionExt, SessionLayer};

use crate::token;

/// What stands in front of the handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bare,
    Sessions,
    Guarded,
    /// With databases of cities and of systems.
    Located,
    /// Every other request lacks a header, so that the guard can't say that it was here just now.
    Alternating,
    /// Of a token that is cached, and no session.
    Token,
    /// Of one that is bound to a cookie too.
    BoundToken,
    /// The same, where every other request lacks a header.
    AlternatingToken,
}

impl Kind {
    pub(crate) fn alternates(self) -> bool {
        matches!(self, Self::Alternating | Self::AlternatingToken)
    }
}

pub(crate) fn app(kind: Kind, places: &PlaceDatabase) -> Router {
    let routes = Router::new().route("/login", get(login)).route("/read", get(read));
    let peppers = Peppers::new(1, &[7; 32]);
    let guard = GuardLayer::builder(Policy::balanced(), peppers).tls_fingerprint("x-ja4");
    let routes = match kind {
        Kind::Bare => return bare(),
        Kind::Token | Kind::BoundToken | Kind::AlternatingToken => return token::app(kind, bare()),
        Kind::Sessions => routes,
        Kind::Guarded | Kind::Alternating => routes.layer(guard.build().unwrap()),
        Kind::Located => {
            let places = places.clone();
            routes.layer(guard.places(move |address| places.find(address)).build().unwrap())
        }
    };
    let sessions = SessionLayer::builder(MemoryBackend::new()).build().unwrap();
    routes.layer(sessions).layer(ClientAddrLayer::peer())
}

fn bare() -> Router {
    Router::new().route("/read", get(async || "value number 3".to_owned()))
}

async fn login(session: Session) -> String {
    for n in 0..10 {
        session.insert(&format!("field{n}"), format!("value number {n}")).await.unwrap();
    }
    session.login("alice").await.unwrap();
    "welcome".into()
}

async fn read(session: Session) -> String {
    session.get("field3").await.unwrap().unwrap()
}
