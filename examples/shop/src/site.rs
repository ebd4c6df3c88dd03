use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

/// Which of the two addresses a request has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Site {
    /// That of the customers.
    #[default]
    Shop,
    /// That of the operators, `--admin-listen`.
    Operators,
}

impl Site {
    /// Where a user goes who has come for nothing in particular.
    pub(crate) fn home(self) -> &'static str {
        match self {
            Self::Shop => "/cart",
            Self::Operators => "/console",
        }
    }

    /// The links of every page.
    pub(crate) fn links(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Shop => &[
                ("/cart", "Cart"),
                ("/preferences", "Preferences"),
                ("/devices", "Devices"),
                ("/me", "Account"),
            ],
            Self::Operators => &[("/console", "Console")],
        }
    }
}

/// As the routes of the operators have put it into the extensions.
impl<S: Sync> FromRequestParts<S> for Site {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}
