use std::future::Future;

use tokio::task::JoinHandle;

/// A task that ends with this.
pub(super) struct Background(JoinHandle<()>);

impl Background {
    pub(super) fn run(task: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(task))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}
