use serde::Deserialize;

use super::value::{Country, Degrees, Whole};
use crate::facts::Place;

/// What a database says of a network. Where it says it depends on the maker:
///
/// | | MaxMind, DB-IP | IPinfo, and others who are as flat |
/// |---|---|---|
/// | country | `country.iso_code` | `country_code`, `country` |
/// | position | `location.latitude`, `location.longitude` | `latitude`, `longitude`; `lat`, `lng` |
/// | system | `autonomous_system_number`, there or in `traits` | `asn` |
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    country: Country,
    country_code: Country,
    location: Location,
    #[serde(alias = "lat")]
    latitude: Degrees,
    #[serde(alias = "lng")]
    longitude: Degrees,
    #[serde(alias = "asn")]
    autonomous_system_number: Whole,
    traits: Traits,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location {
    latitude: Degrees,
    longitude: Degrees,
    /// In kilometres.
    accuracy_radius: Whole,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Traits {
    autonomous_system_number: Whole,
}

/// Two positions that are wrong by as much are as far apart as the signal of travel allows for. What
/// is wrong by more is the middle of a country.
const WORST_RADIUS: u32 = 150;

impl Record {
    pub(super) fn place(&self) -> Place {
        let flat = on_earth(self.latitude, self.longitude);
        Place {
            country: self.country.0.or(self.country_code.0),
            asn: self.autonomous_system_number.0.or(self.traits.autonomous_system_number.0),
            position: self.location.position().or(flat),
        }
    }
}

impl Location {
    fn position(&self) -> Option<(f32, f32)> {
        let is_vague = self.accuracy_radius.0.is_some_and(|radius| radius > WORST_RADIUS);
        on_earth(self.latitude, self.longitude).filter(|_| !is_vague)
    }
}

fn on_earth(latitude: Degrees, longitude: Degrees) -> Option<(f32, f32)> {
    let position = latitude.0.zip(longitude.0);
    position.filter(|(north, east)| north.abs() <= 90.0 && east.abs() <= 180.0)
}
