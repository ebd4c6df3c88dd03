use crate::note::Given;

/// What a user has proved who they are by.
///
/// ```
/// use guard_layer::Factor;
///
/// let password = Factor::from("pwd");
/// let passkey = Factor::named("hwk").acr("phrh");
/// # let _ = (password, passkey);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    name: String,
    acr: Option<String>,
}

impl Factor {
    /// By the name that routes ask for it, such as those of RFC 8176: `pwd`, `otp`, `hwk`.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), acr: None }
    }

    /// It makes for this authentication context class.
    #[must_use]
    pub fn acr(mut self, class: impl Into<String>) -> Self {
        self.acr = Some(class.into());
        self
    }

    pub(super) fn given(self, at: u64) -> Given {
        Given { factor: self.name, at, acr: self.acr }
    }
}

impl From<&str> for Factor {
    fn from(name: &str) -> Self {
        Self::named(name)
    }
}
