use std::time::{Duration, SystemTime, UNIX_EPOCH};

use guard_layer::{Binding, Decision, Facts, Memory, OldCopy, Peppers, Place, Policy};

use crate::history::{Actor, Bound, History, Spot, Step};

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
/// new memory; a thief does not, and an ended session is over.
pub fn replay(history: &History, policy: &Policy) -> Outcome {
    let mut play = Play::new(policy);
    let requests = history.steps.iter().flat_map(|step| (0..step.times).map(move |_| step));
    for step in requests.filter(|step| !step.refused) {
        let Some(actor) = history.actors.get(&step.actor) else { continue };
        play.request(step, &facts(actor, step));
        if play.over {
            break;
        }
    }
    play.outcome
}

struct Play<'a> {
    policy: &'a Policy,
    peppers: Peppers,
    memory: Option<Memory>,
    seconds: u64,
    stolen: u32,
    over: bool,
    outcome: Outcome,
}

impl<'a> Play<'a> {
    fn new(policy: &'a Policy) -> Self {
        let (peppers, outcome) = (Peppers::new(1, &[1; 32]), Outcome::default());
        Self { policy, peppers, memory: None, seconds: 0, stolen: 0, over: false, outcome }
    }

    fn request(&mut self, step: &Step, facts: &Facts<'_>) {
        self.seconds += step.after;
        self.stolen += u32::from(step.stolen);
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000 + self.seconds);
        let Some(mut memory) = self.memory.take() else {
            self.memory = Some(Memory::begin(facts, now, &self.peppers));
            return;
        };
        match self.judge(&memory, step, facts, now) {
            Decision::Allow => memory.learn(facts, now, &self.peppers),
            Decision::Challenge if !step.stolen => {
                memory = Memory::begin(facts, now, &self.peppers);
            }
            Decision::Challenge | Decision::End { .. } => self.over = true,
        }
        self.memory = Some(memory);
    }

    fn judge(
        &mut self,
        memory: &Memory,
        step: &Step,
        facts: &Facts<'_>,
        now: SystemTime,
    ) -> Decision {
        let verdict = self.policy.judge(memory, facts, now, &self.peppers);
        let moment = Moment { at: self.seconds, score: verdict.score, stolen: step.stolen };
        self.outcome.moments.push(moment);
        self.outcome.challenged |= verdict.decision == Decision::Challenge;
        self.outcome.ended |= matches!(verdict.decision, Decision::End { .. });
        let in_time = verdict.decision != Decision::Allow && (1..3).contains(&self.stolen);
        self.outcome.caught |= in_time;
        verdict.decision
    }
}

fn facts<'a>(actor: &'a Actor, step: &Step) -> Facts<'a> {
    Facts {
        address: actor.address,
        user_agent: actor.user_agent.as_deref(),
        brands: actor.brands.as_deref(),
        platform: actor.platform.as_deref(),
        accept_language: actor.accept_language.as_deref(),
        tls_fingerprint: actor.tls_fingerprint.as_deref(),
        place: actor.place.as_ref().map(place),
        old_copy: step.old_copy.map(|old| OldCopy {
            rotated: Duration::from_secs(old.rotated),
            successor_used: old.successor_used,
        }),
        binding: actor.binding.map(binding),
        login_failures: step.login_failures,
    }
}

fn place(spot: &Spot) -> Place {
    let mut letters = spot.country.iter().flat_map(|country| country.chars());
    let country = letters.next().zip(letters.next()).map(|(first, second)| [first, second]);
    Place { country, asn: spot.asn, position: spot.latitude.zip(spot.longitude) }
}

fn binding(bound: Bound) -> Binding {
    match bound {
        Bound::Held => Binding::Held,
        Bound::Broken => Binding::Broken,
    }
}
