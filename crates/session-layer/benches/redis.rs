//! What a verb on Redis costs, beside the least that any client can do: one round trip.
//! `cargo bench -p session-layer --features redis --bench redis [-- SESSIONS]`
//!
//! The contenders take turns, round by round, so that a machine that is slow for a while is slow
//! for all of them; a figure is the median of the rounds. It is measured among a thousand sessions
//! and then among a million, or as many as you say.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program")]

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{Client, Cmd, cmd};
use session_layer::backend::{
    Backend, Change, Created, Draft, Lifetime, Loaded, Payload, RedisBackend, SessionKey, Updated,
    UserId,
};
use test_servers::Redis;

const ROUNDS: usize = 41;
const CALLS: u32 = 250;
const CONTENT: usize = 1_000;
const HOUR: Duration = Duration::from_secs(3600);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Call {
    /// A bare `GET` of as many bytes.
    Get,
    Load,
    /// A script that does nothing, with as many bytes as its argument.
    Nothing,
    /// A script that stores as many bytes and their expiry.
    Set,
    Update,
    Touch,
    /// An anonymous session, which expires at once.
    Create,
    /// A user's session, and its end.
    LogInAndOut,
    Stats,
}

use Call::{Create, Get, Load, LogInAndOut, Nothing, Set, Stats, Touch, Update};

struct Bench {
    backend: RedisBackend,
    raw: MultiplexedConnection,
    scripts: [String; 2],
    version: u64,
    created: u64,
}

#[tokio::main]
async fn main() {
    let sessions = env::args().filter_map(|argument| argument.parse().ok()).next();
    let server = Redis::start().await.unwrap();
    let mut bench = Bench::on(&server).await;
    bench.fill(1_000).await;
    println!("| µs among 1,000 sessions | a call | of the bare one |\n|---|---|---|");
    bench.compare(&[Get, Load]).await;
    bench.compare(&[Nothing, Update, Touch]).await;
    bench.compare(&[Set, Update]).await;

    const ALL: [Call; 6] = [Load, Touch, Update, Create, LogInAndOut, Stats];
    let few = bench.race(&ALL).await;
    let (swept_of_few, memory) = (bench.swept().await, bench.memory().await);
    let added = sessions.unwrap_or(1_000_000);
    bench.fill(added).await;
    let each = (bench.memory().await - memory) / added;
    let many = bench.race(&ALL).await;
    let swept_of_many = bench.swept().await;
    println!("\n| µs | among 1,000 | among {added} more | times |\n|---|---|---|---|");
    for (place, call) in ALL.iter().enumerate() {
        line(&format!("{call:?}"), few[place], many[place]);
    }
    line("Swept, each", swept_of_few, swept_of_many);
    println!("\na session with a content of {CONTENT} bytes, and its user, take {each} bytes");
}

fn line(name: &str, few: f64, many: f64) {
    println!("| {name} | {few:.2} | {many:.2} | {:.2} |", many / few);
}

impl Bench {
    async fn on(server: &Redis) -> Self {
        let backend = RedisBackend::builder(server.url()).build().unwrap();
        let client = Client::open(server.url()).unwrap();
        let mut raw = client.get_multiplexed_async_connection().await.unwrap();
        let mut load = async |script: &str| -> String {
            cmd("SCRIPT").arg("LOAD").arg(script).query_async(&mut raw).await.unwrap()
        };
        let scripts = [
            load("return 1").await,
            load("redis.call('SET', KEYS[1], ARGV[1], 'PX', 600000) return 1").await,
        ];
        let mut bench = Self { backend, raw, scripts, version: 1, created: 0 };
        bench.create(&draft(CONTENT, HOUR)).await;
        bench.set("bare", &[b'x'; CONTENT + 54]).await;
        bench
    }

    async fn set(&mut self, key: &str, value: &[u8]) {
        cmd("SET").arg(key).arg(value).exec_async(&mut self.raw).await.unwrap();
    }

    async fn create(&mut self, draft: &Draft) -> SessionKey {
        let key = key(self.created);
        self.created += 1;
        let created = self.backend.create(&key, draft).await.unwrap();
        assert!(matches!(created, Created::Done { .. }));
        key
    }

