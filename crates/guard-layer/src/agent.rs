use serde::{Deserialize, Serialize};

/// A browser, as coarse as `User-Agent` tells it since its reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Agent {
    /// The family.
    #[serde(rename = "f")]
    pub family: Family,
    /// The platform.
    #[serde(rename = "p")]
    pub platform: Platform,
    /// The major version, or 0.
    #[serde(rename = "v")]
    pub major: u16,
}

/// A family of browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum Family {
    Chrome,
    Edge,
    Firefox,
    Opera,
    Safari,
    Samsung,
    /// Without a window, so that nobody looks at it.
    HeadlessChrome,
    /// Apple's player, which fetches what a browser plays.
    AppleCoreMedia,
    /// Anything else, such as a library or an app.
    Other,
}

/// A platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum Platform {
    Android,
    ChromeOs,
    Ios,
    Linux,
    MacOs,
    Windows,
    Other,
}

impl Agent {
    /// Reads a `User-Agent`. Any text is some agent.
    pub fn read(text: &str) -> Self {
        let (family, version) = family(text);
        Self { family, platform: platform(text), major: major(version) }
    }

    /// Whether the two differ in nothing but the version.
    pub(crate) fn is_version_of(self, other: Self) -> bool {
        self.family == other.family && self.platform == other.platform
    }

    /// Whether the same device at times says that it is the other one.
    pub(crate) fn also_says(self, other: Self) -> bool {
        self.has_desktop_page(other) || self.is_played_by(other)
    }

    /// A phone or tablet that asks for the desktop's page says that it is a computer.
    fn has_desktop_page(self, computer: Self) -> bool {
        let pair = (self.platform, computer.platform);
        let pretends = matches!(pair, (Platform::Android, Platform::Linux))
            || matches!(pair, (Platform::Ios, Platform::MacOs));
        pretends && (self.family, self.major) == (computer.family, computer.major)
    }

    fn is_played_by(self, player: Self) -> bool {
        player.family == Family::AppleCoreMedia && self.platform == player.platform
    }
}

impl Family {
    /// Reads a `Sec-CH-UA`: none if it names no browser, but the engine.
    pub(crate) fn read_brands(brands: &str) -> Option<Self> {
        let named = |(brand, family): &(&str, Self)| brands.contains(brand).then_some(*family);
        BRANDS.iter().find_map(named)
    }
}

impl Platform {
    /// Reads a `Sec-CH-UA-Platform`, quoted or not.
    pub fn read_hint(hint: &str) -> Option<Self> {
        match hint.trim().trim_matches('"') {
            "Android" => Some(Self::Android),
            "Chrome OS" | "Chromium OS" => Some(Self::ChromeOs),
            "iOS" => Some(Self::Ios),
            "Linux" => Some(Self::Linux),
            "macOS" => Some(Self::MacOs),
            "Windows" => Some(Self::Windows),
            _ => None,
        }
    }
}

/// The products of a browser that also names others: the last of these that is named counts, for an
/// Edge also calls itself a Chrome, and that a Safari.
const FAMILIES: [(&str, Family); 12] = [
    ("Version", Family::Safari),
    ("Chrome", Family::Chrome),
    ("HeadlessChrome", Family::HeadlessChrome),
    ("CriOS", Family::Chrome),
    ("FxiOS", Family::Firefox),
    ("Firefox", Family::Firefox),
    ("SamsungBrowser", Family::Samsung),
    ("OPR", Family::Opera),
    ("EdgiOS", Family::Edge),
    ("EdgA", Family::Edge),
    ("Edg", Family::Edge),
    ("AppleCoreMedia", Family::AppleCoreMedia),
];

