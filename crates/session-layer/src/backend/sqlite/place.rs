use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::fault::Fault;

/// Where the file is, and which one it was when it was opened.
#[derive(Clone, Debug)]
pub(super) struct Place {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Place {
    /// The file at a path, which is made, readable by nobody else, if there is none.
    pub(super) fn make(path: &Path) -> Result<Self, Fault> {
        let mut options = OpenOptions::new();
        // One that is there is not opened: to close it would take SQLite's locks on it away from
        // this process.
        match options.create_new(true).write(true).mode(0o600).open(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => {}
        }
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(Fault::Unfit(format!("{} is no file", path.display())));
        }
        Ok(Self { path: path.to_owned(), device: metadata.dev(), inode: metadata.ino() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is there still. Who goes on with a file that was removed or replaced keeps
    /// sessions that nobody else sees, and that are gone with the process.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match fs::metadata(&self.path) {
            Ok(metadata) if self.is(&metadata) => Ok(()),
            Ok(_) => Err(self.moved("was replaced")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(self.moved("is gone")),
            Err(error) => Err(error.into()),
        }
    }

    fn is(&self, metadata: &Metadata) -> bool {
        (metadata.dev(), metadata.ino()) == (self.device, self.inode)
    }

    fn moved(&self, what: &str) -> Fault {
        let path = self.path.display();
        Fault::Moved(format!("{path} {what} while it was open: put it back, or start again"))
    }
}
