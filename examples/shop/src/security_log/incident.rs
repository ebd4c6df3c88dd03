use guard_layer::{Decision, GuardEventKind, Limit, Reason, Signal};
use serde::{Deserialize, Serialize};
use session_layer::{Ending, SessionEventKind};

/// Something that befell a session of a user. It names no address, no browser and no session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Incident {
    /// The guard asked for the password.
    Challenged { reasons: Vec<Signal> },
    /// The guard ended it, and the user's other ones as well if its policy says so.
    Ended { reasons: Vec<Signal>, others: bool },
    /// It was not used for too long.
    Idle,
    /// It was too old.
    Old,
    /// The password that was asked for was wrong too often.
    Guessed,
    /// Its user ended it from another device.
    LoggedOut,
    /// Its user began one more than may be.
    Displaced,
    /// The shop ended it.
    Closed,
}

impl Incident {
    /// What the guard has done; none for what it has only seen.
    pub(super) fn of_guard(event: &GuardEventKind) -> Option<Self> {
        match event {
            GuardEventKind::Judged { decision, reasons, .. } => judged(*decision, reasons),
            GuardEventKind::Expired { decision: Decision::End { .. }, limit } => match limit {
                Limit::Idle => Some(Self::Idle),
                _ => Some(Self::Old),
            },
            GuardEventKind::Dead { .. } => Some(Self::Guessed),
            _ => None,
        }
    }

    /// What was done to a session that neither its user nor the guard has ended, for these tell it
    /// themselves.
    pub(super) fn of_session(event: SessionEventKind) -> Option<Self> {
        match event {
            SessionEventKind::Ended(Ending::Cap) => Some(Self::Displaced),
            SessionEventKind::Ended(Ending::Administrator) => Some(Self::Closed),
            _ => None,
        }
    }

    /// What was done.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Challenged { .. } => "Asked for the password",
            Self::Guessed => "Refused further passwords",
            Self::Ended { others: true, .. } => "Ended, with all others,",
            _ => "Ended",
        }
    }

    /// Why, as it follows "because".
    pub(crate) fn why(&self) -> String {
        match self {
            Self::Challenged { reasons } | Self::Ended { reasons, .. } => listed(reasons),
            Self::Idle => "it was not used for too long".to_owned(),
            Self::Old => "it was too old".to_owned(),
            Self::Guessed => "five of them were wrong".to_owned(),
            Self::LoggedOut => "it was logged out from another device".to_owned(),
            Self::Displaced => "there were logins on too many devices".to_owned(),
            Self::Closed => "the shop has closed it".to_owned(),
        }
    }
}

fn judged(decision: Decision, reasons: &[Reason]) -> Option<Incident> {
    let reasons = reasons.iter().map(|reason| reason.signal).collect();
    match decision {
        Decision::Allow => None,
        Decision::Challenge => Some(Incident::Challenged { reasons }),
        Decision::End { others } => Some(Incident::Ended { reasons, others }),
    }
}

/// "a, b and c".
fn listed(reasons: &[Signal]) -> String {
    let mut phrases: Vec<_> = reasons.iter().map(|reason| phrase(*reason)).collect();
    // Two signals may have the same to say.
    phrases.dedup();
    match phrases.split_last() {
        None => "it looked like somebody else's".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

fn phrase(signal: Signal) -> &'static str {
    match signal {
        Signal::Fork => "an old copy of its cookie came back",
        Signal::Binding => "the cookie that it belongs to was not there",
        Signal::UserAgent | Signal::ExactUserAgent => "the browser was another one",
        Signal::ClientHints => "the browser contradicted itself",
        Signal::TlsFingerprint => "the connection was made by another program",
        Signal::Language => "the language was another one",
        Signal::Missing => "it came without what the browser always sends",
        Signal::Alternation => "two browsers took turns",
        Signal::SeveralPlaces => "it was used in several places at once",
        Signal::Network | Signal::ExactAddress => "the network was another one",
        Signal::Country => "the country was another one",
        Signal::Hosting => "it came from a data centre",
        Signal::Travel => "nobody travels as fast",
        Signal::Idle => "it was not used for long",
        Signal::Age => "it was old",
        Signal::LoginFailures => "logins had failed before",
        Signal::Hour => "the hour was unusual",
        _ => "something else was unusual",
    }
}

#[cfg(test)]
mod tests {
    use guard_layer::Degree;

    use super::*;

    fn judged_as(decision: Decision, signals: &[Signal]) -> Option<Incident> {
        let reason = |signal: &Signal| Reason { signal: *signal, degree: Degree::Clear, points: 9 };
        Incident::of_guard(&GuardEventKind::Judged {
            policy: "balanced".to_owned(),
            decision,
            would: Decision::Challenge,
            score: 60,
            reasons: signals.iter().map(reason).collect(),
        })
    }

    #[track_caller]
    fn check(decision: Decision, signals: &[Signal], what: &str, why: &str) {
        let incident = judged_as(decision, signals).unwrap();
        assert_eq!((incident.what(), incident.why().as_str()), (what, why));
    }

    #[test]
    fn reasons_are_listed_as_people_list_them() {
        let (ends, all) = (Decision::End { others: false }, Decision::End { others: true });
        let one = "the country was another one";
        check(ends, &[Signal::Country], "Ended", one);
        check(all, &[Signal::Country], "Ended, with all others,", one);
        let three = [Signal::UserAgent, Signal::Language, Signal::Travel];
        let why = "the browser was another one, the language was another one and nobody travels \
                   as fast";
        check(Decision::Challenge, &three, "Asked for the password", why);
        check(ends, &[], "Ended", "it looked like somebody else's");
    }

    #[test]
    fn what_is_only_seen_is_no_incident() {
        assert_eq!(judged_as(Decision::Allow, &[Signal::Country]), None);
        let (limit, decision) = (Limit::Idle, Decision::Allow);
        assert_eq!(Incident::of_guard(&GuardEventKind::Expired { limit, decision }), None);
    }

    #[test]
    fn what_is_over_a_limit_is_told_by_that_limit() {
        let decision = Decision::End { others: false };
        let of = |limit| Incident::of_guard(&GuardEventKind::Expired { limit, decision });
        assert_eq!(of(Limit::Idle), Some(Incident::Idle));
        assert_eq!(of(Limit::Age), Some(Incident::Old));
    }

    #[test]
    fn what_ends_a_session_beside_its_user_and_the_guard_is_one() {
        let of = |ending| Incident::of_session(SessionEventKind::Ended(ending));
        assert_eq!(of(Ending::Cap), Some(Incident::Displaced));
        assert_eq!(of(Ending::Administrator), Some(Incident::Closed));
        assert_eq!((of(Ending::Logout), of(Ending::Guard)), (None, None));
        assert_eq!(Incident::of_session(SessionEventKind::Loaded), None);
    }
}
