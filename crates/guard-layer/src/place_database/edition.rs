use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::path::Path;
use std::time::SystemTime;
use std::{fs, io};

use maxminddb::{LookupResult, MaxMindDbError, Reader, WithinOptions};

use super::error::{Cause, Result};
use super::record::Record;
use crate::facts::Place;

/// A file as it was when it was read, in memory: to look into a mapped one that somebody overwrites is
/// undefined behaviour, which nobody can rule out.
pub(super) struct Edition {
    pub(super) stamp: Stamp,
    reader: Reader<Vec<u8>>,
    /// Of all records, by where they are: to read one takes longer than to find it.
    places: HashMap<usize, Place>,
}

/// What tells a file from a newer one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: SystemTime,
    length: u64,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        match metadata.is_file() {
            true => Ok(Self { modified: metadata.modified()?, length: metadata.len() }),
            false => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
        }
    }
}

impl Edition {
    /// Reads a file, and all that it says of places.
    pub(super) fn read(path: &Path) -> Result<Self> {
        // Before the file: what is written meanwhile has another.
        let stamp = Stamp::of(path)?;
        let reader = Reader::from_source(fs::read(path)?)?;
        let places = places_of(&reader)?;
        match places.values().any(|place| *place != Place::default()) {
            true => Ok(Self { stamp, reader, places }),
            false => Err(Cause::WithoutPlaces { kind: kind_of(&reader).to_owned() }),
        }
    }

    /// Of which data it is, in the maker's words.
    pub(super) fn kind(&self) -> &str {
        kind_of(&self.reader)
    }

    pub(super) fn find(&self, address: IpAddr) -> Option<Place> {
        // An error is an address of IPv6 in a database that has none.
        let offset = self.reader.lookup(address).ok()?.offset()?;
        self.places.get(&offset).copied()
    }
}

fn kind_of(reader: &Reader<Vec<u8>>) -> &str {
    &reader.metadata().database_type
}

/// Walks the whole tree, so that none of it is found damaged later.
fn places_of(reader: &Reader<Vec<u8>>) -> Result<HashMap<usize, Place>, MaxMindDbError> {
    let mut places = HashMap::new();
    let networks = reader.networks(WithinOptions::default().include_networks_without_data())?;
    let most = u64::from(reader.metadata().node_count) * NETWORKS_OF_A_NODE;
    for (number, network) in (0..).zip(networks) {
        if number > most {
            return Err(MaxMindDbError::invalid_database("the search tree branches without end"));
        }
        let network = network?;
        let Some(offset) = network.offset() else { continue };
        if let Entry::Vacant(entry) = places.entry(offset) {
            entry.insert(place_of(&network)?);
        }
    }
    Ok(places)
}

/// Of a record in another layout nothing is known.
fn place_of(network: &LookupResult<'_, Vec<u8>>) -> Result<Place, MaxMindDbError> {
    match network.decode::<Record>() {
        Ok(record) => Ok(record.as_ref().map(Record::place).unwrap_or_default()),
        Err(MaxMindDbError::Decoding { .. }) => Ok(Place::default()),
        Err(damage) => Err(damage),
    }
}

/// A tree has a leaf more than it has nodes; this is what the library's own check allows for.
const NETWORKS_OF_A_NODE: u64 = 3;
