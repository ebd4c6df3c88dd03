//! Clients of the shop who are logged in.

use anyhow::{Context, Result, anyhow, ensure};
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::account::login;
use crate::client::Client;
use crate::json;

/// Makes the requests of some clients, each with a session of its own.
#[derive(Clone, Debug)]
pub struct Shoppers(Vec<HeaderValue>);

impl Shoppers {
    /// Logs so many in.
    ///
    /// # Errors
    /// One of them is not let in.
    pub(crate) async fn log_in(client: &mut Client, shoppers: usize) -> Result<Self> {
        let mut cookies = Vec::new();
        for _ in 0..shoppers {
            let answer = client.send(login()).await.map_err(|failure| anyhow!("{failure:?}"))?;
            ensure!(answer.status == StatusCode::OK, "no login: {answer:?}");
            let cookie = answer.cookie("__Host-Http-sid").context("no cookie at the login")?;
            cookies.push(cookie.try_into()?);
        }
        Ok(Self(cookies))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// `POST /cart/items`: one more tea for the shopper whose turn it is.
    pub fn add(&self, number: usize) -> Request<Bytes> {
        let one = json!({ "sku": "tea", "quantity": 1 });
        self.of(number, json::post("/cart/items", &one))
    }

    /// How much tea there is in a shopper's cart, for whoever is logged in.
    ///
    /// # Errors
    /// There is no answer, or nobody is logged in.
    pub async fn tea(&self, shopper: usize, client: &mut Client) -> Result<u64> {
        let user = self.json(shopper, "/me", client).await?;
        ensure!(user.get("username") == Some(&"alice".into()), "shopper {shopper} is {user}");
        let cart = self.json(shopper, "/cart", client).await?;
        Ok(cart.pointer("/items/0/quantity").and_then(Value::as_u64).unwrap_or_default())
    }

    async fn json(&self, shopper: usize, path: &'static str, client: &mut Client) -> Result<Value> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = Uri::from_static(path);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json);
        let answer = client.send(self.of(shopper, request)).await;
        let answer = answer.map_err(|failure| anyhow!("{path}: {failure:?}"))?;
        Ok(serde_json::from_slice(&answer.body)?)
    }

    fn of(&self, number: usize, mut request: Request<Bytes>) -> Request<Bytes> {
        if let Some(cookie) = self.0.get(number % self.count().max(1)) {
            request.headers_mut().insert(header::COOKIE, cookie.clone());
        }
        request
    }
}
