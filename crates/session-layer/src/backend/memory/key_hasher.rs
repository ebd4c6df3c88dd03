use std::hash::{BuildHasherDefault, Hasher};

/// A key is a SHA-256, so that any eight bytes of it are a hash. Nobody can fill a table with keys
/// of their choice: only keys of ids that were drawn here are ever put into one.
#[derive(Debug, Default)]
pub(super) struct KeyHasher(u64);

pub(super) type BuildKeyHasher = BuildHasherDefault<KeyHasher>;

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(hash) = bytes.last_chunk() {
            self.0 = u64::from_le_bytes(*hash);
        }
    }

    /// The length of the key, which is that of every key.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
