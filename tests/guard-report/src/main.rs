//! Prints a line per policy, or draws one history: `guard-report [--draw NAME] [FILE…]`.
//!
//! Without files it is about the corpus, then about the histories of the development, and then about
//! those that no policy is tuned to.

use std::path::Path;

use anyhow::{Context, Result};
use guard_layer::Policy;
use guard_report::{
    History, Label, Tally, checking, corpus, draw, held_out, read, tuning, with_variations,
};

fn main() -> Result<()> {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let name = take_name(&mut arguments)?;
    let sets = sets(&arguments)?;
    match name {
        Some(name) => print!("{}", draw(find(&sets, &name)?, &Policy::balanced())),
        None => sets.iter().for_each(report),
    }
    Ok(())
}

/// Histories that are counted together, and what their lines begin with.
struct Set {
    title: &'static str,
    histories: Vec<History>,
}

fn take_name(arguments: &mut Vec<String>) -> Result<Option<String>> {
    let Some(at) = arguments.iter().position(|argument| argument == "--draw") else {
        return Ok(None);
    };
    let mut taken = arguments.drain(at..arguments.len().min(at + 2));
    taken.nth(1).map(Some).context("give the name of a history: --draw NAME")
}

fn sets(files: &[String]) -> Result<Vec<Set>> {
    if files.is_empty() {
        let sets = [
            ("", corpus()?),
            ("tuning, ", tuning()?),
            ("checking, ", checking()?),
            ("held out, ", held_out()?),
        ];
        let set = |(title, histories)| Set { title, histories: with_variations(histories) };
        return Ok(sets.map(set).into());
    }
    let read: Vec<_> = files.iter().map(|file| read(Path::new(file))).collect::<Result<_>>()?;
    Ok(vec![Set { title: "", histories: read.into_iter().flatten().collect() }])
}

fn find<'a>(sets: &'a [Set], name: &str) -> Result<&'a History> {
    let found = sets.iter().flat_map(|set| &set.histories).find(|history| history.name == name);
    found.with_context(|| format!("no history is called {name}"))
}

fn report(set: &Set) {
    for policy in [Policy::lenient(), Policy::balanced(), Policy::strict(), Policy::naive()] {
        println!("{}{}", set.title, Tally::of(&policy, &set.histories));
    }
    let is_theft = |history: &&History| history.label == Label::Theft;
    let thefts = set.histories.iter().filter(is_theft);
    let hidden = thefts.filter(|history| !history.leaves_trace()).count();
    println!("{}thefts without a trace, which no line counts: {hidden}", set.title);
}
