use std::process::Command;

use example_service::test_util::Program;

/// The program with these options, an empty environment, a drawn port, and sessions in memory
/// unless the options say otherwise.
pub(crate) fn command(options: &[&str]) -> Command {
    let mut command = Program::command(env!("CARGO_BIN_EXE_shop"), options);
    if !options.contains(&"--store") {
        command.args(["--store", "memory"]);
    }
    command
}

/// Started, and listening.
pub(crate) fn start(options: &[&str]) -> Program {
    Program::start(&mut command(options))
}
