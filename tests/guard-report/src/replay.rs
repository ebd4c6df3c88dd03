use std::time::{Duration, SystemTime, UNIX_EPOCH};

use guard_layer::{Decision, Policy, Verdict};

use crate::history::{Actor, History, Step};
use crate::session::Session;
use crate::token::Token;

/// What a policy did to a history.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// A request was challenged.
    pub challenged: bool,
    /// The session was ended.
    pub ended: bool,
    /// A request was challenged or ended after the first stolen request came and before the third.
    pub caught: bool,
    /// The requests that the guard saw.
    pub moments: Vec<Moment>,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Seconds since the login.
    pub at: u64,
    /// The score.
    pub score: u32,
    /// It was a thief's.
    pub stolen: bool,
}

/// Plays a history against a policy. A user who is challenged meets the challenge, which begins a
/// new memory, and one whose cookie is too old logs in again, which does so too; a thief does
/// neither, and an ended session is over.
pub fn replay(history: &History, policy: &Policy) -> Outcome {
    let mut play = match history.token {
        true => Play::new(Box::new(Token::new(history, policy))),
        false => Play::new(Box::new(Session::new(policy))),
    };
    let requests = history.steps.iter().flat_map(|step| (0..step.times).map(move |_| step));
    for step in requests.filter(|step| !step.refused) {
        let Some(actor) = history.actors.get(&step.actor) else { continue };
        play.request(actor, step);
        if play.over {
            break;
        }
    }
    play.outcome
}

/// What the requests of a history carry.
pub(crate) trait Carried {
    /// The user logs in, or proves again who they are.
    fn begin(&mut self, actor: &Actor, step: &Step, now: SystemTime);

    /// A request.
    fn judge(&mut self, actor: &Actor, step: &Step, now: SystemTime) -> Verdict;
}

struct Play<'a> {
    carried: Box<dyn Carried + 'a>,
    begun: bool,
    seconds: u64,
    stolen: u32,
    over: bool,
    outcome: Outcome,
}

impl<'a> Play<'a> {
    fn new(carried: Box<dyn Carried + 'a>) -> Self {
        let outcome = Outcome::default();
        Self { carried, begun: false, seconds: 0, stolen: 0, over: false, outcome }
    }

    fn request(&mut self, actor: &Actor, step: &Step) {
        self.seconds += step.after;
        self.stolen += u32::from(step.stolen);
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000 + self.seconds);
        if !self.begun {
            self.begun = true;
            return self.carried.begin(actor, step, now);
        }
        let verdict = self.carried.judge(actor, step, now);
        self.note(step, &verdict);
        match verdict.decision {
            // The user is a guest, and logs in again.
            _ if step.comes_too_late() && !step.stolen => self.carried.begin(actor, step, now),
            Decision::Allow => {}
            Decision::Challenge if !step.stolen => self.carried.begin(actor, step, now),
            Decision::Challenge | Decision::End { .. } => self.over = true,
        }
    }

    fn note(&mut self, step: &Step, verdict: &Verdict) {
        let moment = Moment { at: self.seconds, score: verdict.score, stolen: step.stolen };
        self.outcome.moments.push(moment);
        self.outcome.challenged |= verdict.decision == Decision::Challenge;
        self.outcome.ended |= matches!(verdict.decision, Decision::End { .. });
        let in_time = verdict.decision != Decision::Allow && (1..3).contains(&self.stolen);
        self.outcome.caught |= in_time;
    }
}
