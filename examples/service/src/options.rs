use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::{LogFormat, duration_within};

/// The options that every instance has. They are flattened into those of an example, whose
/// `mut_args` gives them their variables: see [`variables_of`](crate::variables_of).
#[derive(Args, Clone, Debug)]
pub struct InstanceOptions {
    /// Address and port to listen on; port 0 draws a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Address and port for operators: `GET /metrics` for Prometheus, and where the service has one,
    /// its console. Whoever can reach it can ask for the figures; users of the service should not.
    /// By default there is none
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub admin_listen: Option<SocketAddr>,

    /// Name of this instance, sent as `X-Served-By` with every response: 1 to 64 letters, digits,
    /// `-`, `_` and `.`. By default a word and the port, as in `api-8080`
    #[arg(long, value_name = "NAME", value_parser = instance_name)]
    pub instance: Option<String>,

    /// File of the users, one per line: the name, the argon2 hash of the password in PHC format,
    /// and any number of `scope=NAME` and `role=NAME`, separated by spaces. Lines that start with
    /// `#` are comments. The command `hash-password` writes such lines. By default there are demo
    /// users with random passwords, who are printed at the start
    #[arg(long, value_name = "FILE")]
    pub users: Option<PathBuf>,

    /// Address or network (CIDR) of a balancer whose `X-Forwarded-For` is believed. By default
    /// nobody's is, and the client is whoever opened the connection
    #[arg(long, value_name = "CIDR", value_delimiter = ',')]
    pub trusted_proxy: Vec<String>,

    /// The balancers of `--trusted-proxy` begin each connection with a header of the PROXY protocol,
    /// version 1 or 2, that says who the client is; `X-Forwarded-For` is believed of nobody
    #[arg(long, requires = "trusted_proxy")]
    pub proxy_protocol: bool,

    /// How long it goes on serving after SIGTERM or SIGINT, no longer ready, so that balancers
    /// send requests elsewhere: up to 10 minutes. A second signal ends the wait
    #[arg(long, value_name = "DURATION", default_value = "4s", value_parser = drain)]
    pub drain: Duration,

    /// How log lines look
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,

    /// What is logged: a level (`off`, `error`, `warn`, `info`, `debug`, `trace`), or levels for
    /// targets, as in `info,session_layer=debug`. At `info` there is a line for each request but
    /// those for `/health` and `/ready`, which come at `debug`
    #[arg(long, value_name = "FILTER", default_value = "info")]
    pub log_filter: String,
}

impl InstanceOptions {
    /// The name of this instance: the one that was given, or the kind and the port.
    pub fn name(&self, kind: &str) -> String {
        self.instance.clone().unwrap_or_else(|| format!("{kind}-{}", self.listen.port()))
    }
}

fn instance_name(text: &str) -> Result<String, &'static str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(text.to_owned());
    }
    Err("use 1 to 64 letters, digits, `-`, `_` and `.`")
}

fn drain(text: &str) -> Result<Duration, String> {
    duration_within(text, Duration::ZERO..=Duration::from_secs(600), "0 to 10 minutes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variables_of;
    use clap::{CommandFactory, Parser};

    #[derive(Debug, Parser)]
    #[command(mut_args(variables_of("TEST")))]
    struct Options {
        #[command(flatten)]
        instance: InstanceOptions,
    }

    fn parse(args: &[&str]) -> Result<InstanceOptions, clap::Error> {
        let options = Options::try_parse_from([&["test"], args].concat())?;
        Ok(options.instance)
    }

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn every_option_has_a_variable_of_its_name() {
        let command = Options::command();
        let variables = command.get_arguments().map(|option| option.get_env().unwrap());
        let variables = variables.map(|variable| variable.to_str().unwrap()).collect::<Vec<_>>();
        let expected = "TEST_LISTEN TEST_ADMIN_LISTEN TEST_INSTANCE TEST_USERS TEST_TRUSTED_PROXY \
                        TEST_PROXY_PROTOCOL TEST_DRAIN TEST_LOG TEST_LOG_FILTER";
        assert_eq!(variables.join(" "), expected);
    }

    #[test]
    fn without_an_option_the_instance_is_named_after_its_port() {
        assert_eq!(parse(&[]).unwrap().name("api"), "api-8080");
    }

    #[test]
    fn an_instance_name_that_no_header_or_cookie_can_hold_is_refused() {
        for name in ["", "a b", "a;b", "a\r\nb", "\u{e9}", &"a".repeat(65)] {
            assert!(parse(&["--instance", name]).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_drain_of_more_than_ten_minutes_is_refused() {
        assert!(parse(&["--drain", "11m"]).is_err());
        assert_eq!(parse(&["--drain", "10m"]).unwrap().drain, Duration::from_secs(600));
    }

    #[test]
    fn several_values_are_given_one_by_one_or_with_commas() {
        let options = parse(&["--trusted-proxy", "10.0.0.1,10.0.0.2", "--trusted-proxy", "::1"]);
        assert_eq!(options.unwrap().trusted_proxy, ["10.0.0.1", "10.0.0.2", "::1"]);
    }
}
