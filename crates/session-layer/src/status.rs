/// Whether a request has a session, from [`SessionExt::status`](crate::SessionExt::status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionStatus {
    /// It has.
    Live,
    /// It has none: a guest, until something is put into the session.
    Absent,
    /// The backend can't be asked. The request is served as a guest's; what it changes is refused.
    Unreachable,
}
