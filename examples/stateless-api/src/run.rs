use std::ffi::OsString;
use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::process::ExitCode;

use clap::Parser;

use crate::drain::StopSignals;
use crate::options::{Command, HashPassword};
use crate::password::PasswordHash;
use crate::users::User;
use crate::welcome::Welcome;
use crate::{Api, Options, StartError, logging, panics, serve};

/// The exit code of a mistake in the options.
const MISTAKE: u8 = 2;

/// Does what the command line asks for, up to its end.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match Options::try_parse_from(arguments) {
        Ok(options) => options,
        Err(other) if !other.use_stderr() => {
            other.print().ok();
            return ExitCode::SUCCESS;
        }
        Err(mistake) => return fail(&first_paragraph(&mistake.to_string())),
    };
    let done = match &options.command {
        Some(Command::HashPassword(user)) => hash_password(user),
        None => start(&options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("error: {error}")),
    }
}

async fn start(options: &Options) -> Result<(), StartError> {
    logging::start(options)?;
    panics::log_panics();
    let api = Api::new(options)?;
    let signals = StopSignals::listen().map_err(|error| StartError::about("signals", error))?;
    let listener = serve::bind(options.listen).await?;
    let address = listener.local_addr().map_err(|error| StartError::about("--listen", error))?;
    let instance = options.instance();
    if options.key.is_none() {
        tracing::warn!(
            "there is no --key: tokens are signed with a fresh key, which no other instance knows \
             and which ends with this one"
        );
    }
    tracing::info!(instance, %address, "listening");
    Welcome { instance: &instance, address, demo: api.demo() }.print();
    serve::serve(api, listener, options.drain, signals).await
}

fn hash_password(user: &HashPassword) -> Result<(), StartError> {
    let password = read_password().map_err(|error| StartError::about("stdin", error))?;
    if password.is_empty() {
        return Err(StartError::new("stdin: there is no password"));
    }
    let hash = PasswordHash::of(&password)?;
    let (name, scopes, roles) = (user.name.clone(), user.scope.clone(), user.role.clone());
    let user = User { name, hash, scopes, roles }.check().map_err(StartError::new)?;
    write!(stdout(), "{user}").map_err(|error| StartError::about("stdout", error))
}

fn read_password() -> std::io::Result<String> {
    if stdin().is_terminal() {
        write!(stderr(), "password (it is shown): ").ok();
    }
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
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
