use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// What a token is bound to: the value of its claim, which only the guard that made it can read.
///
/// A layer that verifies tokens hands it on with the [`Principal`](crate::Principal). Clones share
/// what was read from it, so that a cache of verified tokens spares the guard most of its work.
#[derive(Clone)]
pub struct TokenBinding(Arc<Inner>);

struct Inner {
    text: Box<str>,
    read: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl TokenBinding {
    /// The name of the claim: a private one (RFC 7519 section 4.3), whose value is a string.
    pub const CLAIM: &'static str = "bound_to";

    /// A binding of this value.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Inner { text: text.into(), read: OnceLock::new() }))
    }

    /// The value.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// What `read` makes of the value, which is asked once for all clones. None if something of
    /// another type was read before.
    pub fn read<T: Send + Sync + 'static>(&self, read: impl FnOnce(&str) -> T) -> Option<&T> {
        let kept = self.0.read.get_or_init(|| Box::new(read(&self.0.text)));
        kept.downcast_ref()
    }
}

impl PartialEq for TokenBinding {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for TokenBinding {}

impl Hash for TokenBinding {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// Without the value, which is part of a token.
impl fmt::Debug for TokenBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenBinding({} bytes)", self.as_str().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_read_once_for_all_its_clones() {
        let binding = TokenBinding::new("seven");
        assert_eq!(binding.clone().read(str::len), Some(&5));
        assert_eq!(binding.read(|_| 0_usize), Some(&5));
    }

    #[test]
    fn what_was_read_as_another_type_is_not_given() {
        let binding = TokenBinding::new("seven");
        binding.read(str::len);
        assert_eq!(binding.read(str::to_owned), None);
    }

    #[test]
    fn a_binding_shows_nothing_to_debug() {
        assert_eq!(format!("{:?}", TokenBinding::new("seven")), "TokenBinding(5 bytes)");
    }
}
