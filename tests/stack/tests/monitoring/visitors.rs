use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request};
use stack_tests::{Client, FIREFOX, login};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Who comes to the shop and to the API, over and over, as long as this value lives.
pub(crate) struct Visitors {
    _tasks: JoinSet<()>,
}

/// Between two visits.
const PAUSE: Duration = Duration::from_millis(50);

impl Visitors {
    pub(crate) fn of(shop: SocketAddr, api: SocketAddr) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(shoppers(shop));
        tasks.spawn(bearers(api));
        Self { _tasks: tasks }
    }
}

/// Half of them log out again, of the others somebody else shows the cookie.
async fn shoppers(shop: SocketAddr) {
    let mut client = Client::to(shop);
    for number in 0_u64.. {
        let mut login = login();
        login.headers_mut().insert("user-agent", HeaderValue::from_static(FIREFOX));
        if let Ok(answer) = client.send(login).await
            && let Some(cookie) = answer.cookie("__Host-Http-sid")
        {
            let theirs = [("cookie", cookie), ("user-agent", FIREFOX)];
            client.send(request("GET", "/cart", &theirs)).await.ok();
            let last = match number % 2 {
                0 => request("POST", "/logout", &theirs),
                _ => request("GET", "/cart", &[("cookie", cookie), ("user-agent", "curl/8.14.1")]),
            };
            client.send(last).await.ok();
        }
        let made_up = format!("__Host-Http-sid={number:032}");
        client.send(request("GET", "/cart", &[("cookie", &made_up)])).await.ok();
        sleep(PAUSE).await;
    }
}

async fn bearers(api: SocketAddr) {
    let mut client = Client::to(api);
    while let Ok(token) = client.log_in().await {
        for token in [&token, &token, "no.good.token"] {
            let bearer = format!("Bearer {token}");
            client.send(request("GET", "/me", &[("authorization", &bearer)])).await.ok();
        }
        sleep(PAUSE).await;
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(path);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Bytes::new()).unwrap()
}
