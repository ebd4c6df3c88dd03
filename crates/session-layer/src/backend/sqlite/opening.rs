use std::path::{self, Path};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::fault::Fault;
use super::place::Place;
use super::schema;
use super::turns::Turns;

/// How many statements a connection keeps prepared: more than there are.
const STATEMENTS: usize = 32;

/// The file, opened as often as it is used at the same time.
pub(super) struct Opened {
    pub(super) place: Place,
    pub(super) turns: Turns,
    pub(super) writing: Connection,
    pub(super) in_place: Connection,
    pub(super) reading: Vec<Connection>,
}

/// Opens a file for the writer, the executor and so many readers, in its turn.
pub(super) fn open(path: &Path, readers: usize, until: Instant) -> Result<Opened, Fault> {
    // Without a folder, `:memory:` would be none of a file.
    let path = path::absolute(path)?;
    let turns = Turns::of(&path)?;
    let turn = turns.take()?;
    let place = Place::make(&path)?;
    let writing = connect(&path)?;
    schema::prepare(&writing, until)?;
    let in_place = connect_to_read(&path)?;
    let reading = (0..readers).map(|_| connect_to_read(&path)).collect::<Result<_, _>>()?;
    drop(turn);
    Ok(Opened { place, turns, writing, in_place, reading })
}

fn connect_to_read(path: &Path) -> Result<Connection, Fault> {
    let file = connect(path)?;
    file.pragma_update(None, "query_only", true)?;
    Ok(file)
}

/// A connection for one thread, which waits for no lock: that is for who knows the deadline.
fn connect(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(path, flags)?;
    file.busy_timeout(Duration::ZERO)?;
    file.set_prepared_statement_cache_capacity(STATEMENTS);
    file.pragma_update(None, "trusted_schema", false)?;
    Ok(file)
}
