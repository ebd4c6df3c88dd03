use std::collections::{BTreeSet, HashMap};

use redis::Value;

use super::super::fault::UNKNOWN_HOST;
use super::super::place::Place;

/// Which node has which slots.
#[derive(Debug, Default)]
pub(super) struct Topology {
    ranges: Vec<Range>,
    /// What a node has said since about single slots.
    moved: HashMap<u16, Place>,
}

#[derive(Debug, PartialEq, Eq)]
struct Range {
    first: u16,
    last: u16,
    master: Place,
}

impl Topology {
    /// Reads the answer to `CLUSTER SLOTS` of this node; none if it has none to tell of. A node
    /// that does not know its own host leaves it out.
    pub(super) fn read(answer: &Value, of: &Place) -> Option<Self> {
        let Value::Array(ranges) = answer else {
            return None;
        };
        let ranges: Option<Vec<_>> = ranges.iter().map(|range| Range::read(range, of)).collect();
        let ranges = ranges.filter(|ranges| !ranges.is_empty())?;
        Some(Self { ranges, moved: HashMap::new() })
    }

    pub(super) fn master(&self, slot: u16) -> Option<&Place> {
        let of_range = || self.ranges.iter().find(|range| range.has(slot));
        self.moved.get(&slot).or_else(|| of_range().map(|range| &range.master))
    }

    pub(super) fn move_slot(&mut self, slot: u16, to: Place) {
        self.moved.insert(slot, to);
    }

    /// All of them, once each.
    pub(super) fn masters(&self) -> Vec<Place> {
        let all = self.ranges.iter().map(|range| &range.master).chain(self.moved.values());
        let mut seen = BTreeSet::new();
        all.filter(|place| seen.insert(place.to_string())).cloned().collect()
    }
}

impl Range {
    /// First, last, and nodes, of which the first is the master: a host and a port.
    fn read(range: &Value, of: &Place) -> Option<Self> {
        let Value::Array(parts) = range else {
            return None;
        };
        let [first, last, Value::Array(master), ..] = parts.as_slice() else {
            return None;
        };
        let [host, port, more @ ..] = master.as_slice() else {
            return None;
        };
        let host = text(host).filter(|host| !host.is_empty() && host != UNKNOWN_HOST);
        let host = host.or_else(|| address(more)).unwrap_or_else(|| of.host.clone());
        let master = Place { host, port: number(port)? };
        Some(Self { first: number(first)?, last: number(last)?, master })
    }

    fn has(&self, slot: u16) -> bool {
        (self.first..=self.last).contains(&slot)
    }
}

/// What a node is also known by, behind its id: names and values in turns.
fn address(more: &[Value]) -> Option<String> {
    let [_id, Value::Array(others), ..] = more else {
        return None;
    };
    let mut pairs = others.chunks_exact(2);
    pairs.find_map(|pair| match pair {
        [name, address] if text(name)? == "ip" => text(address).filter(|host| !host.is_empty()),
        _ => None,
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::BulkString(text) => String::from_utf8(text.clone()).ok(),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u16> {
    match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(host: &str, port: u16) -> Place {
        Place { host: host.into(), port }
    }

    fn range(first: i64, last: i64, host: &str, port: i64) -> Value {
        let node = vec![Value::BulkString(host.into()), Value::Int(port)];
        let node = Value::Array(node);
        Value::Array(vec![Value::Int(first), Value::Int(last), node.clone(), node])
    }

    fn two_nodes() -> Topology {
        let answer = Value::Array(vec![range(0, 99, "one", 1), range(100, 16_383, "", 2)]);
        Topology::read(&answer, &place("self", 7)).unwrap()
    }

    #[test]
    fn a_slot_has_the_master_of_its_range() {
        let topology = two_nodes();
        let masters = [0, 99, 100, 16_383].map(|slot| topology.master(slot).unwrap().port);
        assert_eq!(masters, [1, 1, 2, 2]);
    }

    #[test]
    fn a_node_that_does_not_know_its_host_is_where_it_was_asked() {
        assert_eq!(two_nodes().masters(), [place("one", 1), place("self", 2)]);
    }

    #[test]
    fn a_node_without_the_name_that_it_is_to_have_is_at_its_address() {
        let text = |text: &str| Value::BulkString(text.into());
        let also = Value::Array(vec![text("ip"), text("10.0.0.1")]);
        let node = Value::Array(vec![text("?"), Value::Int(1), text("id"), also]);
        let range = Value::Array(vec![Value::Int(0), Value::Int(16_383), node]);
        let topology = Topology::read(&Value::Array(vec![range]), &place("self", 7)).unwrap();
        assert_eq!(topology.masters(), [place("10.0.0.1", 1)]);
    }

    #[test]
    fn a_slot_that_moved_has_another_master() {
        let mut topology = two_nodes();
        topology.move_slot(5, place("three", 3));
        let masters = [4, 5, 6].map(|slot| topology.master(slot).unwrap().port);
        assert_eq!(masters, [1, 3, 1]);
        assert_eq!(topology.masters().len(), 3);
    }

    #[test]
    fn a_node_without_slots_knows_no_cluster() {
        let of = place("self", 7);
        for answer in [Value::Array(Vec::new()), Value::Nil, Value::Array(vec![Value::Int(1)])] {
            assert!(Topology::read(&answer, &of).is_none(), "{answer:?}");
        }
    }
}
