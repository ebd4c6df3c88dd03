use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::error::PlaceDatabaseError;
use super::file::File;
use crate::facts::Place;

/// Countries, positions and autonomous systems of addresses, from files in MaxMind's format that are
/// replaced while it runs.
///
/// GeoLite2 and GeoIP2 have countries and positions in their City database, and systems in their ASN
/// database: give both. The signals of a guard that such a database wakes are
/// [`Country`](crate::Signal::Country), [`Travel`](crate::Signal::Travel), and
/// [`Network`](crate::Signal::Network), which is less of a change within the same system. DB-IP's
/// databases have the same layout, and IPinfo's and those that are as flat as these are understood too.
///
/// What a database does not know, such as private addresses, is unknown to the guard, and no change.
/// So is a position whose `accuracy_radius` is over 150 km: it is the middle of a country.
///
/// # In memory
///
/// A file is read into memory as a whole, some 60 MB for the City database, rather than mapped. To
/// look into a mapped file that somebody overwrites or truncates is undefined behaviour; no program
/// can rule out that another one does, and here it may. While a newer file is read, there are both.
///
/// # Replacing a file
///
/// [`keep_current`](Self::keep_current) looks for a newer file every so often, and
/// [`reload`](Self::reload) at once, for who has a signal or a route for it. Requests go on meanwhile,
/// with the data from before. A file that is damaged, not there, or half written is refused, and the
/// data from before stay. It does not matter whether a file is overwritten or moved into place, as
/// `geoipupdate` does.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use guard_layer::{GuardLayer, Peppers, PlaceDatabase, Policy};
///
/// let places = PlaceDatabase::open("GeoLite2-City.mmdb")?.also("GeoLite2-ASN.mmdb")?;
/// let peppers = Peppers::new(1, &[7; 32]); // in earnest: 32 random bytes that all nodes share
/// let guard = GuardLayer::builder(Policy::balanced(), peppers)
///     .places({ let places = places.clone(); move |address| places.find(address) })
///     .build()?;
/// tokio::spawn(places.keep_current(Duration::from_secs(60)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PlaceDatabase {
    /// What an earlier one knows, no later one is asked for.
    files: Vec<Arc<File>>,
}

impl PlaceDatabase {
    /// Reads a file, all of it, which takes a few seconds for the largest: do it before you serve.
    ///
    /// # Errors
    /// The file can't be read, is no whole database, or one of something else than places.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, PlaceDatabaseError> {
        Ok(Self { files: vec![Arc::new(File::open(path.into())?)] })
    }

    /// Takes from another file what those before it do not know of an address.
    ///
    /// # Errors
    /// As of [`open`](Self::open).
    pub fn also(mut self, path: impl Into<PathBuf>) -> Result<Self, PlaceDatabaseError> {
        self.files.push(Arc::new(File::open(path.into())?));
        Ok(self)
    }

    /// What is known of where an address is; none if that is nothing. An IPv4 address that is written
    /// as one of IPv6 is taken for what it is.
    pub fn find(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let known = self.files.iter().filter_map(|file| file.edition().find(address));
        known.reduce(completed).filter(|place| *place != Place::default())
    }

    /// Reads those files anew that are not the same as when they were read last. It takes as long as
    /// [`open`](Self::open), and blocks the thread: call it from `tokio::task::spawn_blocking`.
    ///
    /// # Errors
    /// A file is no good; of several, the first. The data from before stay in its place. Others were
    /// read all the same.
    pub fn reload(&self) -> Result<(), PlaceDatabaseError> {
        let outcomes: Vec<_> = self.files.iter().map(|file| file.reload()).collect();
        outcomes.into_iter().collect()
    }

    /// Looks for newer files, for ever, every so often: a minute is often enough, as makers have a
    /// newer one once or twice a week. A file that is refused is told in the log as a warning each
    /// time, until it is replaced.
    pub async fn keep_current(self, every: Duration) {
        loop {
            sleep(every).await;
            let files = self.files.clone();
            // An error is a panic of the task, which has been told.
            let _ =
                spawn_blocking(move || files.iter().for_each(|file| reload_or_warn(file))).await;
        }
    }
}

fn reload_or_warn(file: &File) {
    if let Err(error) = file.reload() {
        tracing::warn!("a database of places is not replaced: {error}");
    }
}

fn completed(known: Place, other: Place) -> Place {
    Place {
        country: known.country.or(other.country),
        asn: known.asn.or(other.asn),
        position: known.position.or(other.position),
    }
}

/// The paths.
impl fmt::Debug for PlaceDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.files.iter().map(|file| &file.path);
        f.write_str("PlaceDatabase")?;
        f.debug_list().entries(paths).finish()
    }
}
