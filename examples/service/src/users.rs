use std::collections::HashMap;
use std::fmt::{self, Write};
use std::path::Path;
use std::sync::Arc;

use crate::password::PasswordHash;
use crate::{InstanceOptions, StartError, random};

/// Who may log in.
#[derive(Debug)]
pub struct Users {
    by_name: HashMap<String, Arc<User>>,
    /// What is checked for a name that nobody has, so that it takes as long as for one that
    /// somebody has.
    decoy: PasswordHash,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct User {
    /// The name.
    pub name: String,
    /// What the user may do.
    pub scopes: Vec<String>,
    /// What the user is.
    pub roles: Vec<String>,
    pub(crate) hash: PasswordHash,
}

/// A demo user, whose password is known to nobody but who reads the start of the output.
pub struct Demo {
    /// The name.
    pub name: &'static str,
    /// The password.
    pub password: String,
}

impl Users {
    /// The users of the file that the options name, or demo users, as of [`demo`](Self::demo).
    ///
    /// # Errors
    /// As [`from_file`](Self::from_file) and [`demo`](Self::demo).
    pub fn from_options(
        options: &InstanceOptions,
        lines: &[&'static str],
    ) -> Result<(Self, Vec<Demo>), StartError> {
        match &options.users {
            Some(path) => Self::from_file(path).map(|users| (users, Vec::new())),
            None => Self::demo(lines),
        }
    }

    /// Users with random passwords, each given as a line of the users' file without the hash.
    ///
    /// # Errors
    /// If the system gives no randomness, or a line is not as it should be.
    pub fn demo(lines: &[&'static str]) -> Result<(Self, Vec<Demo>), StartError> {
        let (mut users, mut demos) = (Vec::new(), Vec::new());
        for line in lines {
            let (name, fields) = line.split_once(' ').unwrap_or((line, ""));
            let demo = Demo::new(name)?;
            users.push(User::of_demo(&demo, fields)?);
            demos.push(demo);
        }
        Ok((Self::of(users)?, demos))
    }

    /// The users in a file.
    ///
    /// # Errors
    /// If it can't be read, a line is not as it should be, a name stands twice, or there is
    /// nobody.
    pub fn from_file(path: &Path) -> Result<Self, StartError> {
        let about = |error: String| StartError::about(format!("--users {}", path.display()), error);
        let text = std::fs::read_to_string(path).map_err(|error| about(error.to_string()))?;
        Self::parse(&text).map_err(|error| about(error.to_string()))
    }

    fn parse(text: &str) -> Result<Self, StartError> {
        let lines = text.lines().map(str::trim).enumerate();
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let users = lines.map(|(index, line)| {
            User::parse(line)
                .map_err(|error| StartError::new(format!("line {}: {error}", index + 1)))
        });
        Self::of(users.collect::<Result<_, _>>()?)
    }

    fn of(users: Vec<User>) -> Result<Self, StartError> {
        let nobody = || StartError::new("there is no user; write one with `hash-password`");
        let decoy = users.first().ok_or_else(nobody)?.hash.clone();
        if users.iter().any(|user| user.hash.cost() != decoy.cost()) {
            tracing::warn!(
                "the users' hashes differ in their parameters: by the time that a login takes one \
                 can tell some names from unknown ones"
            );
        }
        let mut by_name = HashMap::new();
        for user in users {
            if let Some(twice) = by_name.insert(user.name.clone(), Arc::new(user)) {
                return Err(StartError::about(&twice.name, "the name stands twice"));
            }
        }
        Ok(Self { by_name, decoy })
    }

    /// The user of this name, if the password is the right one. Takes long, and as long for
    /// whoever is not there.
    pub(crate) fn check(&self, name: &str, password: &str) -> Option<Arc<User>> {
        let (hash, user) = self.candidate(name);
        let matches = hash.matches(password);
        user.filter(|_| matches).cloned()
    }

    /// Whether there is a user of this name who has this role.
    pub(crate) fn has_role(&self, name: &str, role: &str) -> bool {
        self.by_name.get(name).is_some_and(|user| user.roles.iter().any(|one| one == role))
    }

    fn candidate(&self, name: &str) -> (&PasswordHash, Option<&Arc<User>>) {
        let user = self.by_name.get(name);
        (user.map_or(&self.decoy, |user| &user.hash), user)
    }
}

impl Demo {
    fn new(name: &'static str) -> Result<Self, StartError> {
        let password = random::hex().ok_or_else(|| StartError::new("there is no randomness"))?;
        Ok(Self { name, password })
    }
}

impl User {
    fn of_demo(demo: &Demo, fields: &str) -> Result<Self, StartError> {
        let hash = PasswordHash::of(&demo.password)?;
        let mut user = Self { name: demo.name.to_owned(), hash, scopes: vec![], roles: vec![] };
        for field in fields.split_whitespace() {
            user.add(field).map_err(StartError::new)?;
        }
        Ok(user)
    }

    fn parse(line: &str) -> Result<Self, &'static str> {
        let mut fields = line.split_whitespace();
        let (Some(name), Some(hash)) = (fields.next(), fields.next()) else {
            return Err("write the name, the hash, and then each `scope=NAME` and `role=NAME`");
        };
        let hash = PasswordHash::parse(hash)?;
        let mut user = Self { name: name.to_owned(), hash, scopes: vec![], roles: vec![] };
        for field in fields {
            user.add(field)?;
        }
        user.check()
    }

    fn add(&mut self, field: &str) -> Result<(), &'static str> {
        match field.split_once('=') {
            Some(("scope", scope)) => self.scopes.push(scope.to_owned()),
            Some(("role", role)) => self.roles.push(role.to_owned()),
            _ => return Err("after the hash there may be `scope=NAME` and `role=NAME` only"),
        }
        Ok(())
    }

