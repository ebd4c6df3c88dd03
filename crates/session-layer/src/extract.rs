use std::sync::Arc;

use crate::engine::Ledger;

/// What the layer tells layers further in.
#[derive(Clone, Debug)]
pub(crate) struct Context(Arc<Ledger>);

impl Context {
    pub(crate) fn new(ledger: Arc<Ledger>) -> Self {
        Self(ledger)
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.0
    }
}
