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
    16509, 14618,   // Amazon
    396_982, // Google Cloud
    8075,    // Microsoft
    31898,   // Oracle
    45102, 37963, // Alibaba
    132_203, 45090, // Tencent
    24940, 213_230, // Hetzner
    16276,   // OVH
    14061,   // DigitalOcean
    63949,   // Akamai (Linode)
    20473,   // Vultr
    12876,   // Scaleway
    51167, 40021, // Contabo
    8560,  // IONOS
    60781, 28753, 30633,   // Leaseweb
    197_540, // netcup
    47583,   // Hostinger
    36352,   // HostPapa
    7979,    // Servers.com
    62567,   // DigitalOcean
    9009,    // M247
    60068, 212_238, // Datacamp
    53667,   // FranTech
    49981,   // WorldStream
];
