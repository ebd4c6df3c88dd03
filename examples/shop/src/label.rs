use http::HeaderMap;
use http::header::USER_AGENT;

/// Words of a `User-Agent` and what they stand for. Of several that are there, the first counts:
/// most browsers pretend to be others, too.
const PROGRAMS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The longest label, in bytes.
const LONGEST: usize = 80;

/// What the list of devices calls a client: its browser and system, or what it says itself.
pub(crate) fn label(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    let named = |names: &[(&str, &'static str)]| {
        names.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name)
    };
    match (named(&PROGRAMS), named(&SYSTEMS)) {
        (Some(program), Some(system)) => Some(format!("{program} on {system}")),
        (Some(name), None) | (None, Some(name)) => Some(name.to_owned()),
        // All ASCII, so that every byte is a character.
        (None, None) => agent.get(..LONGEST.min(agent.len())).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(agent: &str, expected: &str) {
        let headers = HeaderMap::from_iter([(USER_AGENT, agent.parse().unwrap())]);
        assert_eq!(label(&headers).as_deref(), Some(expected));
    }

    #[test]
    fn a_browser_is_called_by_its_name_and_that_of_its_system() {
        check(
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox on Linux",
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge on Windows",
        );
        check("curl/7.88.1", "curl");
    }

    #[test]
    fn what_nobody_knows_is_called_what_it_says_shortened() {
        check("<b>robot</b>", "<b>robot</b>");
        check(&"x".repeat(500), &"x".repeat(LONGEST));
    }

    #[test]
    fn who_says_nothing_has_no_label() {
        assert_eq!(label(&HeaderMap::new()), None);
    }
}
