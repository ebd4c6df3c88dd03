//! Redis.

use ::redis::aio::MultiplexedConnection;
use ::redis::{Client, cmd};
use axum::body::Body;
use axum::extract::State;
use axum::{Router, routing};
use http::Request;
use session_layer::backend::RedisBackend;
use test_servers::Redis;
use tower::ServiceExt;
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};

use crate::contender::{Contender, Group};
use crate::stores::{ours, peer};
use crate::wire::Wire;
use crate::yardstick::{Measures, STORED, Yardstick};

pub(crate) async fn group(server: &Redis) -> Group {
    let wire = Wire::before(&server.url()).await;
    let wired = contenders(&wire.url(&server.url())).await;
    Group {
        title: "Redis",
        requests: 20,
        contenders: contenders(&server.url()).await,
        yardsticks: yardsticks(&server.url()).await,
        wired: Some((wire, wired)),
    }
}

async fn contenders(url: &str) -> Vec<Contender> {
    let pool = Pool::new(Config::from_url(url).unwrap(), None, None, None, 1).unwrap();
    pool.connect();
    pool.wait_for_connect().await.unwrap();
    let backend = RedisBackend::builder(url).build().unwrap();
    backend.connect().await.unwrap();
    vec![
        peer("tower-sessions-redis-store 0.16", RedisStore::new(pool)),
        ours("session-layer, Redis", backend),
    ]
}

/// On a connection of the client library that our backend has too.
async fn yardsticks(url: &str) -> Vec<Yardstick> {
    let client = Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let value = vec![b'x'; STORED];
    cmd("SET").arg("bare").arg(value).exec_async(&mut connection).await.unwrap();
    let nothing = script(&mut connection, "return 1").await;
    let store = "redis.call('SET', KEYS[1], ARGV[1], 'PX', 600000) return 1";
    let store = script(&mut connection, store).await;
    let get = {
        let connection = connection.clone();
        move || get(connection.clone())
    };
    let route = {
        let router = Router::new().route("/get", routing::get(read)).with_state(connection.clone());
        move || request(router.clone())
    };
    let (one, other) = (connection.clone(), connection);
    vec![
        Yardstick::new("a bare GET", Measures::Reads, get),
        Yardstick::new("a route whose handler asks a bare GET", Measures::Reads, route),
        Yardstick::new("a bare EVALSHA that does nothing", Measures::Changes, move || {
            evalsha(one.clone(), nothing.clone())
        }),
        Yardstick::new("a bare EVALSHA that stores", Measures::Changes, move || {
            evalsha(other.clone(), store.clone())
        }),
    ]
}

async fn script(connection: &mut MultiplexedConnection, text: &str) -> String {
    cmd("SCRIPT").arg("LOAD").arg(text).query_async(connection).await.unwrap()
}

async fn get(mut connection: MultiplexedConnection) {
    let value: Vec<u8> = cmd("GET").arg("bare").query_async(&mut connection).await.unwrap();
    assert_eq!(value.len(), STORED);
}

async fn read(State(connection): State<MultiplexedConnection>) -> &'static str {
    get(connection).await;
    "value number 3"
}

/// A request through a router, which is all that it costs.
async fn request(router: Router) {
    let request = Request::get("/get").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
}

async fn evalsha(mut connection: MultiplexedConnection, script: String) {
    let mut call = cmd("EVALSHA");
    call.arg(script).arg(1).arg("bare").arg(&[b'x'; STORED]);
    let done: i64 = call.query_async(&mut connection).await.unwrap();
    assert_eq!(done, 1);
}
