//! Who comes to the shop while an operator looks on.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http::Request;
use serde_json::json;
use stack_tests::{Client, FIREFOX, login};
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::shop::Shop;

/// Customers who come over and over, as long as this value lives.
pub(crate) struct Visitors {
    _tasks: JoinSet<()>,
}

/// Between two visits.
const PAUSE: Duration = Duration::from_millis(100);

impl Visitors {
    pub(crate) fn of(shop: &Shop) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(visit(shop.instance.port().address()));
        Self { _tasks: tasks }
    }
}

/// A guest fills a cart and looks at it; each tenth has a cookie that nobody knows.
async fn visit(shop: SocketAddr) {
    let (mut client, mut turn) = (Client::to(shop), interval(PAUSE));
    for number in 0_u64.. {
        turn.tick().await;
        let made_up = format!("__Host-Http-sid={number:032}");
        let cookie = match fill_cart(&mut client).await {
            Ok(cookie) if number % 10 > 0 => cookie,
            _ => made_up,
        };
        client.send(get("/cart", &[("cookie", &cookie)])).await.ok();
    }
}

async fn fill_cart(client: &mut Client) -> Result<String> {
    let body = json!({ "sku": "tea", "quantity": 1 }).to_string();
    let request = Request::post("/cart/items").header("content-type", "application/json");
    let answer = client.send(request.body(Bytes::from(body))?).await;
    let answer = answer.map_err(|failure| anyhow!("no cart: {failure:?}"))?;
    Ok(answer.cookie("__Host-Http-sid").context("no cookie")?.to_owned())
}

/// Somebody logs in as alice, and somebody else shows that cookie from elsewhere.
pub(crate) async fn steal_a_cookie(shop: &Shop) -> Result<()> {
    let mut client = Client::to(shop.instance.port().address());
    let mut request = login();
    request.headers_mut().insert("x-forwarded-for", "203.0.113.7".parse()?);
    request.headers_mut().insert("user-agent", FIREFOX.parse()?);
    let answer = client.send(request).await.map_err(|failure| anyhow!("{failure:?}"))?;
    let cookie = answer.cookie("__Host-Http-sid").context("no cookie")?.to_owned();
    let stolen =
        [("cookie", &*cookie), ("x-forwarded-for", "198.51.100.9"), ("user-agent", "curl")];
    let answer = client.send(get("/me", &stolen)).await;
    answer.map(drop).map_err(|failure| anyhow!("{failure:?}"))
}

fn get(path: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
    let request = Request::get(path).header("accept", "application/json");
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Bytes::new()).unwrap_or_default()
}
