/// What is measured.
#[derive(Clone, Copy)]
pub(crate) enum Verb {
    /// A request that reads a field.
    Read,
    /// A request that changes a field.
    Change,
    Load,
    Update,
    OfUser,
    /// A user's session, and its end.
    CreateAndDelete,
    /// The removal of what has expired, each.
    Sweep,
}

impl Verb {
    pub(crate) const ALL: [Self; 7] = [
        Self::Read,
        Self::Change,
        Self::Load,
        Self::Update,
        Self::OfUser,
        Self::CreateAndDelete,
        Self::Sweep,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "a request that reads a field",
            Self::Change => "a request that changes a field",
            Self::Load => "`load`",
            Self::Update => "`update`",
            Self::OfUser => "`of_user`",
            Self::CreateAndDelete => "`create` and `delete`, of a user",
            Self::Sweep => "`sweep`, each that has expired",
        }
    }
}
