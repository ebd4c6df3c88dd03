use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use guard_layer::Place;
use serde::Deserialize;

/// The requests of one session, and whether a thief is among those who sent them.
///
/// The format is described in `tests/guard-scenarios/README.md`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct History {
    pub name: String,
    pub about: String,
    pub label: Label,
    #[serde(default)]
    pub trace: Vec<String>,
    #[serde(default)]
    pub token: bool,
    pub actors: BTreeMap<String, Actor>,
    pub steps: Vec<Step>,
}

/// What a history is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Label {
    Honest,
    Theft,
}

/// What one browser in one place shows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Actor {
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub brands: Option<String>,
    pub platform: Option<String>,
    pub accept_language: Option<String>,
    pub tls_fingerprint: Option<String>,
    pub place: Option<Spot>,
    pub binding: Option<Bound>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Spot {
    pub country: Option<String>,
    pub asn: Option<u32>,
    pub latitude: Option<f32>,
    pub longitude: Option<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Bound {
    Held,
    Broken,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Step {
    pub after: u64,
    #[serde(rename = "as")]
    pub actor: String,
    #[serde(default = "once")]
    pub times: u32,
    #[serde(default)]
    pub stolen: bool,
    pub old_copy: Option<Old>,
    #[serde(default)]
    pub login_failures: u32,
    #[serde(default)]
    pub refused: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Old {
    pub rotated: u64,
    pub successor_used: bool,
}

/// How long after its renewal an old copy opens the session, in seconds.
const GRACE: u64 = 60;

impl Step {
    /// It brings an old copy of a cookie that opens nothing any more.
    pub(crate) fn comes_too_late(&self) -> bool {
        self.old_copy.is_some_and(|old| old.rotated > GRACE)
    }
}

fn once() -> u32 {
    1
}

/// Reads the histories of a file.
///
/// # Errors
///
/// The file can't be read, is not in the format, a step names an actor that is not there, or a session
/// has the `binding` of a token.
pub fn read(file: &Path) -> Result<Vec<History>> {
    let text = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let histories: Vec<History> = serde_json::from_slice(&text).with_context(|| {
        format!("{} is not as tests/guard-scenarios/README.md says", file.display())
    })?;
    histories.iter().try_for_each(History::check)?;
    Ok(histories)
}

/// The histories of `tests/guard-scenarios`, without their variations.
///
/// # Errors
///
/// As of [`read`].
pub fn corpus() -> Result<Vec<History>> {
    read_all("../guard-scenarios")
}

/// The half of `tests/guard-scenarios/development` that policies are tuned to, without its variations.
///
/// # Errors
///
/// As of [`read`].
pub fn tuning() -> Result<Vec<History>> {
    read_all("../guard-scenarios/development/tuning")
}

/// The other half, by which it is checked whether what was tuned holds for others too.
///
/// # Errors
///
/// As of [`read`].
pub fn checking() -> Result<Vec<History>> {
    read_all("../guard-scenarios/development/checking")
}

/// The histories of `tests/guard-scenarios/held-out`, which no policy is tuned to, without their
/// variations.
///
/// # Errors
///
/// As of [`read`].
pub fn held_out() -> Result<Vec<History>> {
    read_all("../guard-scenarios/held-out")
}

fn read_all(folder: &str) -> Result<Vec<History>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = path.read_dir().with_context(|| format!("reading {folder}"))?;
    let mut files: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    let read: Vec<_> = files.iter().map(|file| read(file)).collect::<Result<_>>()?;
    Ok(read.into_iter().flatten().collect())
}

impl History {
    fn check(&self) -> Result<()> {
        for step in &self.steps {
            let (name, actor) = (&self.name, &step.actor);
            ensure!(self.actors.contains_key(actor), "history {name}: no actor is called {actor}");
        }
        let is_bound = self.actors.values().any(|actor| actor.binding.is_some());
        ensure!(
            self.token || !is_bound,
            "history {}: a session has no binding; write \"token\": true if it is of a token",
            self.name
        );
        Ok(())
    }
}

impl Spot {
    /// As the guard takes it.
    pub(crate) fn place(&self) -> Place {
        let mut letters = self.country.iter().flat_map(|country| country.chars());
        let country = letters.next().zip(letters.next()).map(|(first, second)| [first, second]);
        Place { country, asn: self.asn, position: self.latitude.zip(self.longitude) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(token: bool) -> Result<()> {
        let history = serde_json::json!({
            "name": "a", "about": "", "label": "theft", "token": token,
            "actors": { "thief": { "binding": "broken" } },
            "steps": [{ "after": 0, "as": "thief" }],
        });
        serde_json::from_value::<History>(history)?.check()
    }

    #[test]
    fn a_binding_is_that_of_a_token() {
        of(true).unwrap();
        let error = of(false).unwrap_err().to_string();
        assert!(error.contains("\"token\": true"), "{error}");
    }
}
