use std::ffi::OsString;
use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;

use crate::StartError;

/// The exit code of a mistake in the options.
const MISTAKE: u8 = 2;

/// Reads the command line. Where there is nothing more to do than to print help or a mistake,
/// that is done, and what is left is the exit code.
///
/// # Errors
/// The exit code: 0 after help, 2 after a mistake, which is said in one line.
pub fn parse<O: Parser>(arguments: impl IntoIterator<Item = OsString>) -> Result<O, ExitCode> {
    O::try_parse_from(arguments).map_err(|other| {
        if !other.use_stderr() {
            other.print().ok();
            return ExitCode::SUCCESS;
        }
        fail(&first_paragraph(&other.to_string()))
    })
}

/// The exit code of the program; why it can not do what it was told to, it says in one line.
pub fn exit(done: Result<(), StartError>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("error: {error}")),
    }
}

/// What is wrong, without the advice that follows it, in one line.
fn first_paragraph(text: &str) -> String {
    let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

fn fail(line: &str) -> ExitCode {
    writeln!(stderr(), "{line}").ok();
    ExitCode::from(MISTAKE)
}
