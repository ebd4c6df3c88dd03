use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::login::Login;
use super::place::Place;
use crate::{ConfigError, ConfigErrorKind};

/// Which servers a URL means, and as whom to ask them.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) servers: Servers,
    pub(super) tls: bool,
    pub(super) login: Login,
}

/// Where sessions may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Servers {
    /// In this one.
    One(Place),
    /// In the one that these sentinels know by the name.
    Watched { sentinels: Vec<Place>, master: String },
    /// In the cluster that these are nodes of.
    Cluster(Vec<Place>),
}

impl Servers {
    /// How many writes of a verb may wait for replicas, one after another.
    pub(super) fn waits(&self) -> u32 {
        match self {
            Self::One(_) | Self::Watched { .. } => 1,
            Self::Cluster(_) => 3,
        }
    }
}

/// What a scheme promises.
#[derive(Clone, Copy)]
enum Kind {
    One,
    Watched,
    Cluster,
}

const PORT: u16 = 6379;
const PORT_OF_A_SENTINEL: u16 = 26379;

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, ConfigError> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| invalid("this is no URL; "))?;
        let (tls, kind) = kind(scheme)?;
        let urls = one_for_each_host(rest)?;
        let first = urls.first().ok_or_else(|| invalid("the URL names no host; "))?;
        if first.query().is_some() || first.fragment().is_some() {
            return Err(invalid("the URL has a query or a fragment, which mean nothing here; "));
        }
        let (servers, database) = kind.servers(&urls, first.path().trim_matches('/'))?;
        Ok(Self { servers, tls, login: login(first, database)? })
    }

    /// All that are named.
    pub(super) fn places(&self) -> &[Place] {
        match &self.servers {
            Servers::One(place) => std::slice::from_ref(place),
            Servers::Watched { sentinels: places, .. } | Servers::Cluster(places) => places,
        }
    }
}

fn kind(scheme: &str) -> Result<(bool, Kind), ConfigError> {
    let (transport, kind) = match scheme.split_once('+') {
        None => (scheme, Kind::One),
        Some((transport, "sentinel")) => (transport, Kind::Watched),
        Some((transport, "cluster")) => (transport, Kind::Cluster),
        Some(_) => return Err(invalid(SCHEME)),
    };
    match transport {
        "redis" | "valkey" => Ok((false, kind)),
        "rediss" | "valkeys" => Ok((true, kind)),
        _ => Err(invalid(SCHEME)),
    }
}

/// What a URL would be that named only one of its hosts: no parser knows lists.
fn one_for_each_host(rest: &str) -> Result<Vec<Url>, ConfigError> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (format!("{login}@"), hosts),
        None => (String::new(), authority),
    };
    let url = |host| Url::parse(&format!("redis://{login}{host}{path}"));
    let urls: Result<_, _> = hosts.split(',').map(url).collect();
    urls.map_err(|_| invalid("this is no URL; "))
}

impl Kind {
    /// And the number of the database.
    fn servers(self, urls: &[Url], path: &str) -> Result<(Servers, u32), ConfigError> {
        match (self, urls) {
            (Self::One, [url]) => Ok((Servers::One(place(url, PORT)?), database(path)?)),
            (Self::One, _) => Err(invalid("the URL names several servers; ")),
            (Self::Watched, _) => watched(urls, path),
            (Self::Cluster, _) if path.is_empty() => Ok((Servers::Cluster(places(urls, PORT)?), 0)),
            (Self::Cluster, _) => Err(invalid("a cluster has no databases; ")),
        }
    }
}

fn watched(urls: &[Url], path: &str) -> Result<(Servers, u32), ConfigError> {
    let (master, number) = path.split_once('/').unwrap_or((path, ""));
    if master.is_empty() {
        return Err(invalid("the URL's path does not name the master; "));
    }
    let sentinels = places(urls, PORT_OF_A_SENTINEL)?;
    let servers = Servers::Watched { sentinels, master: decoded(master)? };
    Ok((servers, database(number)?))
}

fn places(urls: &[Url], port: u16) -> Result<Vec<Place>, ConfigError> {
    urls.iter().map(|url| place(url, port)).collect()
}

fn place(url: &Url, port: u16) -> Result<Place, ConfigError> {
    let host = host(url).ok_or_else(|| invalid("the URL names no host; "))?;
    Ok(Place { host, port: url.port().unwrap_or(port) })
}

