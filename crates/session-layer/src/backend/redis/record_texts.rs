use super::lifetime::{instant, millis};
use super::stored::head;
use crate::backend::{Record, UserId};

/// A record as scripts take it.
pub(super) struct RecordTexts<'a> {
    record: &'a Record,
    head: Vec<u8>,
    times: [String; 4],
}

impl<'a> RecordTexts<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        let head = head(record.version, &record.payload);
        let [last_seen, created, ends] =
            [record.last_seen, record.created, record.ends].map(instant);
        Self { record, head, times: [last_seen, created, millis(record.idle), ends] }
    }

    /// User, payload, head, last seen, created, idle, ends.
    pub(super) fn arguments(&self) -> [&[u8]; 7] {
        let user = self.record.user.as_ref().map_or("", UserId::as_str);
        let [last_seen, created, idle, ends] = self.times.each_ref().map(String::as_bytes);
        let payload = self.record.payload.as_bytes();
        [user.as_bytes(), payload, &self.head, last_seen, created, idle, ends]
    }
}
