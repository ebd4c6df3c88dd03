use std::fmt;
use std::sync::Arc;

use auth_core::Refused;

use super::factor::Factor;
use super::head::Head;
use crate::audit::GuardEventKind;
use crate::guard::Visit;

/// One try of a challenge, which is counted already: check what the user has given, and say how it
/// ended.
#[must_use = "say how it ended: `failed` or `completed`"]
pub struct Attempt {
    visit: Arc<Visit>,
    head: Arc<Head>,
    purpose: String,
    left: u8,
}

impl Attempt {
    pub(super) fn new(visit: Arc<Visit>, head: Arc<Head>, purpose: &str, left: u8) -> Self {
        Self { visit, head, purpose: purpose.to_owned(), left }
    }

    /// What the user has given is wrong. Returns how often the challenge may still be tried.
    pub fn failed(self) -> u8 {
        let (purpose, left) = (self.purpose, self.left);
        self.visit.tell(match left {
            0 => GuardEventKind::Dead { purpose },
            left => GuardEventKind::Failed { purpose, left },
        });
        left
    }

    /// The user has proved who they are, by this factor. With the response the session gets a new
    /// id, and the old one is dead; what this request shows is what the session is compared with
    /// from now on; on no instance it is suspected any more. A response of 5xx leaves all as it was.
    ///
    /// It returns where the user was going when the challenge came, a path of this host; none if
    /// nothing was interrupted. Send browsers there with 303.
    ///
    /// # Errors
    /// 503 if the session can't be reached.
    pub async fn completed(self, factor: impl Into<Factor>) -> Result<Option<String>, Refused> {
        let given = factor.into().given(self.visit.seconds());
        let (purpose, name) = (self.purpose, given.factor.clone());
        self.visit.complete(purpose.clone(), given);
        let replaced = self.visit.session.replace_id().await;
        replaced.map_err(|rejection| self.head.refuse(rejection, &self.visit))?;
        self.visit.tell_after_commit(GuardEventKind::Met { purpose, factor: name });
        Ok(self.visit.note().and_then(|note| note.way_back.clone()))
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("purpose", &self.purpose)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
