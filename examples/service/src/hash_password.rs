use std::io::{IsTerminal, Write, stderr, stdin, stdout};

use clap::Args;

use crate::password::PasswordHash;
use crate::{StartError, User};

/// The command that makes a line of a users' file, of a password on stdin.
#[derive(Args, Clone, Debug)]
pub struct HashPassword {
    /// The user's name
    name: String,

    /// A scope that the user is granted, such as `orders:write`; may be given several times
    #[arg(long, value_name = "NAME")]
    scope: Vec<String>,

    /// A role that the user has, such as `admin`; may be given several times
    #[arg(long, value_name = "NAME")]
    role: Vec<String>,
}

impl HashPassword {
    /// Reads the password and prints the line.
    ///
    /// # Errors
    /// If there is no password, or a name can't be one.
    pub fn run(&self) -> Result<(), StartError> {
        let password = read_password().map_err(|error| StartError::about("stdin", error))?;
        if password.is_empty() {
            return Err(StartError::new("stdin: there is no password"));
        }
        let hash = PasswordHash::of(&password)?;
        let (name, scopes, roles) = (self.name.clone(), self.scope.clone(), self.role.clone());
        let user = User { name, hash, scopes, roles }.check().map_err(StartError::new)?;
        write!(stdout(), "{user}").map_err(|error| StartError::about("stdout", error))
    }
}

fn read_password() -> std::io::Result<String> {
    if stdin().is_terminal() {
        write!(stderr(), "password (it is shown): ").ok();
    }
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
