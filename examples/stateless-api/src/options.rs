use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// A stateless JWT API that runs behind any balancer.
///
/// Every option can be given as an environment variable too; of those that may be given several
/// times, the values are separated by commas. Log lines go to stderr, and what a person needs to
/// try it to stdout.
#[derive(Clone, Debug, Parser)]
#[command(name = "stateless-api", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Options {
    /// Address and port to listen on; port 0 draws a free one
    #[arg(long, env = "STATELESS_API_LISTEN", value_name = "ADDRESS:PORT")]
    #[arg(default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Name of this instance, sent as `X-Served-By` with every response: 1 to 64 letters, digits,
    /// `-`, `_` and `.`. By default `api-` and the port
    #[arg(long, env = "STATELESS_API_INSTANCE", value_name = "NAME", value_parser = instance_name)]
    pub instance: Option<String>,

    /// File of the key that signs tokens, the same for all instances: a private key in PEM (RSA of
    /// 2048 bits or more for RS256, P-256 for ES256, P-384 for ES384, or Ed25519), or a random
    /// secret of 32 bytes or more for HS256, whose trailing newline does not count. By default a
    /// fresh RS256 key, which no other instance knows
    #[arg(long, env = "STATELESS_API_KEY", value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// PEM file of a further key, public or private, whose tokens are accepted and which is
    /// published beside the signing key: the next one, before it signs, and the one before, until
    /// its last token has expired
    #[arg(long, env = "STATELESS_API_PUBLISH_KEY", value_name = "FILE", value_delimiter = ',')]
    pub publish_key: Vec<PathBuf>,

    /// Another issuer whose tokens are accepted for the same audience: its `iss`, and the file or
    /// https URL of its JWK set (http for loopback only). Without one, the issuer is a URL, and its
    /// keys are found by OpenID discovery
    #[arg(long, env = "STATELESS_API_TRUST_ISSUER", value_name = "ISSUER[=JWKS]")]
    #[arg(value_delimiter = ',')]
    pub trust_issuer: Vec<Trusted>,

    /// The `iss` of the tokens that are issued here, the same for all instances
    #[arg(long, env = "STATELESS_API_ISSUER", value_name = "NAME")]
    #[arg(default_value = "https://stateless-api.example", value_parser = not_empty())]
    pub issuer: String,

    /// The `aud` that tokens have to name
    #[arg(long, env = "STATELESS_API_AUDIENCE", value_name = "NAME")]
    #[arg(default_value = "stateless-api", value_parser = not_empty())]
    pub audience: String,

    /// How far clocks may be apart when a token's times are judged: 0 to 120 s
    #[arg(long, env = "STATELESS_API_LEEWAY", value_name = "DURATION")]
    #[arg(default_value = "30s", value_parser = leeway)]
    pub leeway: Duration,

    /// File of the users, one per line: the name, the argon2 hash of the password in PHC format,
    /// and any number of `scope=NAME` and `role=NAME`, separated by spaces. Lines that start with
    /// `#` are comments. `stateless-api hash-password` writes such lines. By default there is one
    /// demo user with a random password, who is printed at the start
    #[arg(long, env = "STATELESS_API_USERS", value_name = "FILE")]
    pub users: Option<PathBuf>,

    /// How long a token is good for: 1 s to 24 h
    #[arg(long, env = "STATELESS_API_TOKEN_LIFETIME", value_name = "DURATION")]
    #[arg(default_value = "15m", value_parser = token_lifetime)]
    pub token_lifetime: Duration,

    /// Address or network (CIDR) of a balancer whose `X-Forwarded-For` is believed. By default
    /// nobody's is, and the client is whoever opened the connection
    #[arg(long, env = "STATELESS_API_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    pub trusted_proxy: Vec<String>,

    /// How long it goes on serving after SIGTERM or SIGINT, no longer ready, so that balancers
    /// send requests elsewhere: up to 10 minutes. A second signal ends the wait
    #[arg(long, env = "STATELESS_API_DRAIN", value_name = "DURATION")]
    #[arg(default_value = "4s", value_parser = drain)]
    pub drain: Duration,

    /// Names this instance in a cookie `srv_id`, by which a balancer can keep a client here.
    /// Nothing needs it
    #[arg(long, env = "STATELESS_API_STICKY")]
    pub sticky: bool,

    /// Leaves out `Secure` from that cookie, for networks without TLS
    #[arg(long, env = "STATELESS_API_STICKY_PLAIN_HTTP", requires = "sticky")]
    pub sticky_plain_http: bool,

    /// Signs that cookie with the secret in this file, of 32 bytes or more, the same for all
    /// instances and used for nothing else. The value is then NAME.SIGNATURE
    #[arg(long, env = "STATELESS_API_STICKY_KEY", value_name = "FILE", requires = "sticky")]
    pub sticky_key: Option<PathBuf>,

    /// How log lines look
    #[arg(long, env = "STATELESS_API_LOG", value_name = "FORMAT", value_enum)]
    #[arg(default_value_t = LogFormat::Text)]
    pub log: LogFormat,

    /// What is logged: a level (`off`, `error`, `warn`, `info`, `debug`, `trace`), or levels for
    /// targets, as in `info,jwt_layer=debug`. At `info` there is a line for each request but
    /// those for `/health` and `/ready`, which come at `debug`
    #[arg(long, env = "STATELESS_API_LOG_FILTER", value_name = "FILTER", default_value = "info")]
    pub log_filter: String,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What else it can do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Reads a password from stdin, up to the end of the line, and prints a line for `--users`
    HashPassword(HashPassword),
}

