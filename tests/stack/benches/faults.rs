//! What each fault does to the users of the shop, as a table; it fails if anything is not as it has
//! to be.
//!
//! ```sh
//! cargo bench -p stack-tests --bench faults
//! ```

use std::process::ExitCode;

use anyhow::Result;
use stack_tests::faults::{Fault, Pace, table};

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let mut outcomes = Vec::new();
    for fault in Fault::ALL {
        eprintln!("{fault}");
        outcomes.push(fault.happen(Pace::LONG).await?);
    }
    println!("{}", table(&outcomes));
    let broken: Vec<_> = outcomes
        .iter()
        .flat_map(|outcome| {
            outcome.broken().into_iter().map(move |what| format!("{outcome} {what}"))
        })
        .collect();
    broken.iter().for_each(|line| println!("broken: {line}"));
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
