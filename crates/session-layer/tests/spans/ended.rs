use std::collections::BTreeMap;
use std::fmt::Debug;
use std::mem;
use std::sync::{Arc, Mutex};

use session_layer::SessionLayer;
use session_layer::backend::Backend;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// What a span has said.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// The spans of this test's calls of backends, as they end.
pub(crate) struct Ended {
    spans: Arc<Mutex<Vec<Fields>>>,
    _guard: DefaultGuard,
}

struct Collector(Arc<Mutex<Vec<Fields>>>);

struct Said<'a>(&'a mut Fields);

impl Ended {
    pub(crate) fn begin() -> Self {
        let spans = Arc::default();
        let guard = set_default(Registry::default().with(Collector(Arc::clone(&spans))));
        Self { spans, _guard: guard }
    }

    /// Those since it was last asked.
    pub(crate) fn take(&self) -> Vec<Fields> {
        mem::take(&mut *self.spans.lock().unwrap())
    }

    /// Those of one call of a `SessionLayer` over this backend, the innermost first.
    pub(crate) async fn of_call(&self, backend: impl Backend) -> Vec<Fields> {
        let layer = SessionLayer::builder(backend).build().unwrap();
        self.take();
        // Whether it succeeds is in the span.
        let _ = layer.sessions().stats().await;
        self.take()
    }
}

/// The fields that are expected of a span.
pub(crate) fn fields<const N: usize>(fields: [(&'static str, &str); N]) -> Fields {
    fields.map(|(name, value)| (name, value.to_owned())).into()
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target() == "session_layer::backend" {
            assert_eq!((metadata.name(), metadata.level()), ("session backend", &Level::DEBUG));
            let mut fields = Fields::new();
            attributes.record(&mut Said(&mut fields));
            context.span(id).unwrap().extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(fields) = context.span(id).unwrap().extensions_mut().get_mut::<Fields>() {
            record.record(&mut Said(fields));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(fields) = context.span(&id).unwrap().extensions_mut().remove::<Fields>() {
            self.0.lock().unwrap().push(fields);
        }
    }
}

impl Visit for Said<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
