use std::collections::BTreeMap;

use axum::Json;
use axum::response::{IntoResponse, Redirect, Response};
use example_service::{Refusal, check_article};
use serde::{Deserialize, Serialize, Serializer};
use session_layer::{Session, SessionError, SessionExt};

use crate::failure::Failure;
use crate::form_or_json::FormOrJson;
use crate::page;
use crate::wanted::Wanted;

/// The field of the session.
const FIELD: &str = "cart";

/// The most articles, roughly: requests that add one at the same moment may each add the last.
const MOST_ARTICLES: usize = 100;

/// What a cart holds: how many of each article.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct Cart(BTreeMap<String, u64>);

#[derive(Deserialize)]
pub(crate) struct Item {
    sku: String,
    quantity: u64,
}

/// `GET /cart`
pub(crate) async fn cart(wanted: Wanted, session: Session) -> Result<Response, Failure> {
    let cart = Cart::of(&session).await?;
    Ok(match wanted {
        Wanted::Page => page::cart(&cart).into_response(),
        Wanted::Json => Json(Items(&cart)).into_response(),
    })
}

/// `POST /cart/items`: adds to what is there. It is a change and not a new value that is handed to
/// the session, so that of several at once none is lost.
pub(crate) async fn add(
    wanted: Wanted,
    session: Session,
    FormOrJson(item): FormOrJson<Item>,
) -> Result<Response, Failure> {
    check_article(&item.sku, item.quantity)?;
    Cart::of(&session).await?.has_room_for(&item)?;
    let cart = session
        .update(FIELD, move |cart: Option<Cart>| cart.unwrap_or_default().with(&item))
        .await?;
    Ok(match wanted {
        Wanted::Page => Redirect::to("/cart").into_response(),
        Wanted::Json => Json(Items(&cart)).into_response(),
    })
}

impl Cart {
    async fn of(session: &Session) -> Result<Self, SessionError> {
        Ok(session.get(FIELD).await?.unwrap_or_default())
    }

    /// Empties it, and gives what was in it.
    pub(crate) async fn take(session: &Session) -> Result<Self, SessionError> {
        Ok(session.remove(FIELD).await?.unwrap_or_default())
    }

    /// Each article and how many of it.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(sku, quantity)| (sku.as_str(), *quantity))
    }

    fn has_room_for(&self, item: &Item) -> Result<(), Refusal> {
        if self.0.len() < MOST_ARTICLES || self.0.contains_key(&item.sku) {
            return Ok(());
        }
        Err(Refusal::unprocessable("cart_full", "a cart holds at most 100 articles"))
    }

    fn with(mut self, item: &Item) -> Self {
        let quantity = self.0.entry(item.sku.clone()).or_default();
        *quantity = quantity.saturating_add(item.quantity);
        self
    }
}

/// A cart as clients see it.
struct Items<'a>(&'a Cart);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Line<'a> {
            sku: &'a str,
            quantity: u64,
        }
        #[derive(Serialize)]
        struct Lines<'a> {
            items: Vec<Line<'a>>,
        }
        let lines = self.0.items().map(|(sku, quantity)| Line { sku, quantity });
        Lines { items: lines.collect() }.serialize(serializer)
    }
}
