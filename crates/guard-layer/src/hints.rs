use serde::{Deserialize, Serialize};

use crate::agent::{Agent, Family, Platform};
use crate::facts::Facts;

/// Client hints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hints {
    /// Hints came along.
    #[serde(rename = "s")]
    pub(crate) sent: bool,
    /// They name another browser, platform or version than `User-Agent` does.
    #[serde(rename = "c")]
    pub(crate) contradict: bool,
}

impl Hints {
    pub(crate) fn read(facts: &Facts<'_>, agent: Option<Agent>) -> Self {
        Self {
            sent: facts.platform.is_some() || facts.brands.is_some(),
            contradict: agent.is_some_and(|agent| contradict(facts, agent)),
        }
    }

    /// These, if any came along.
    pub(crate) fn or(self, other: Self) -> Self {
        if self.sent { self } else { other }
    }
}

fn contradict(facts: &Facts<'_>, agent: Agent) -> bool {
    let platform = facts.platform.and_then(Platform::read_hint);
    platform.is_some_and(|hint| hint != agent.platform)
        || facts.brands.is_some_and(|brands| !are_of(brands, agent))
}

/// Whether a browser of this family and version has these brands. Firefox and Safari have none.
fn are_of(brands: &str, agent: Agent) -> bool {
    let named = Family::read_brands(brands);
    !matches!(agent.family, Family::Firefox | Family::Safari)
        && named.is_none_or(|family| family == agent.family)
        && versions(brands).any(|version| version.parse() == Ok(agent.major))
}

/// Those of `"Chromium";v="141", "Not?A_Brand";v="8"`.
fn versions(brands: &str) -> impl Iterator<Item = &str> {
    brands.split("v=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/140.0.0.0 Safari/537.36";
    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    #[track_caller]
    fn check(agent: &str, platform: &str, brands: &str, contradict: bool) {
        let facts = Facts { platform: Some(platform), brands: Some(brands), ..Facts::default() };
        let hints = Hints::read(&facts, Some(Agent::read(agent)));
        assert_eq!(hints, Hints { sent: true, contradict }, "{brands}");
    }

    #[test]
    fn hints_of_the_same_browser_agree() {
        let chrome = r#""Google Chrome";v="140", "Not?A_Brand";v="8", "Chromium";v="140""#;
        check(CHROME, "\"Linux\"", chrome, false);
        check(CHROME, "\"Linux\"", r#""Chromium";v="140""#, false);
    }

    #[test]
    fn hints_of_another_platform_or_version_contradict() {
        check(CHROME, "\"Windows\"", r#""Chromium";v="140""#, true);
        check(CHROME, "\"Linux\"", r#""Chromium";v="139""#, true);
    }

    #[test]
    fn hints_of_another_browser_contradict() {
        check(CHROME, "\"Linux\"", r#""Chromium";v="140", "Microsoft Edge";v="140""#, true);
        check(CHROME, "\"Linux\"", r#""HeadlessChrome";v="140", "Chromium";v="140""#, true);
        check(CHROME, "\"Linux\"", r#""Brave";v="140", "Chromium";v="140""#, true);
    }

    #[test]
    fn a_firefox_has_no_hints() {
        check(FIREFOX, "\"Linux\"", r#""Chromium";v="140""#, true);
    }
}
