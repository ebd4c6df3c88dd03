use crate::history::{Actor, History, Step};

impl History {
    /// Whether a stolen request shows anything but an address that none of the user's does, or comes
    /// with an old copy of the cookie. If none does, only the user could tell that it is a theft.
    pub fn leaves_trace(&self) -> bool {
        let seen = self.steps.iter().filter(|step| !step.refused);
        let (stolen, own): (Vec<_>, Vec<_>) = seen.partition(|step| step.stolen);
        stolen.iter().any(|theft| {
            theft.old_copy.is_some() || !own.iter().any(|step| self.shows_the_same(theft, step))
        })
    }

    fn shows_the_same(&self, one: &Step, other: &Step) -> bool {
        let actor = |step: &Step| self.actors.get(&step.actor);
        actor(one).zip(actor(other)).is_some_and(|(one, other)| one.shows_the_same(other))
    }
}

impl Actor {
    /// But for where it is.
    fn shows_the_same(&self, other: &Self) -> bool {
        self.user_agent == other.user_agent
            && self.brands == other.brands
            && self.platform == other.platform
            && self.accept_language == other.accept_language
            && self.tls_fingerprint == other.tls_fingerprint
            && self.binding == other.binding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(thief: serde_json::Value, leaves_trace: bool) {
        let history = serde_json::json!({
            "name": "a", "about": "", "label": "theft",
            "actors": { "user": { "address": "192.0.2.1", "accept_language": "de" }, "thief": thief },
            "steps": [{ "after": 0, "as": "user" }, { "after": 9, "as": "thief", "stolen": true }],
        });
        let history: History = serde_json::from_value(history).unwrap();
        assert_eq!(history.leaves_trace(), leaves_trace);
    }

    #[test]
    fn another_address_is_no_trace_of_a_theft() {
        check(serde_json::json!({ "address": "198.51.100.1", "accept_language": "de" }), false);
    }

    #[test]
    fn a_header_that_the_user_does_not_send_so_is_a_trace() {
        check(serde_json::json!({ "address": "192.0.2.1", "accept_language": "en" }), true);
        check(serde_json::json!({ "address": "192.0.2.1" }), true);
    }
}
