//! Values, which makers write in different types. A record that has one of yet another type is unknown.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A code, or a map that has one. A name is no code.
#[derive(Clone, Copy, Default)]
pub(super) struct Country(pub(super) Option<[char; 2]>);

/// An angle, as a number or as text.
#[derive(Clone, Copy, Default)]
pub(super) struct Degrees(pub(super) Option<f32>);

/// A whole number, or that of a system as text, as in `AS64500`.
#[derive(Clone, Copy, Default)]
pub(super) struct Whole(pub(super) Option<u32>);

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountryVisitor)
    }
}

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DegreesVisitor)
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

struct CountryVisitor;

impl<'de> Visitor<'de> for CountryVisitor {
    type Value = Country;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a country")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Country, E> {
        Ok(Country(code(text)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Country, A::Error> {
        #[derive(Deserialize)]
        struct Map<'a> {
            iso_code: Option<&'a str>,
        }
        let map = Map::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Country(map.iso_code.and_then(code)))
    }
}

/// ISO 3166-1.
fn code(text: &str) -> Option<[char; 2]> {
    let [first, second] = text.as_bytes() else { return None };
    let both = [char::from(*first), char::from(*second)];
    both.iter().all(char::is_ascii_uppercase).then_some(both)
}

struct DegreesVisitor;

impl Visitor<'_> for DegreesVisitor {
    type Value = Degrees;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("degrees")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Degrees, E> {
        f32::deserialize(number.into_deserializer()).map(|number| Degrees(Some(number)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Degrees, E> {
        Ok(Degrees(text.parse().ok()))
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        Ok(Whole(number.try_into().ok()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Whole, E> {
        Ok(Whole(text.strip_prefix("AS").unwrap_or(text).parse().ok()))
    }
}
