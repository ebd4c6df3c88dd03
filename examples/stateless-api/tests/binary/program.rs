use std::process::Command;

use example_service::test_util::Program;

/// The program with these options, an empty environment, and a drawn port.
pub(crate) fn command(options: &[&str]) -> Command {
    Program::command(env!("CARGO_BIN_EXE_stateless-api"), options)
}

/// Started, and listening.
pub(crate) fn start(options: &[&str]) -> Program {
    Program::start(&mut command(options))
}
