use std::error::Error;
use std::fmt;

/// Why a layer can not be built: a mistake of whoever wrote the configuration.
///
/// Its text says what to do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    network: String,
}

/// The kinds of [`ConfigError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// No proxy is trusted, so that no header could ever be read.
    NoTrustedProxy,
    /// The count of trusted hops is zero.
    NoTrustedHop,
    /// Proxies are trusted both by network and by count.
    NetworksAndHops,
    /// Both headers are chosen.
    TwoHeaders,
    /// A trusted origin is none, or not written as browsers send it.
    InvalidOrigin,
    /// A trusted proxy is neither an address nor a network.
    InvalidNetwork,
    /// A trusted network has bits set to the right of its prefix, as in `10.1.2.3/8`.
    HostBits,
    /// A trusted network holds every address.
    EveryAddress,
    /// The page that asks for a factor is not a path of this host.
    InvalidPage,
    /// The name of a header is none.
    InvalidHeader,
    /// A session would be ended within a minute.
    ShortLimit,
    /// An issuer has no name.
    EmptyIssuer,
}

impl ConfigError {
    pub(crate) fn new(kind: ConfigErrorKind) -> Self {
        Self { kind, network: String::new() }
    }

    pub(super) fn about(kind: ConfigErrorKind, network: &str) -> Self {
        Self { kind, network: network.to_owned() }
    }

    /// What is wrong with the configuration.
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.network.is_empty() {
            write!(f, "trusted proxy {:?}: ", self.network)?;
        }
        f.write_str(self.kind.advice())
    }
}

impl Error for ConfigError {}

impl ConfigErrorKind {
    fn advice(self) -> &'static str {
        match self {
            Self::NoTrustedProxy => {
                "no proxy is trusted: name them with `trusted_proxies`, count them with \
                 `trusted_hops`, or use `ClientAddrLayer::peer()` where there is none"
            }
            Self::NoTrustedHop => {
                "no hop is trusted: count the proxies in front of this server, or use \
                 `ClientAddrLayer::peer()` where there is none"
            }
            Self::NetworksAndHops => {
                "proxies are trusted by network and by count: use `trusted_proxies` where their \
                 addresses are known, else `trusted_hops`, not both"
            }
            Self::TwoHeaders => {
                "two headers are chosen: keep `x_forwarded_for` or `forwarded`, the one that \
                 your proxies write, as a client can forge the other"
            }
            Self::InvalidOrigin => {
                "no browser sends such an origin: write it like `https://app.example` or \
                 `http://localhost:3000`, in lower case, without a path or a usual port"
            }
            Self::InvalidNetwork => {
                "neither an address nor a network: write it like `10.0.0.1` or `10.0.0.0/8`"
            }
            Self::HostBits => {
                "bits are set to the right of the prefix: write the network's first address, or \
                 a single address without a prefix"
            }
            Self::EveryAddress => {
                "every address would be trusted, so that any client could forge its own: name \
                 the networks that your proxies are in, or count them with `trusted_hops`"
            }
            Self::InvalidPage => {
                "the page is no path of this host: write it like `/reauth`, without a query"
            }
            Self::InvalidHeader => {
                "no header has such a name: write the one that your balancer sets, like `x-ja4`"
            }
            Self::ShortLimit => {
                "activity is written down once a minute: give `idle` and `age` at least that"
            }
            Self::EmptyIssuer => {
                "the issuer has no name: give `required_of` the `iss` of the tokens that you bind"
            }
        }
    }
}
