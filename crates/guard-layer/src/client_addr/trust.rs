use auth_core::ClientAddr;
use ipnet::IpNet;

/// Whose word about the hop before it is believed.
#[derive(Debug)]
pub(super) enum Trust {
    /// Whoever is in one of these networks.
    Networks(Vec<IpNet>),
    /// The peer and those behind it, this many in all.
    Hops(usize),
}

impl Trust {
    /// Whether to believe `hop`, which is `crossed` hops away from the peer. Nobody is believed
    /// who has no address.
    pub(super) fn covers(&self, hop: ClientAddr, crossed: usize) -> bool {
        hop.ip().is_some_and(|ip| match self {
            Self::Networks(networks) => networks.iter().any(|network| network.contains(&ip)),
            Self::Hops(hops) => crossed < *hops,
        })
    }
}
