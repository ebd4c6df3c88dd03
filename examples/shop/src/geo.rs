use example_service::StartError;
use guard_layer::PlaceDatabase;

use crate::Options;

/// Where addresses are, as the files of `--geo` have it; none if there are none.
pub(crate) fn open(options: &Options) -> Result<Option<PlaceDatabase>, StartError> {
    let mut files = options.geo.iter();
    let Some(first) = files.next() else { return Ok(None) };
    let places =
        PlaceDatabase::open(first).and_then(|first| files.try_fold(first, PlaceDatabase::also));
    places.map(Some).map_err(|error| StartError::new(format!("--geo {error}")))
}
