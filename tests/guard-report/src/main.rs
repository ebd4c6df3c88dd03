//! Prints a line per policy, or draws one history: `guard-report [--draw NAME] [FILE…]`.

use std::path::Path;

use anyhow::{Context, Result};
use guard_layer::Policy;
use guard_report::{History, Tally, corpus, draw, read, with_variations};

fn main() -> Result<()> {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let name = take_name(&mut arguments)?;
    let histories = histories(&arguments)?;
    match name {
        Some(name) => print!("{}", draw(find(&histories, &name)?, &Policy::balanced())),
        None => report(&histories),
    }
    Ok(())
}

fn take_name(arguments: &mut Vec<String>) -> Result<Option<String>> {
    let Some(at) = arguments.iter().position(|argument| argument == "--draw") else {
        return Ok(None);
    };
    let mut taken = arguments.drain(at..arguments.len().min(at + 2));
    taken.nth(1).map(Some).context("give the name of a history: --draw NAME")
}

fn histories(files: &[String]) -> Result<Vec<History>> {
    if files.is_empty() {
        return corpus().map(with_variations);
    }
    let read: Vec<_> = files.iter().map(|file| read(Path::new(file))).collect::<Result<_>>()?;
    Ok(read.into_iter().flatten().collect())
}

fn find<'a>(histories: &'a [History], name: &str) -> Result<&'a History> {
    let found = histories.iter().find(|history| history.name == name);
    found.with_context(|| format!("no history is called {name}"))
}

fn report(histories: &[History]) {
    for policy in [Policy::lenient(), Policy::balanced(), Policy::strict(), Policy::naive()] {
        println!("{}", Tally::of(&policy, histories));
    }
}
