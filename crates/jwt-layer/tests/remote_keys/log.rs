use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, Once};

use http::StatusCode;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default, set_global_default};
use tracing::{Event, Metadata, Subscriber};

use crate::key_server::{KeyServer, jwk};
use crate::program::{Program, key};
use crate::time::{Time, minutes, until};

/// What is logged, a line per event.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// All threads have one too: what a thread without any were the first to say, `tracing` would take
    /// for something that nobody wants to hear.
    fn of_this_thread() -> (Self, DefaultGuard) {
        static OF_ALL: Once = Once::new();
        OF_ALL.call_once(|| set_global_default(Self::default()).unwrap());
        let log = Self::default();
        (log.clone(), set_default(log))
    }

    /// The lines of this crate so far.
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn count(&self, text: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(text)).count()
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("jwt_layer")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line("span".to_owned());
        attributes.record(&mut line);
        self.0.lock().unwrap().push(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("span".to_owned());
        values.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn fetches_are_logged_without_keys_tokens_and_queries() {
    let (log, _guard) = Log::of_this_thread();
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::start().await;
    let secret = json!({"kty": "oct", "kid": "s", "k": "c2VjcmV0"});
    server.publish_members(vec![jwk(&a), secret]);
    let keys = jwt_layer::RemoteKeys::jwks(server.url("/jwks?code=hush"));
    let program = Program::with(keys, &time);
    program.keys.ready().await;
    until(|| log.count("INFO") == 1).await;
    assert_eq!(log.count("keys=1"), 1, "{:?}", log.lines());
    assert_eq!(log.count("a shared secret does not come from a server"), 1, "{:?}", log.lines());

    server.fail("/jwks", StatusCode::BAD_GATEWAY);
    time.pass(minutes(5)).await;
    until(|| log.count("its status is 502") == 1).await;
    let token = program.token(&a);
    assert_eq!(program.call(&token).await.status(), StatusCode::OK);

    let text = log.lines().join("\n");
    let member = jwk(&a);
    for kept in ["c2VjcmV0", "hush", &token, member["x"].as_str().unwrap()] {
        assert!(!text.contains(kept), "{kept} is logged: {text}");
    }
}

#[tokio::test]
async fn a_key_that_is_left_out_is_logged_once() {
    let (log, _guard) = Log::of_this_thread();
    let (time, a) = (Time::stop(), key("a"));
    let server = KeyServer::start().await;
    server.publish_members(vec![jwk(&a), json!({"kty": "oct", "k": "AAAA"})]);
    let _program = Program::ready(&server, &time).await;
    time.pass_until(|| log.count("INFO") == 4).await;
    assert_eq!(log.count("a JWK was left out"), 1, "{:?}", log.lines());
}

#[tokio::test]
async fn a_fetch_is_a_span_by_the_conventions_of_opentelemetry() {
    let (time, (log, _guard)) = (Time::stop(), Log::of_this_thread());
    let server = KeyServer::of(&[&key("a")]).await;
    let _program = Program::ready(&server, &time).await;
    server.fail("/jwks", StatusCode::BAD_GATEWAY);
    time.pass_until(|| log.count("error.type=\"status\"") == 1).await;
    let asked = format!("http.request.method=\"GET\" url.full={}", server.jwks());
    assert!(log.count(&asked) > 0, "{:?}", log.lines());
    for status in ["http.response.status_code=200", "http.response.status_code=502"] {
        assert_eq!(log.count(status), 1, "{:?}", log.lines());
    }
}
