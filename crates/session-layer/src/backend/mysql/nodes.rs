use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::mysql::MySqlConnectOptions;

use crate::backend::ServerAddress;

/// Servers of which each has all sessions, and the one that was good last.
#[derive(Debug)]
pub(super) struct Nodes {
    all: Vec<MySqlConnectOptions>,
    good: AtomicUsize,
}

impl Nodes {
    pub(super) fn new(all: Vec<MySqlConnectOptions>) -> Self {
        Self { all, good: AtomicUsize::new(0) }
    }

    pub(super) fn all(&self) -> &[MySqlConnectOptions] {
        &self.all
    }

    /// All of them with their numbers, the one that was good last first.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (usize, &MySqlConnectOptions)> {
        let good = self.good.load(Ordering::Relaxed);
        let (before, from) = self.all.split_at(good.min(self.all.len()));
        let numbered = from.iter().zip(good..).map(|(node, number)| (number, node));
        numbered.chain(before.iter().enumerate())
    }

    /// Where the one is that was good last.
    pub(super) fn address(&self) -> Option<ServerAddress> {
        let (_, node) = self.in_order().next()?;
        Some(match node.get_socket() {
            Some(path) => ServerAddress::socket(path.to_string_lossy()),
            None => ServerAddress::tcp(node.get_host(), node.get_port()),
        })
    }

    pub(super) fn is_good(&self, number: usize) {
        self.good.store(number, Ordering::Relaxed);
    }
}

/// A URL for each host of one that has several, separated by commas.
pub(super) fn each(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (format!("{login}@"), hosts),
        None => (String::new(), authority),
    };
    hosts.split(',').map(|host| format!("{scheme}://{login}{host}{path}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_the_login_the_database_and_the_parameters() {
        let urls = each("mysql://app:p%2C@one,two:3307,[::1]/shop?ssl-mode=REQUIRED");
        let expected = [
            "mysql://app:p%2C@one/shop?ssl-mode=REQUIRED",
            "mysql://app:p%2C@two:3307/shop?ssl-mode=REQUIRED",
            "mysql://app:p%2C@[::1]/shop?ssl-mode=REQUIRED",
        ];
        assert_eq!(urls, expected);
        assert_eq!(each("mysql://one/shop"), ["mysql://one/shop"]);
        assert_eq!(each("nonsense"), ["nonsense"]);
    }

    #[test]
    fn the_one_that_was_good_last_is_first() {
        let node = MySqlConnectOptions::new();
        let nodes = Nodes::new(vec![node.clone(), node.clone(), node]);
        let order = || nodes.in_order().map(|(number, _)| number).collect::<Vec<_>>();
        assert_eq!(order(), [0, 1, 2]);
        nodes.is_good(1);
        assert_eq!(order(), [1, 2, 0]);
    }

    #[test]
    fn its_address_is_that_of_the_one_that_was_good_last() {
        let node = |host| MySqlConnectOptions::new().host(host).port(3307);
        let nodes = Nodes::new(vec![node("one"), node("two").socket("/run/mysqld.sock")]);
        assert_eq!(nodes.address(), Some(ServerAddress::tcp("one", 3307)));
        nodes.is_good(1);
        assert_eq!(nodes.address(), Some(ServerAddress::socket("/run/mysqld.sock")));
    }
}