/// What browsers call themselves in `Sec-CH-UA`, each in its quotation marks. Some have the
/// `User-Agent` of a Chrome, and are another browser all the same.
const BRANDS: [(&str, Family); 9] = [
    ("\"Google Chrome\"", Family::Chrome),
    ("\"HeadlessChrome\"", Family::HeadlessChrome),
    ("\"Microsoft Edge\"", Family::Edge),
    ("\"Opera\"", Family::Opera),
    ("\"Samsung Internet\"", Family::Samsung),
    ("\"Brave\"", Family::Other),
    ("\"Vivaldi\"", Family::Other),
    ("\"YaBrowser\"", Family::Other),
    ("\"DuckDuckGo\"", Family::Other),
];

/// As before: an Android also calls itself a Linux, and an iPhone says "like Mac OS X".
const PLATFORMS: [(&str, Platform); 8] = [
    ("X11", Platform::Linux),
    ("Linux", Platform::Linux),
    ("Macintosh", Platform::MacOs),
    ("Windows", Platform::Windows),
    ("CrOS", Platform::ChromeOs),
    ("iPad", Platform::Ios),
    ("iPhone", Platform::Ios),
    ("Android", Platform::Android),
];

fn rank<T>(table: &[(&str, T)], word: &str) -> Option<usize> {
    table.iter().position(|(name, _)| *name == word)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ';', '(', ')']).filter(|word| !word.is_empty())
}

fn family(text: &str) -> (Family, &str) {
    let products = words(text).filter_map(|word| word.split_once('/'));
    let ranked = products.filter_map(|(name, version)| Some((rank(&FAMILIES, name)?, version)));
    let best = ranked.max_by_key(|(rank, _)| *rank);
    let found = best.and_then(|(rank, version)| Some((FAMILIES.get(rank)?.1, version)));
    let tool = || text.split_once('/').map_or("", |(_, version)| version);
    found.unwrap_or_else(|| (Family::Other, tool()))
}

fn platform(text: &str) -> Platform {
    let best = words(text).filter_map(|word| rank(&PLATFORMS, word)).max();
    let found = best.and_then(|rank| PLATFORMS.get(rank));
    found.map_or(Platform::Other, |(_, platform)| *platform)
}

fn major(version: &str) -> u16 {
    let digits = version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, family: Family, platform: Platform, major: u16) {
        assert_eq!(Agent::read(text), Agent { family, platform, major });
    }

    #[test]
    fn an_edge_is_not_the_chrome_that_it_also_calls_itself() {
        let text = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                    Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0";
        check(text, Family::Edge, Platform::Windows, 141);
    }

    #[test]
    fn an_android_is_not_the_linux_that_it_also_calls_itself() {
        let text = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/140.0.0.0 Mobile Safari/537.36";
        check(text, Family::Chrome, Platform::Android, 140);
    }

    #[test]
    fn an_iphone_is_no_mac() {
        let text = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
                    (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
        check(text, Family::Safari, Platform::Ios, 18);
    }

    #[test]
    fn a_tool_is_other_with_its_version() {
        check("curl/8.5.0", Family::Other, Platform::Other, 8);
    }

    #[test]
    fn a_browser_without_a_window_is_a_family_of_its_own() {
        let text = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    HeadlessChrome/140.0.0.0 Safari/537.36";
        check(text, Family::HeadlessChrome, Platform::Linux, 140);
    }

    #[test]
    fn a_device_also_says_what_its_desktop_page_and_its_player_say() {
        let of = |family, platform, major| Agent { family, platform, major };
        let phone = of(Family::Safari, Platform::Ios, 18);
        let player = "AppleCoreMedia/1.0.0.22F76 (iPhone; U; CPU OS 18_5 like Mac OS X; de_de)";
        assert!(phone.also_says(Agent::read(player)));
        assert!(phone.also_says(of(Family::Safari, Platform::MacOs, 18)));
        assert!(!phone.also_says(of(Family::Safari, Platform::MacOs, 17)));
        assert!(!of(Family::Safari, Platform::MacOs, 18).also_says(Agent::read(player)));
    }

    #[test]
    fn an_empty_text_is_some_agent() {
        check("", Family::Other, Platform::Other, 0);
    }
}