/// Whose line it is.
#[derive(Args, Clone, Debug)]
pub(crate) struct HashPassword {
    /// The user's name
    pub(crate) name: String,

    /// A scope that the user is granted, such as `orders:write`; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) scope: Vec<String>,

    /// A role that the user has, such as `admin`; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) role: Vec<String>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Text,
}

/// An issuer that is trusted, and where its keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// Its `iss`.
    pub issuer: String,
    /// The file or URL of its JWK set; none if it is to be asked for it.
    pub jwks: Option<String>,
}

impl Options {
    /// The name of this instance.
    pub fn instance(&self) -> String {
        self.instance.clone().unwrap_or_else(|| format!("api-{}", self.listen.port()))
    }
}

impl FromStr for Trusted {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (issuer, jwks) = match text.split_once('=') {
            Some((issuer, jwks)) => (issuer, Some(jwks)),
            None => (text, None),
        };
        if issuer.is_empty() || jwks == Some("") {
            return Err("write ISSUER=JWKS, with the file or URL of the issuer's JWK set");
        }
        Ok(Self { issuer: issuer.to_owned(), jwks: jwks.map(str::to_owned) })
    }
}

fn not_empty() -> NonEmptyStringValueParser {
    NonEmptyStringValueParser::new()
}

fn instance_name(text: &str) -> Result<String, &'static str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(text.to_owned());
    }
    Err("use 1 to 64 letters, digits, `-`, `_` and `.`")
}

fn leeway(text: &str) -> Result<Duration, String> {
    within(text, Duration::ZERO, Duration::from_secs(120), "0 to 120 s; set the clocks instead")
}

fn token_lifetime(text: &str) -> Result<Duration, String> {
    within(text, Duration::from_secs(1), Duration::from_secs(24 * 60 * 60), "1 s to 24 h")
}

fn drain(text: &str) -> Result<Duration, String> {
    within(text, Duration::ZERO, Duration::from_secs(600), "0 to 10 minutes")
}

/// A plain number is in seconds; otherwise it has units, as in `1m 30s`.
fn within(text: &str, least: Duration, most: Duration, range: &str) -> Result<Duration, String> {
    let plain = text.parse().map(Duration::from_secs).ok();
    let duration = plain.or_else(|| humantime::parse_duration(text).ok());
    let duration = duration.ok_or("write seconds, or units as in `90s` or `1m 30s`")?;
    if (least..=most).contains(&duration) {
        return Ok(duration);
    }
    Err(format!("it may be {range}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from([&["stateless-api"], args].concat())
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Options::command().debug_assert();
    }

    #[test]
    fn without_an_option_the_instance_is_named_after_its_port() {
        assert_eq!(parse(&[]).unwrap().instance(), "api-8080");
    }

    #[test]
    fn a_duration_is_in_seconds_or_has_units() {
        for (text, seconds) in [("0", 0), ("45", 45), ("1m 30s", 90), ("120s", 120)] {
            let leeway = parse(&["--leeway", text]).unwrap().leeway;
            assert_eq!(leeway, Duration::from_secs(seconds), "{text}");
        }
    }

    #[test]
    fn a_duration_out_of_range_is_refused() {
        for (option, text) in [
            ("--leeway", "121"),
            ("--leeway", "-1"),
            ("--token-lifetime", "0"),
            ("--token-lifetime", "25h"),
            ("--drain", "11m"),
            ("--drain", "soon"),
        ] {
            assert!(parse(&[&format!("{option}={text}")]).is_err(), "{option} {text}");
        }
    }

    #[test]
    fn an_instance_name_that_no_header_or_cookie_can_hold_is_refused() {
        for name in ["", "a b", "a;b", "a\r\nb", "\u{e9}", &"a".repeat(65)] {
            assert!(parse(&["--instance", name]).is_err(), "{name:?}");
        }
    }

    #[track_caller]
    fn trusts(text: &str, issuer: &str, jwks: Option<&str>) {
        let trusted = text.parse::<Trusted>().unwrap();
        assert_eq!((trusted.issuer.as_str(), trusted.jwks.as_deref()), (issuer, jwks));
    }

    #[test]
    fn a_trusted_issuer_has_a_name_and_perhaps_a_place() {
        trusts("https://a.example=jwks.json", "https://a.example", Some("jwks.json"));
        trusts("a=https://a.example/k?a=b", "a", Some("https://a.example/k?a=b"));
        trusts("https://a.example", "https://a.example", None);
    }

    #[test]
    fn a_trusted_issuer_without_a_name_or_with_an_empty_place_is_refused() {
        for text in ["", "=jwks.json", "https://a.example="] {
            assert!(text.parse::<Trusted>().is_err(), "{text}");
        }
    }

    #[test]
    fn several_values_are_given_one_by_one_or_with_commas() {
        let options = parse(&["--trusted-proxy", "10.0.0.1,10.0.0.2", "--trusted-proxy", "::1"]);
        assert_eq!(options.unwrap().trusted_proxy, ["10.0.0.1", "10.0.0.2", "::1"]);
    }
}