    /// Creates so many users' sessions, as many at a time as the connection takes.
    async fn fill(&mut self, sessions: u64) {
        let first = self.created;
        self.created += sessions;
        let tasks: Vec<_> = (0..64)
            .map(|task| {
                let backend = self.backend.clone();
                let numbers = (first..first + sessions).skip(task).step_by(64);
                tokio::spawn(async move {
                    for number in numbers {
                        let user = UserId::new(format!("user {number}"));
                        let draft = Draft { user, ..draft(CONTENT, HOUR) };
                        backend.create(&key(number), &draft).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }

    async fn compare(&mut self, calls: &[Call]) {
        let times = self.race(calls).await;
        for (call, time) in calls.iter().zip(&times) {
            println!("| {call:?} | {time:.2} | {:.2} |", time / times[0]);
        }
    }

    /// The median time of each, in microseconds.
    async fn race(&mut self, calls: &[Call]) -> Vec<f64> {
        let mut times = vec![Vec::new(); calls.len()];
        for _ in 0..ROUNDS {
            for (place, call) in calls.iter().enumerate() {
                let began = Instant::now();
                for _ in 0..CALLS {
                    self.call(*call).await;
                }
                times[place].push(began.elapsed() / CALLS);
            }
        }
        times.into_iter().map(median).collect()
    }

    async fn call(&mut self, call: Call) {
        match call {
            Get => drop(self.ask::<Vec<u8>>(cmd("GET").arg("bare")).await),
            Load => {
                let loaded = self.backend.load(&key(0)).await.unwrap();
                assert!(matches!(black_box(loaded), Loaded::Found(_)));
            }
            Nothing => self.script(0).await,
            Set => self.script(1).await,
            Update => {
                let change =
                    Change { version: self.version, payload: payload(CONTENT), lifetime: None };
                let updated = self.backend.update(&key(0), &change).await.unwrap();
                self.version += 1;
                assert_eq!(updated, Updated::Done(self.version));
            }
            Touch => assert!(self.backend.touch(&key(0)).await.unwrap()),
            Create => drop(self.create(&draft(CONTENT, Duration::from_millis(1))).await),
            LogInAndOut => {
                let user = UserId::new("alice");
                let key = self.create(&Draft { user, ..draft(CONTENT, HOUR) }).await;
                assert!(self.backend.delete(&key).await.unwrap().is_some());
            }
            Stats => drop(black_box(self.backend.stats().await.unwrap())),
        }
    }

    async fn script(&mut self, number: usize) {
        let mut call = cmd("EVALSHA");
        call.arg(&self.scripts[number]).arg(1).arg("bare").arg(&[b'x'; CONTENT + 54]);
        assert_eq!(self.ask::<i64>(&call).await, 1);
    }

    async fn ask<T: redis::FromRedisValue>(&mut self, command: &Cmd) -> T {
        black_box(command.query_async(&mut self.raw).await.unwrap())
    }

    /// What removing an expired session takes, in microseconds.
    async fn swept(&mut self) -> f64 {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            // Each create removes up to two itself.
            while self.backend.sweep(u32::MAX).await.unwrap().removed > 0 {}
            let brief = draft(CONTENT, Duration::from_millis(20));
            for _ in 0..200 {
                self.create(&brief).await;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
            let began = Instant::now();
            let swept = self.backend.sweep(u32::MAX).await.unwrap().removed;
            times.push(began.elapsed() / swept.max(1));
        }
        median(times)
    }

    async fn memory(&mut self) -> u64 {
        while self.backend.sweep(u32::MAX).await.unwrap().removed > 0 {}
        let info: String = self.ask(cmd("INFO").arg("memory")).await;
        let used = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
        used.unwrap().parse().unwrap()
    }
}

fn key(number: u64) -> SessionKey {
    SessionKey::of_id(&number.to_string())
}

fn payload(bytes: usize) -> Payload {
    Payload::from_bytes(vec![b'x'; bytes])
}

fn draft(bytes: usize, life: Duration) -> Draft {
    let lifetime = Lifetime { idle: life, absolute: 10 * life };
    Draft { payload: payload(bytes), user: None, lifetime, cap: None }
}

/// In microseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}
