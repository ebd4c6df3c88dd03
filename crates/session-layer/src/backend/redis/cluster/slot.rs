/// How many slots there are.
pub(super) const SLOTS: u16 = 16_384;

/// The slot of a key: of its hash tag, the part between the first braces, or of the whole.
pub(super) fn slot(key: &[u8]) -> u16 {
    crc16(tag(key).unwrap_or(key)) % SLOTS
}

fn tag(key: &[u8]) -> Option<&[u8]> {
    let open = key.iter().position(|byte| *byte == b'{')?;
    let (_, behind) = key.split_at_checked(open + 1)?;
    let close = behind.iter().position(|byte| *byte == b'}')?;
    behind.get(..close).filter(|tag| !tag.is_empty())
}

/// XMODEM's: polynomial 0x1021, from zero.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        let crc = crc ^ (u16::from(*byte) << 8);
        (0..8).fold(crc, |crc, _| match crc & 0x8000 {
            0 => crc << 1,
            _ => (crc << 1) ^ 0x1021,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }

    #[test]
    fn a_slot_is_that_of_the_whole_key_or_of_its_tag() {
        let whole = slot(b"user1000");
        assert_eq!(slot(b"{user1000}.following"), whole);
        assert_eq!(slot(b"foo{user1000}{zap}"), whole);
        assert_eq!(slot(b"foo{}{user1000}"), crc16(b"foo{}{user1000}") % SLOTS);
        assert_eq!(slot(b"foo{{bar}}zap"), slot(b"{bar"));
        assert_eq!(slot(b"foo{bar"), crc16(b"foo{bar") % SLOTS);
    }
}
