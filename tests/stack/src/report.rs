//! What became of a load's requests.

use std::collections::BTreeMap;

use http::{Method, StatusCode};

use crate::client::{Answer, Failure};

/// What became of one request.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its number, from 0.
    pub number: usize,
    /// Its method.
    pub method: Method,
    /// The status, or why there is none.
    pub outcome: Result<StatusCode, Failure>,
    /// The instance that answered.
    pub served_by: Option<String>,
}

impl Record {
    pub(crate) fn new(number: usize, method: Method, answer: Result<Answer, Failure>) -> Self {
        let served_by = answer.as_ref().ok().and_then(Answer::served_by).map(str::to_owned);
        Self { number, method, outcome: answer.map(|answer| answer.status), served_by }
    }

    /// Whether it was not answered with success.
    pub fn failed(&self) -> bool {
        !self.outcome.is_ok_and(|status| status.is_success())
    }
}

/// What became of all requests.
#[derive(Clone, Debug, Default)]
pub struct Report(pub Vec<Record>);

impl Report {
    /// How many there were.
    pub fn total(&self) -> usize {
        self.0.len()
    }

    /// Those that failed.
    pub fn failures(&self) -> Vec<&Record> {
        self.0.iter().filter(|record| record.failed()).collect()
    }

    /// Those that failed and that may be sent twice.
    pub fn failures_of_safe_methods(&self) -> Vec<&Record> {
        self.0.iter().filter(|record| record.failed() && record.method.is_safe()).collect()
    }

    /// How many each instance answered.
    pub fn by_instance(&self) -> BTreeMap<&str, usize> {
        let mut count = BTreeMap::new();
        for name in self.0.iter().filter_map(|record| record.served_by.as_deref()) {
            *count.entry(name).or_default() += 1;
        }
        count
    }
}