/// An IPv6 address is in brackets in a URL, but nowhere else. The parser takes the host of a
/// scheme that it does not know for a text.
fn host(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain("") => None,
        Host::Domain(name) => Some(name.to_owned()),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

fn database(number: &str) -> Result<u32, ConfigError> {
    match number {
        "" => Ok(0),
        number => {
            number.parse().map_err(|_| invalid("the URL's path is no number of a database; "))
        }
    }
}

fn login(url: &Url, database: u32) -> Result<Login, ConfigError> {
    let user = (!url.username().is_empty()).then(|| decoded(url.username())).transpose()?;
    let password = url.password().map(decoded).transpose()?;
    if user.is_some() && password.is_none() {
        return Err(invalid("the URL has a user without a password; "));
    }
    Ok(Login { user, password, database, ..Login::default() })
}

fn decoded(text: &str) -> Result<String, ConfigError> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(text.map_err(|_| invalid("the URL has a part that is not UTF-8; "))?.into_owned())
}

/// Without the URL, which has the password.
fn invalid(what: &str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::InvalidUrl, format!("{what}{FORM}"))
}

const SCHEME: &str = "the URL has another scheme; ";
const FORM: &str = "give it as redis://host, or rediss://user:password@host:6379/0 for TLS, a \
                    login and a database, or redis+sentinel://host,host,host/master for a master \
                    that sentinels watch, or redis+cluster://host,host for a cluster; characters such as \
                    @ and / in a password are written as %40 and %2F";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, host: &str, port: u16, tls: bool) -> Login {
        let address = Address::parse(url).unwrap();
        let place = Place { host: host.into(), port };
        assert_eq!((address.servers, address.tls), (Servers::One(place), tls));
        address.login
    }

    fn expected(expected: &[(&str, u16)]) -> Vec<Place> {
        expected.iter().map(|(host, port)| Place { host: (*host).into(), port: *port }).collect()
    }

    #[test]
    fn a_url_without_more_means_the_usual_port_and_the_first_database() {
        let login = check("redis://localhost", "localhost", 6379, false);
        assert_eq!((login.user, login.password, login.database), (None, None, 0));
    }

    #[test]
    fn a_url_may_have_a_port_a_login_a_database_and_tls() {
        let login = check("rediss://app:p%40ss@redis.example:7000/3", "redis.example", 7000, true);
        let expected = (Some("app".into()), Some("p@ss".into()), 3);
        assert_eq!((login.user, login.password, login.database), expected);
    }

    #[test]
    fn a_password_needs_no_user() {
        let login = check("valkey://:secret@127.0.0.1/", "127.0.0.1", 6379, false);
        assert_eq!((login.user, login.password), (None, Some("secret".into())));
    }

    #[test]
    fn an_ipv6_address_loses_its_brackets() {
        check("redis://[::1]:7000", "::1", 7000, false);
    }

    #[test]
    fn sentinels_are_a_list_and_the_path_is_the_master() {
        let url = "rediss+sentinel://app:p%40ss@one,two:7000,[::1]/shop/2";
        let address = Address::parse(url).unwrap();
        let sentinels = expected(&[("one", 26379), ("two", 7000), ("::1", 26379)]);
        let expected = Servers::Watched { sentinels, master: "shop".into() };
        assert_eq!((&address.servers, address.tls), (&expected, true));
        let Login { user, password, database, .. } = address.login;
        assert_eq!((user, password, database), (Some("app".into()), Some("p@ss".into()), 2));
    }

    #[test]
    fn nodes_of_a_cluster_are_a_list() {
        let address = Address::parse("valkey+cluster://:p@one,two:7000/").unwrap();
        let nodes = Servers::Cluster(expected(&[("one", 6379), ("two", 7000)]));
        assert_eq!((&address.servers, address.tls), (&nodes, false));
        assert_eq!(address.login.password.as_deref(), Some("p"));
    }

    #[test]
    fn what_is_no_url_of_a_redis_is_refused_without_repeating_it() {
        let wrong = [
            "",
            "hunter2",
            "redis:",
            "redis://",
            "http://:hunter2@localhost",
            "unix:///run/redis.sock",
            "redis://hunter2@localhost",
            "redis://:hunter2@localhost/first",
            "redis://:hunter2@localhost/-1",
            "redis://:hunter2@localhost:99999",
            "redis://:hunter2@localhost?db=1",
            "rediss://:hunter2@localhost#insecure",
            "redis://:%ff%fehunter2@localhost",
            "redis://:hunter2@one,two",
            "redis+sentinel://:hunter2@one,two",
            "redis+sentinel://:hunter2@one,two/",
            "redis+sentinel://:hunter2@one,two/shop/first",
            "redis+sentinel://:hunter2@one,,two/shop",
            "redis+sentinel://:hunter2@one,two:99999/shop",
            "redis+cluster://:hunter2@one,two/1",
            "redis+other://:hunter2@one/shop",
            "http+sentinel://:hunter2@one/shop",
        ];
        for url in wrong {
            let error = Address::parse(url).unwrap_err();
            assert_eq!(error.kind(), ConfigErrorKind::InvalidUrl, "{url}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_login_is_not_in_the_debug_text() {
        let address = Address::parse("redis://app:hunter2@localhost").unwrap();
        assert!(!format!("{address:?}").contains("hunter2"));
    }
}
