use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use guard_layer::ClientAddrLayer;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::check::{PROXIES, answer, app, request};

#[test]
fn without_connect_info_the_address_is_unknown() {
    assert_eq!(answer(app(&ClientAddrLayer::peer()), request(&[])), "unknown");
}

#[test]
fn without_connect_info_no_header_is_read() {
    let builder = ClientAddrLayer::builder();
    let layers = [builder.clone().trusted_hops(1), builder.trusted_proxies(PROXIES)];
    for layer in layers.map(|layer| layer.build().unwrap()) {
        let request = request(&[("X-Forwarded-For", b"192.0.2.1")]);
        assert_eq!(answer(app(&layer), request), "unknown");
    }
}

#[test]
fn missing_connect_info_is_an_error_in_the_log_once() {
    // What a thread without a subscriber were the first to say, nobody would hear.
    tracing::subscriber::set_global_default(Errors::default()).unwrap();
    let (errors, app) = (Errors::default(), app(&ClientAddrLayer::peer()));
    tracing::subscriber::with_default(errors.clone(), || {
        for _ in 0..3 {
            answer(app.clone(), request(&[]));
        }
    });
    assert_eq!(errors.0.load(Ordering::SeqCst), 1);
}

/// Counts the errors of this crate.
#[derive(Clone, Default)]
struct Errors(Arc<AtomicUsize>);

impl Subscriber for Errors {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR && metadata.target().starts_with("guard_layer")
    }

    fn event(&self, _event: &Event<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}