    /// Whether it can stand in a line and in a token.
    pub(crate) fn check(self) -> Result<Self, &'static str> {
        let is_name = |name: &String| !name.is_empty() && !name.contains(char::is_whitespace);
        if !is_name(&self.name) || self.name.starts_with('#') || self.name.len() > 255 {
            return Err("a name has 1 to 255 bytes, no white space, and does not start with `#`");
        }
        if !self.scopes.iter().all(|scope| is_scope(scope)) || !self.roles.iter().all(is_name) {
            return Err("a scope or role is empty or has a character that it may not have");
        }
        Ok(self)
    }
}

/// RFC 6749 section 3.3.
fn is_scope(scope: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    !scope.is_empty() && scope.bytes().all(fits)
}

/// A line of the users' file.
impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.hash.phc())?;
        self.scopes.iter().try_for_each(|scope| write!(f, " scope={scope}"))?;
        self.roles.iter().try_for_each(|role| write!(f, " role={role}"))?;
        f.write_char('\n')
    }
}

impl fmt::Debug for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demo").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{Argon2, Params, PasswordHasher};

    fn quick_hash(password: &str) -> String {
        let argon2 = Argon2::new(
            Default::default(),
            Default::default(),
            Params::new(8, 1, 1, None).unwrap(),
        );
        argon2
            .hash_password_with_salt(password.as_bytes(), b"some salt or other")
            .unwrap()
            .to_string()
    }

    fn line(name: &str) -> String {
        format!("{name} {} scope=orders:write role=admin\n", quick_hash("wonderland"))
    }

    #[track_caller]
    fn refused(text: &str, reason: &str) {
        assert_eq!(Users::parse(text).unwrap_err().to_string(), reason);
    }

    #[test]
    fn a_user_has_a_name_a_hash_scopes_and_roles() {
        let users = Users::parse(&format!("# comment\n\n{}", line("alice"))).unwrap();
        let alice = users.check("alice", "wonderland").unwrap();
        assert_eq!(alice.scopes, ["orders:write"]);
        assert_eq!(alice.roles, ["admin"]);
        assert!(users.has_role("alice", "admin") && !users.has_role("bob", "admin"));
    }

    #[test]
    fn a_wrong_password_and_an_unknown_name_are_nobody() {
        let users = Users::parse(&line("alice")).unwrap();
        assert!(users.check("alice", "wonder").is_none());
        assert!(users.check("bob", "wonderland").is_none());
    }

    #[test]
    fn an_unknown_name_costs_a_hash_of_the_same_parameters() {
        let users = Users::parse(&line("alice")).unwrap();
        let (known, _) = users.candidate("alice");
        let (unknown, nobody) = users.candidate("bob");
        assert!(nobody.is_none());
        assert_eq!(known.cost(), unknown.cost());
    }

    #[test]
    fn a_written_line_is_read_again() {
        let (demo, _) = Users::demo(&["demo scope=orders:write role=admin"]).unwrap();
        let written = demo.by_name["demo"].to_string();
        assert_eq!(User::parse(written.trim()).unwrap().to_string(), written);
    }

    #[test]
    fn a_line_without_a_hash_is_refused_with_its_number() {
        let reason = "line 2: write the name, the hash, and then each `scope=NAME` and `role=NAME`";
        refused("#\nalice", reason);
    }

    #[test]
    fn a_password_in_the_place_of_the_hash_is_refused_and_not_shown() {
        refused(
            "alice hunter2",
            "line 1: this is no argon2 hash in PHC format, `$argon2id$v=19$…`",
        );
    }

    #[test]
    fn another_field_is_refused() {
        let text = line("alice").replace("role=", "group=");
        refused(&text, "line 1: after the hash there may be `scope=NAME` and `role=NAME` only");
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        refused(&line("alice").repeat(2), "alice: the name stands twice");
    }

    #[test]
    fn a_file_without_users_is_refused() {
        refused("# nobody\n", "there is no user; write one with `hash-password`");
    }
}
