use std::fmt;
use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::store::AttemptKey;

/// What makes hashes of what is counted, with the secret that all nodes share.
#[derive(Clone)]
pub(super) struct Keys(Hmac<Sha256>);

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counted<'a> {
    /// All from one address, whatever the account.
    Address(IpAddr),
    /// All for one account, of whoever it does not know.
    Account(&'a str),
    /// For one account, from an address from where it has logged in before.
    KnownAddress(&'a str, IpAddr),
    /// For one account, from a device on which it has logged in before.
    Device(&'a str, &'a [u8]),
    /// That an account has logged in from an address. It counts nothing.
    Login(&'a str, IpAddr),
}

/// The hash of what is counted, at all times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counter([u8; 32]);

impl Keys {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        // The key has the right length for `new`: one block, padded with zeroes.
        let mut block = [0; 64];
        block.iter_mut().zip(secret).for_each(|(to, from)| *to = *from);
        Self(Hmac::new(&block.into()))
    }

    pub(super) fn counter(&self, counted: Counted<'_>) -> Counter {
        let (account, rest) = match counted {
            Counted::Account(account) => (account, Vec::new()),
            Counted::Address(ip) => ("", network(ip)),
            Counted::KnownAddress(account, ip) | Counted::Login(account, ip) => {
                (account, network(ip))
            }
            Counted::Device(account, nonce) => (account, nonce.to_vec()),
        };
        Counter(self.hash(counted.kind(), &[account.as_bytes(), &rest]))
    }

    /// The key of a counter in a stretch of time, of which `number` is the number.
    pub(super) fn key(&self, counter: Counter, number: u64) -> AttemptKey {
        AttemptKey::new(self.hash(STRETCH, &[&counter.0, &number.to_be_bytes()]))
    }

    /// What proves that this nonce was given to a device of the account.
    pub(super) fn proof(&self, account: &str, nonce: &[u8]) -> [u8; 32] {
        self.hash(PROOF, &[account.as_bytes(), nonce])
    }

    pub(super) fn proves(&self, account: &str, nonce: &[u8], proof: &[u8]) -> bool {
        self.mac(PROOF, &[account.as_bytes(), nonce]).verify_slice(proof).is_ok()
    }

    fn hash(&self, kind: u8, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(kind, parts).finalize().into_bytes().into()
    }

    /// With the length of each part, so that no two lists of parts are the same bytes.
    fn mac(&self, kind: u8, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(&[kind]);
        for part in parts {
            mac.update(&part.len().to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

const STRETCH: u8 = 0;
const PROOF: u8 = 1;

impl Counted<'_> {
    fn kind(self) -> u8 {
        match self {
            Self::Address(_) => 2,
            Self::Account(_) => 3,
            Self::KnownAddress(..) => 4,
            Self::Device(..) => 5,
            Self::Login(..) => 6,
        }
    }

    /// One word for the log and for figures.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Account(_) => "account",
            Self::KnownAddress(..) => "account_at_known_address",
            Self::Device(..) => "account_on_known_device",
            Self::Login(..) => "login",
        }
    }
}

impl Counter {
    /// What stands for it in the log: the same for as long as the secret is.
    pub(super) fn handle(self) -> String {
        self.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// No key.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one.
fn network(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().into_iter().take(8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(&[7; 32])
    }

    #[test]
    fn what_differs_has_another_counter() {
        let (a, b) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let counted = [
            Counted::Address(a),
            Counted::Address(b),
            Counted::Account("alice"),
            Counted::Account("bob"),
            Counted::KnownAddress("alice", a),
            Counted::KnownAddress("alice", b),
            Counted::Login("alice", a),
            Counted::Device("alice", &[1]),
            Counted::Device("alic", b"e\x01"),
        ];
        let mut counters = counted.map(|counted| keys().counter(counted).0);
        counters.sort_unstable();
        assert!(counters.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_counted_together() {
        let counter = |ip: &str| keys().counter(Counted::Address(ip.parse().unwrap()));
        assert_eq!(counter("2001:db8::1"), counter("2001:db8::ffff:1"));
        assert_ne!(counter("2001:db8::1"), counter("2001:db8:0:1::1"));
    }

    #[test]
    fn another_secret_makes_other_hashes() {
        let other = Keys::new(&[8; 32]);
        let account = Counted::Account("alice");
        assert_ne!(keys().counter(account), other.counter(account));
        let counter = keys().counter(account);
        assert_ne!(keys().key(counter, 1), other.key(counter, 1));
        assert_ne!(keys().key(counter, 1), keys().key(counter, 2));
    }

    #[test]
    fn debug_output_shows_no_secret() {
        assert_eq!(format!("{:?}", keys()), "Keys");
    }
}
