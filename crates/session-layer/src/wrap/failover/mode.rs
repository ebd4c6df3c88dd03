use super::Side;

/// Who answers, and what the other one is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// The store that is read, and whose answer to a write counts.
    pub lead: Side,
    /// How the other one follows.
    pub follower: Follower,
}

/// How a store follows the one that leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follower {
    /// It has all that was acknowledged, but for what is on its way to one that may lag, and takes
    /// over at once.
    InStep,
    /// It is written to again, and is being given what it has missed.
    CatchingUp,
    /// It can't be asked; what it misses is noted where it is not missing.
    Away,
}

impl Mode {
    pub(super) const NORMAL: Self = Self { lead: Side::Primary, follower: Follower::InStep };

    pub(super) fn follower_side(self) -> Side {
        self.lead.other()
    }

    pub(super) fn is_in_step(self) -> bool {
        self.follower == Follower::InStep
    }

    /// What is left when a store is lost; none if nobody can take its place.
    pub(super) fn without(self, lost: Side) -> Option<Self> {
        match (lost == self.lead, self.follower) {
            (true, Follower::InStep) => Some(Self::alone(self.follower_side())),
            (true, Follower::CatchingUp | Follower::Away) => None,
            (false, _) => Some(Self::alone(self.lead)),
        }
    }

    pub(super) fn alone(lead: Side) -> Self {
        Self { lead, follower: Follower::Away }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_in_step_takes_the_place_of_the_one_that_leads() {
        assert_eq!(Mode::NORMAL.without(Side::Primary), Some(Mode::alone(Side::Backup)));
        assert_eq!(Mode::NORMAL.without(Side::Backup), Some(Mode::alone(Side::Primary)));
    }

    #[test]
    fn what_has_missed_something_takes_nobodys_place() {
        for follower in [Follower::CatchingUp, Follower::Away] {
            let mode = Mode { lead: Side::Backup, follower };
            assert_eq!(mode.without(Side::Backup), None);
            assert_eq!(mode.without(Side::Primary), Some(Mode::alone(Side::Backup)));
        }
    }
}
