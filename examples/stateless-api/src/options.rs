use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Parser, Subcommand};
use example_service::{HashPassword, InstanceOptions, duration_within, variables_of};

/// A stateless JWT API that runs behind any balancer.
///
/// Every option can be given as an environment variable too; of those that may be given several
/// times, the values are separated by commas. Log lines go to stderr, and what a person needs to
/// try it to stdout.
#[derive(Clone, Debug, Parser)]
#[command(name = "stateless-api", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, mut_args(variables_of("STATELESS_API")))]
pub struct Options {
    /// Those that every example has.
    #[command(flatten)]
    pub instance: InstanceOptions,

    /// File of the key that signs tokens, the same for all instances: a private key in PEM (RSA of
    /// 2048 bits or more for RS256, P-256 for ES256, P-384 for ES384, or Ed25519), or a random
    /// secret of 32 bytes or more for HS256, whose trailing newline does not count. By default a
    /// fresh RS256 key, which no other instance knows
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// PEM file of a further key, public or private, whose tokens are accepted and which is
    /// published beside the signing key: the next one, before it signs, and the one before, until
    /// its last token has expired
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    pub publish_key: Vec<PathBuf>,

    /// Another issuer whose tokens are accepted for the same audience: its `iss`, and the file or
    /// https URL of its JWK set (http for loopback only). Without one, the issuer is a URL, and its
    /// keys are found by OpenID discovery
    #[arg(long, value_name = "ISSUER[=JWKS]")]
    #[arg(value_delimiter = ',')]
    pub trust_issuer: Vec<Trusted>,

    /// The `iss` of the tokens that are issued here, the same for all instances
    #[arg(long, value_name = "NAME")]
    #[arg(default_value = "https://stateless-api.example", value_parser = not_empty())]
    pub issuer: String,

    /// The `aud` that tokens have to name
    #[arg(long, value_name = "NAME")]
    #[arg(default_value = "stateless-api", value_parser = not_empty())]
    pub audience: String,

    /// How far clocks may be apart when a token's times are judged: 0 to 120 s
    #[arg(long, value_name = "DURATION")]
    #[arg(default_value = "30s", value_parser = leeway)]
    pub leeway: Duration,

    /// How long a token is good for: 1 s to 24 h
    #[arg(long, value_name = "DURATION")]
    #[arg(default_value = "15m", value_parser = token_lifetime)]
    pub token_lifetime: Duration,

    /// Binds tokens to whom they are given to, so that a stolen one is of no use elsewhere: the login
    /// also sets a cookie that each token needs, `__Secure-Fgp`, which browsers take over https only,
    /// and what comes from another browser has to log in again. Tokens of `--issuer` that are not
    /// bound are refused
    #[arg(long)]
    pub bind_tokens: bool,

    /// File with a secret of 32 random bytes or more, the same for all instances and used for nothing
    /// else, which encrypts what tokens say of their login. By default each has its own, and refuses
    /// the tokens of the others
    #[arg(long, value_name = "FILE", requires = "bind_tokens")]
    pub bind_key: Option<PathBuf>,

    /// Names this instance in a cookie `srv_id`, by which a balancer can keep a client here.
    /// Nothing needs it
    #[arg(long)]
    pub sticky: bool,

    /// Leaves out `Secure` from that cookie, for networks without TLS
    #[arg(long, requires = "sticky")]
    pub sticky_plain_http: bool,

    /// Signs that cookie with the secret in this file, of 32 bytes or more, the same for all
    /// instances and used for nothing else. The value is then NAME.SIGNATURE
    #[arg(long, value_name = "FILE", requires = "sticky")]
    pub sticky_key: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What else it can do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Reads a password from stdin, up to the end of the line, and prints a line for `--users`
    HashPassword(HashPassword),
}

/// An issuer that is trusted, and where its keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// Its `iss`.
    pub issuer: String,
    /// The file or URL of its JWK set; none if it is to be asked for it.
    pub jwks: Option<String>,
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

fn leeway(text: &str) -> Result<Duration, String> {
    let range = Duration::ZERO..=Duration::from_secs(120);
    duration_within(text, range, "0 to 120 s; set the clocks instead")
}

fn token_lifetime(text: &str) -> Result<Duration, String> {
    let range = Duration::from_secs(1)..=Duration::from_secs(24 * 60 * 60);
    duration_within(text, range, "1 s to 24 h")
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
    fn a_duration_out_of_range_is_refused() {
        for (option, text) in [
            ("--leeway", "121"),
            ("--leeway", "-1"),
            ("--token-lifetime", "0"),
            ("--token-lifetime", "25h"),
        ] {
            assert!(parse(&[&format!("{option}={text}")]).is_err(), "{option} {text}");
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
}
