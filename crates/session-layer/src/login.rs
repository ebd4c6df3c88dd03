use std::sync::Arc;

/// Who logs in, and how long they want to stay.
///
/// ```
/// use session_layer::Login;
///
/// let login = Login::of("alice").remembered().label("Firefox on Linux");
/// # let _ = login;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Login {
    pub(crate) user: Arc<str>,
    pub(crate) remembered: bool,
    pub(crate) label: Option<String>,
}

impl Login {
    /// A login of this user, for as long as the browser is open.
    pub fn of(user: impl Into<Arc<str>>) -> Self {
        Self { user: user.into(), remembered: false, label: None }
    }

    /// The browser keeps the cookie when it is closed, and the session has the
    /// [remembered lifetime](crate::SessionLayerBuilder::remembered_lifetime).
    pub fn remembered(mut self) -> Self {
        self.remembered = true;
        self
    }

    /// What the user's list of devices calls this one, such as the browser and the system.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }
}

impl From<&str> for Login {
    fn from(user: &str) -> Self {
        Self::of(user)
    }
}

impl From<String> for Login {
    fn from(user: String) -> Self {
        Self::of(user)
    }
}
