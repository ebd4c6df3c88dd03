use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use redis::{RedisResult, Value, cmd};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::backoff;
use super::dialer::Dialer;
use super::fault::{about, is_no_master, timed_out, unknown_master};
use super::place::Place;
use super::race::first_of;
use super::wire::{Driver, Listener, Wire};

/// The sentinels that know which server is the master of the name.
pub(super) struct Sentinels {
    master: String,
    places: Vec<Place>,
    sentinels: Dialer,
    servers: Dialer,
    known: Mutex<Known>,
    switched: Notify,
}

#[derive(Default)]
struct Known {
    /// Who was right last time, and is asked first.
    sentinel: Option<Place>,
    /// Who was the master then.
    master: Option<Place>,
}

/// A connection to the master, and how it was found.
struct Led {
    by: Place,
    to: Place,
    wire: Arc<Wire>,
    driver: Driver,
}

impl Sentinels {
    pub(super) fn new(
        (places, master): (Vec<Place>, String),
        sentinels: Dialer,
        servers: Dialer,
    ) -> Self {
        let (known, switched) = (Mutex::default(), Notify::new());
        Self { master, places, sentinels, servers, known, switched }
    }

    /// Another one, that knows nothing yet.
    pub(super) fn another(&self) -> Self {
        let watched = (self.places.clone(), self.master.clone());
        Self::new(watched, self.sentinels.clone(), self.servers.clone())
    }

    /// A connection to the master. A sentinel that has not heard of a failover yet, or hangs,
    /// leads nowhere, and another one's answer is followed then.
    pub(super) async fn open(
        self: &Arc<Self>,
        listener: Option<Listener>,
    ) -> RedisResult<(Arc<Wire>, Driver)> {
        let attempts = self.in_order().into_iter().map(|sentinel| {
            let (this, listener) = (Arc::clone(self), listener.clone());
            let time = self.servers.timeout;
            async move {
                let led = timeout(time, this.led_by(&sentinel, listener)).await;
                led.unwrap_or_else(|_| Err(timed_out()))
                    .map_err(|error| about(&format!("by the sentinel {sentinel}"), &error))
            }
        });
        let Led { by, to, wire, driver } = first_of(attempts.collect::<Vec<_>>()).await?;
        *self.known() = Known { sentinel: Some(by), master: Some(to) };
        Ok((wire, driver))
    }

    async fn led_by(&self, sentinel: &Place, listener: Option<Listener>) -> RedisResult<Led> {
        let to = self.ask(sentinel).await?;
        let opened = self.servers.greet(&to, listener).await;
        let (wire, driver) = opened.map_err(|error| about(&format!("{to}, named"), &error))?;
        let role = wire.ask(&cmd("ROLE"), Instant::now() + self.servers.timeout).await?;
        if !is_master(&role) {
            return Err(is_no_master(&to));
        }
        Ok(Led { by: sentinel.clone(), to, wire, driver })
    }

    /// Who the master is.
    async fn ask(&self, sentinel: &Place) -> RedisResult<Place> {
        let (wire, _driver) = self.sentinels.open(sentinel).await?;
        let mut question = cmd("SENTINEL");
        question.arg("get-master-addr-by-name").arg(&self.master);
        let answer = wire.ask(&question, Instant::now() + self.sentinels.timeout).await?;
        place(answer).ok_or_else(|| unknown_master(&self.master))
    }

    /// All of them, who was right last time first, and else by chance.
    fn in_order(&self) -> Vec<Place> {
        let mut places = self.places.clone();
        backoff::shuffle(&mut places);
        let first = self.known().sentinel.clone();
        places.sort_by_key(|place| Some(place) != first.as_ref());
        places
    }

    /// Comes back when a sentinel has announced another master than the one that is known.
    pub(super) async fn switched(&self) {
        self.switched.notified().await;
    }

    /// Hears what the sentinels announce, until it is dropped.
    pub(super) async fn listen(self: &Arc<Self>) {
        let mut listeners = JoinSet::new();
        for sentinel in self.places.clone() {
            let this = Arc::clone(self);
            listeners.spawn(async move { this.listen_to(&sentinel).await });
        }
        while listeners.join_next().await.is_some() {}
    }

    async fn listen_to(&self, sentinel: &Place) {
        let mut failures: u32 = 0;
        loop {
            if let Ok(mut announced) = self.sentinels.subscribe(sentinel, "+switch-master").await {
                failures = 0;
                while let Some(message) = announced.next().await {
                    self.hear(sentinel, &String::from_utf8_lossy(message.get_payload_bytes()));
                }
            }
            failures = failures.saturating_add(1);
            sleep(backoff::unhurried_delay(failures, backoff::chance())).await;
        }
    }

    /// The name, where the master was, and where it is, each a host and a port.
    fn hear(&self, sentinel: &Place, announced: &str) {
        let words: Vec<_> = announced.split(' ').collect();
        let [name, _, _, host, port] = words.as_slice() else {
            return;
        };
        let Ok(port) = port.parse() else {
            return;
        };
        let mut known = self.known();
        let master = Some(Place { host: (*host).to_owned(), port });
        if *name == self.master && known.master != master {
            *known = Known { sentinel: Some(sentinel.clone()), master: None };
            tracing::info!(master = name, host, port, "a sentinel announced another Redis master");
            self.switched.notify_one();
        }
    }

    /// Who the master was when it was last asked for, unless another one was announced since.
    pub(super) fn known_master(&self) -> Option<Place> {
        self.known().master.clone()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Host and port, or nil.
fn place(answer: Value) -> Option<Place> {
    let Value::Array(parts) = answer else {
        return None;
    };
    let [host, port] = parts.as_slice() else {
        return None;
    };
    Some(Place { host: text(host)?.to_owned(), port: text(port)?.parse().ok()? })
}

fn is_master(role: &Value) -> bool {
    matches!(role, Value::Array(parts) if parts.first().and_then(text) == Some("master"))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => str::from_utf8(bytes).ok(),
        _ => None,
    }
}

impl fmt::Display for Sentinels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the master {} of the sentinels", self.master)?;
        self.places.iter().try_for_each(|place| write!(f, " {place}"))
    }
}
