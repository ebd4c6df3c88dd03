use crate::Token;

/// What a token must grant: a scope, a role, or a combination of requirements.
///
/// ```
/// use jwt_layer::Requirement;
///
/// const MAY_ORDER: Requirement = Requirement::Any(&[
///     Requirement::Scope("orders:write"),
///     Requirement::All(&[Requirement::Role("staff"), Requirement::Scope("orders:read")]),
/// ]);
/// # let _ = MAY_ORDER;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The scope is among those of `scope` or `scp`.
    Scope(&'static str),
    /// The role is among those of `roles`.
    Role(&'static str),
    /// Every one of them is met.
    All(&'static [Requirement]),
    /// At least one of them is met.
    Any(&'static [Requirement]),
}

impl Requirement {
    /// Whether the token grants it.
    pub fn is_met_by(&self, token: &Token) -> bool {
        match self {
            Self::Scope(scope) => token.scopes().any(|granted| granted == *scope),
            Self::Role(role) => token.roles().any(|granted| granted == *role),
            Self::All(all) => all.iter().all(|one| one.is_met_by(token)),
            Self::Any(any) => any.iter().any(|one| one.is_met_by(token)),
        }
    }

    /// All scopes that it names, for the challenge (RFC 6750 section 3).
    pub(crate) fn scopes(&self) -> Vec<&'static str> {
        match self {
            Self::Scope(scope) => vec![scope],
            Self::Role(_) => Vec::new(),
            Self::All(inner) | Self::Any(inner) => inner.iter().flat_map(Self::scopes).collect(),
        }
    }
}
