//! Requests to the API.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use serde_json::json;

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
        self.request(Method::GET, "/me", Bytes::new())
    }

    /// `POST /orders`, which may not.
    pub fn order(&self) -> Request<Bytes> {
        let order = json!({
            "cart_items": [{ "sku": "tea", "quantity": 2, "unit_price_cents": 450 }],
            "payment_info": { "method": "card", "token": "tok_1" },
        });
        let mut request = self.request(Method::POST, "/orders", order.to_string().into());
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        request
    }

    /// Of each five three times [`me`](Self::me) and twice an [`order`](Self::order): with two or
    /// three servers in turn, each gets both.
    pub fn mixed(&self, number: usize) -> Request<Bytes> {
        if number % 5 < 2 { self.order() } else { self.me() }
    }

    fn request(&self, method: Method, path: &'static str, body: Bytes) -> Request<Bytes> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = http::Uri::from_static(path);
        request.headers_mut().insert(header::AUTHORIZATION, self.authorization.clone());
        request
    }
}
