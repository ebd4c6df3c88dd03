use super::{Degree, HOUR, Observation, compare};
use crate::memory::Memory;
use crate::shown::Shown;

/// Faster than an airliner.
const KM_PER_HOUR: f32 = 1000.0;
/// Databases of places are wrong by as much.
const LEAST_KM: f32 = 300.0;
const EARTH_RADIUS_KM: f32 = 6371.0;

pub(super) fn country(memory: &Memory, shown: &Shown) -> Observation {
    compare(memory.place.country, shown.place.country, Degree::Clear)
}

pub(super) fn travel(memory: &Memory, shown: &Shown) -> Observation {
    let (Some(from), Some(to)) = (memory.place.position, shown.place.position) else {
        return Observation::Unknown;
    };
    let seconds = u32::try_from(shown.at.saturating_sub(memory.placed)).unwrap_or(u32::MAX);
    match u16::try_from(u64::from(seconds) / HOUR) {
        // Nowhere is too far for a week.
        Err(_) | Ok(168..) => Observation::Same,
        Ok(hours) if kilometres(from, to) > LEAST_KM + KM_PER_HOUR * f32::from(hours) => {
            Observation::Changed(Degree::Clear)
        }
        Ok(_) => Observation::Same,
    }
}

/// The great circle, by the haversine formula.
fn kilometres(from: (f32, f32), to: (f32, f32)) -> f32 {
    let half = |a: f32, b: f32| ((b - a).to_radians() / 2.0).sin().powi(2);
    let shrunk = from.0.to_radians().cos() * to.0.to_radians().cos();
    let h = half(from.0, to.0) + shrunk * half(from.1, to.1);
    2.0 * EARTH_RADIUS_KM * h.clamp(0.0, 1.0).sqrt().asin()
}
