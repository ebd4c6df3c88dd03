use std::convert::Infallible;
use std::error::Error;
use std::fmt::{self, Display};
use std::str::FromStr;
use std::sync::Arc;

use example_service::StartError;
use session_layer::backend::{Backend, BackendError, MemoryBackend, RedisBackend};

/// Where sessions are kept, as the option says it. Its address, which may have a password in it,
/// is shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Store(String);

impl Store {
    /// Opens it.
    ///
    /// # Errors
    /// If there is no store of this kind, or it can't be reached or used.
    pub async fn open(&self) -> Result<Arc<dyn Backend>, StartError> {
        match self.kind() {
            _ if self.is_fleeting() => Ok(Arc::new(MemoryBackend::new())),
            "redis" | "rediss" => redis(&self.0).await,
            _ => Err(refused("write `memory` or `redis://…`")),
        }
    }

    /// Whether it ends with this instance.
    pub fn is_fleeting(&self) -> bool {
        self.0 == "memory"
    }

    /// What stands before the colon.
    fn kind(&self) -> &str {
        self.0.split_once(':').map_or("", |(kind, _)| kind)
    }
}

/// A Redis that is away is a mistake here: the address may be wrong. A service that has to come up
/// without it leaves out `connect`.
async fn redis(url: &str) -> Result<Arc<dyn Backend>, StartError> {
    let backend = RedisBackend::builder(url).build().map_err(refused)?;
    backend.connect().await.map_err(|error| faulty(&error))?;
    Ok(Arc::new(backend))
}

fn refused(reason: impl Display) -> StartError {
    StartError::about("--store", reason)
}

/// With its cause, in one line.
fn faulty(error: &BackendError) -> StartError {
    match error.source() {
        Some(cause) => refused(format!("{error}: {cause}")),
        None => refused(error),
    }
}

/// Never fails: what is wrong, [`open`](Store::open) says, without the address.
impl FromStr for Store {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_fleeting() {
            true => f.write_str(&self.0),
            false => write!(f, "{}:…", self.kind()),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({self})")
    }
}
