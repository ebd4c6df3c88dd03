//! Versions that a backup gives which leads and may have lagged: a primary that is lost takes
//! versions with it that the backup does not know, and none of them may be given twice.

/// More changes of a session than can be on their way, whoever has made them.
const LEAP: u64 = 1 << 24;

/// A version that nobody has given. It is the same for versions that are close to one another, so
/// that who has seen an older one does not leap over what was made of a later one.
pub(super) fn ahead_of(version: u64) -> u64 {
    (version / LEAP).saturating_add(2).saturating_mul(LEAP)
}

/// Whether it is one that was leapt to, and of which no change was made yet.
pub(super) fn is_ahead(version: u64) -> bool {
    version.is_multiple_of(LEAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_goes_over_all_that_can_be_on_its_way() {
        for version in [1, 7, LEAP - 1, LEAP + 1, 2 * LEAP + 1] {
            assert!(ahead_of(version) > version + LEAP && is_ahead(ahead_of(version)));
            assert!(!is_ahead(version) && !is_ahead(ahead_of(version) + 1));
        }
    }

    #[test]
    fn who_is_late_leaps_no_further() {
        assert_eq!(ahead_of(1), ahead_of(7));
        assert!(ahead_of(ahead_of(1) + 1) > ahead_of(1) + 1);
    }
}
