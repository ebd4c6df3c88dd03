use std::net::{IpAddr, Ipv4Addr};

use fastrand::Rng;

use crate::history::{Actor, History, Step};

/// How many variations are made of each history.
const VARIATIONS: u64 = 7;

/// The histories, each followed by its variations: always the same ones.
pub fn with_variations(histories: Vec<History>) -> Vec<History> {
    histories.into_iter().flat_map(family).collect()
}

fn family(history: History) -> Vec<History> {
    let seed =
        history.name.bytes().fold(5u64, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte));
    let made = (1..=VARIATIONS).map(|number| vary(&history, seed, number));
    let mut family: Vec<_> = made.collect();
    family.insert(0, history);
    family
}

fn vary(history: &History, seed: u64, number: u64) -> History {
    let mut random = Rng::with_seed(seed + number);
    let mut varied = history.clone();
    varied.name = format!("{}~{number}", history.name);
    let (shift, newer) = (random.u8(1..200), random.u16(0..20));
    varied.actors.values_mut().for_each(|actor| elsewhere(actor, shift, newer));
    varied.steps.iter_mut().for_each(|step| another_pace(step, &mut random));
    if random.u8(0..4) == 0 {
        without_tls(&mut varied);
    }
    if random.u8(0..4) == 0 {
        varied.actors.values_mut().for_each(|actor| actor.place = None);
    }
    varied
}

/// Other networks, and other versions, as different from each other as before.
fn elsewhere(actor: &mut Actor, shift: u8, newer: u16) {
    if let Some(IpAddr::V4(address)) = actor.address {
        let [a, b, c, d] = address.octets();
        let octets = [a, b.wrapping_add(shift), c.wrapping_add(shift), d];
        actor.address = Some(Ipv4Addr::from(octets).into());
    }
    for text in [&mut actor.user_agent, &mut actor.brands].into_iter().flatten() {
        *text = raise(text, newer);
    }
}

/// Adds to the numbers of three digits that begin with 1, which are the browsers' versions, but
/// for the engines' frozen ones.
fn raise(text: &str, newer: u16) -> String {
    let raised = |part: &str| match part.parse::<u16>() {
        Ok(version @ 100..200) => (version + newer).to_string(),
        _ => part.to_owned(),
    };
    let parts = text.split_inclusive(|c: char| !c.is_ascii_digit());
    let split = |part: &str| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        raised(number) + rest
    };
    parts.map(split).collect()
}

/// From two thirds to four thirds of the time, and up to twice as many requests of the user.
fn another_pace(step: &mut Step, random: &mut Rng) {
    step.after = step.after * random.u64(67..=133) / 100;
    if !step.stolen && step.old_copy.is_none() {
        step.times = random.u32(step.times..=step.times * 2);
    }
}

/// A deployment whose balancer gives no fingerprint.
fn without_tls(history: &mut History) {
    history.actors.values_mut().for_each(|actor| actor.tls_fingerprint = None);
}
