use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use example_service::StartError;
use session_layer::backend::{Backend, MemoryBackend};

/// Where sessions are kept, as the option says it. Only its kind is shown to anybody: an address
/// may have a password in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Store(String);

impl Store {
    /// Opens it.
    ///
    /// # Errors
    /// If there is no store of this kind, or it can't be reached.
    pub async fn open(&self) -> Result<Arc<dyn Backend>, StartError> {
        match self.0.as_str() {
            "memory" => Ok(Arc::new(MemoryBackend::new())),
            _ => Err(StartError::about("--store", "write `memory`")),
        }
    }

    /// Whether it ends with this instance.
    pub fn is_fleeting(&self) -> bool {
        self.0 == "memory"
    }
}

/// Never fails: what is wrong, [`open`](Store::open) says, without the address.
impl FromStr for Store {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_once("://") {
            Some((kind, _)) => write!(f, "{kind}://…"),
            None => f.write_str(&self.0),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({self})")
    }
}
