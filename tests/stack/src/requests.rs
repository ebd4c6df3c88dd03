//! Requests to the API.

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header};
use serde_json::json;

use crate::json;

/// Makes the requests of a user who is logged in.
#[derive(Clone, Debug)]
pub struct Requests {
    authorization: HeaderValue,
}

impl Requests {
    /// With this access token.
    ///
    /// # Errors
    /// It fits into no header.
    pub fn with_token(token: &str) -> anyhow::Result<Self> {
        Ok(Self { authorization: HeaderValue::try_from(format!("Bearer {token}"))? })
    }

    /// `GET /me`, which may be sent twice.
    pub fn me(&self) -> Request<Bytes> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = Uri::from_static("/me");
        self.authorized(request)
    }

    /// `POST /orders`, which may not.
    pub fn order(&self) -> Request<Bytes> {
        let order = json!({
            "cart_items": [{ "sku": "tea", "quantity": 2, "unit_price_cents": 450 }],
            "payment_info": { "method": "card", "token": "tok_1" },
        });
        self.authorized(json::post("/orders", &order))
    }

    /// Of each five three times [`me`](Self::me) and twice an [`order`](Self::order): with two or
    /// three servers in turn, each gets both.
    pub fn mixed(&self, number: usize) -> Request<Bytes> {
        if number % 5 < 2 { self.order() } else { self.me() }
    }

    fn authorized(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        request.headers_mut().insert(header::AUTHORIZATION, self.authorization.clone());
        request
    }
}
