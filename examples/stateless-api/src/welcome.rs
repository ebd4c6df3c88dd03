//! What a person reads at the start: where it listens, and how to try it.

use std::fmt;
use std::io::{Write, stdout};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::Demo;

/// The text of the start.
pub(crate) struct Welcome<'a> {
    pub(crate) instance: &'a str,
    pub(crate) address: SocketAddr,
    pub(crate) demo: Option<&'a Demo>,
}

impl Welcome<'_> {
    /// Prints it. That nobody reads is no reason not to serve.
    pub(crate) fn print(&self) {
        let mut stdout = stdout().lock();
        write!(stdout, "{self}").and_then(|()| stdout.flush()).ok();
    }

    /// Where a client on this machine finds it.
    fn url(&self) -> String {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }
}

impl fmt::Display for Welcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url();
        writeln!(f, "{} listens on {}", self.instance, self.address)?;
        let (name, password) = match self.demo {
            Some(Demo { name, password }) => (*name, password.as_str()),
            None => ("NAME", "PASSWORD"),
        };
        if self.demo.is_some() {
            writeln!(f, "demo user: {name} password: {password}")?;
        }
        write!(
            f,
            r#"
# log in, and keep the token
token=$(curl -s {url}/login -H 'content-type: application/json' -d '{{"username":"{name}","password":"{password}"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

# who am I?
curl -i {url}/me -H "authorization: Bearer $token"

# order
curl -i {url}/orders -H "authorization: Bearer $token" -H 'content-type: application/json' -d '{{"cart_items":[{{"sku":"tea","quantity":2,"unit_price_cents":450}}],"payment_info":{{"method":"card","card_number":"4111111111111111"}}}}'

"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(address: &str, demo: Option<&Demo>) -> String {
        Welcome { instance: "api-1", address: address.parse().unwrap(), demo }.to_string()
    }

    #[test]
    fn the_demo_user_is_a_line_of_its_own() {
        let demo = Demo { name: "demo", password: "word".to_owned() };
        let text = text("127.0.0.1:80", Some(&demo));
        assert!(text.lines().any(|line| line == "demo user: demo password: word"), "{text}");
        assert!(text.contains(r#"{"username":"demo","password":"word"}"#), "{text}");
    }

    #[test]
    fn without_a_demo_user_names_are_left_to_fill_in() {
        let text = text("127.0.0.1:80", None);
        assert!(!text.contains("demo"), "{text}");
        assert!(text.contains(r#"{"username":"NAME","password":"PASSWORD"}"#), "{text}");
    }

    #[test]
    fn a_wildcard_address_is_reached_by_loopback() {
        assert!(text("0.0.0.0:80", None).contains("http://127.0.0.1:80/login"));
        assert!(text("[::]:80", None).contains("http://[::1]:80/login"));
    }
}
