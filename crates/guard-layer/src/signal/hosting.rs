use super::{Degree, Observation};
use crate::memory::Memory;
use crate::shown::Shown;

pub(super) fn observe(memory: &Memory, shown: &Shown) -> Observation {
    let (Some(old), Some(now)) = (memory.place.asn, shown.place.asn) else {
        return Observation::Unknown;
    };
    match SYSTEMS.contains(&now) && !SYSTEMS.contains(&old) {
        true => Observation::Changed(Degree::Clear),
        false => Observation::Same,
    }
}

/// The largest who rent out machines by the hour or the month. It need not be complete: one that is not
/// here is a network as others are.
const SYSTEMS: [u32; 32] = [
    // Amazon, Google Cloud, Microsoft, Oracle, Alibaba, Tencent
    14618, 16509, 396_982, 8075, 31898, 37963, 45102, 45090, 132_203,
    // Hetzner, OVH, DigitalOcean, Akamai (Linode), Vultr, Scaleway
    24940, 213_230, 16276, 14061, 62567, 63949, 20473, 12876,
    // Contabo, IONOS, Leaseweb, netcup, Hostinger, HostPapa, Servers.com
    40021, 51167, 8560, 28753, 30633, 60781, 197_540, 47583, 36352, 7979,
    // M247, Datacamp, FranTech, WorldStream
    9009, 60068, 212_238, 53667, 49981,
];
