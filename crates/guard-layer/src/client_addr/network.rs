use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::error::{ConfigError, ConfigErrorKind};

/// Reads an address or a network in CIDR notation, as something that proxies may be in.
pub(super) fn parse(text: &str) -> Result<IpNet, ConfigError> {
    let refuse = |kind| ConfigError::about(kind, text);
    let network = read(text).ok_or_else(|| refuse(ConfigErrorKind::InvalidNetwork))?;
    if network.prefix_len() == 0 {
        return Err(refuse(ConfigErrorKind::EveryAddress));
    }
    if network.addr() != network.network() {
        return Err(refuse(ConfigErrorKind::HostBits));
    }
    Ok(network)
}

fn read(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(address).map(canonical)
}

/// `::ffff:10.0.0.0/104` is `10.0.0.0/8`, as the addresses that it is compared with are IPv4.
fn canonical(network: IpNet) -> IpNet {
    mapped(network).map_or(network, IpNet::V4)
}

fn mapped(network: IpNet) -> Option<Ipv4Net> {
    let IpNet::V6(network) = network else { return None };
    let prefix = network.prefix_len().checked_sub(96)?;
    Ipv4Net::new(network.addr().to_ipv4_mapped()?, prefix).ok()
}
