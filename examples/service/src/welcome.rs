//! What a person reads at the start: where it listens, and how to try it.

use std::fmt::{self, Display};
use std::io::{Write, stdout};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::Demo;

/// The first lines of the start: the instance with its address, and the demo users.
#[derive(Debug)]
pub struct Welcome<'a> {
    /// The name of the instance.
    pub instance: &'a str,
    /// Where it listens.
    pub address: SocketAddr,
    /// The demo users.
    pub demos: &'a [Demo],
}

impl Welcome<'_> {
    /// Prints the lines, and those of the example below them. That nobody reads is no reason not
    /// to serve.
    pub fn print(&self, below: impl Display) {
        let mut stdout = stdout().lock();
        write!(stdout, "{self}{below}").and_then(|()| stdout.flush()).ok();
    }

    /// Where a client on this machine finds it.
    pub fn url(&self) -> String {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// Name and password of the first demo user, or words in their places.
    pub fn login(&self) -> (&str, &str) {
        match self.demos {
            [Demo { name, password }, ..] => (name, password),
            [] => ("NAME", "PASSWORD"),
        }
    }
}

impl Display for Welcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} listens on {}", self.instance, self.address)?;
        self.demos.iter().try_for_each(|Demo { name, password }| {
            writeln!(f, "demo user: {name} password: {password}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome<'a>(address: &str, demos: &'a [Demo]) -> Welcome<'a> {
        Welcome { instance: "api-1", address: address.parse().unwrap(), demos }
    }

    #[test]
    fn each_demo_user_is_a_line_of_its_own() {
        let demos = ["a", "b"].map(|name| Demo { name, password: "word".to_owned() });
        let text = welcome("127.0.0.1:80", &demos).to_string();
        let expected = "api-1 listens on 127.0.0.1:80\n\
                        demo user: a password: word\ndemo user: b password: word\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn without_a_demo_user_name_and_password_are_left_to_fill_in() {
        assert_eq!(welcome("127.0.0.1:80", &[]).login(), ("NAME", "PASSWORD"));
    }

    #[test]
    fn a_wildcard_address_is_reached_by_loopback() {
        assert_eq!(welcome("0.0.0.0:80", &[]).url(), "http://127.0.0.1:80");
        assert_eq!(welcome("[::]:80", &[]).url(), "http://[::1]:80");
    }
}
