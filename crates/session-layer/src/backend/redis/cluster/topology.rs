use std::collections::{BTreeSet, HashMap};

use redis::Value;

use super::super::fault::UNKNOWN_HOST;
use super::super::place::Place;

/// Which node has which slots.
#[derive(Debug, Default)]
pub(in super::super) struct Topology {
    ranges: Vec<Range>,
    /// What a node has said since about single slots.
    moved: HashMap<u16, Place>,
}

#[derive(Debug, PartialEq, Eq)]
struct Range {
    first: u16,
    last: u16,
    master: Place,
    replicas: Vec<Place>,
}

impl Topology {
    /// Reads the answer to `CLUSTER SLOTS` of this node; none if it has none to tell of. A node
    /// that does not know its own host leaves it out.
    pub(in super::super) fn read(answer: &Value, of: &Place) -> Option<Self> {
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

    /// All replicas of a master, once each.
    pub(in super::super) fn replicas(&self, of: &Place) -> Vec<Place> {
        let ranges = self.ranges.iter().filter(|range| range.master == *of);
        once_each(ranges.flat_map(|range| &range.replicas))
    }

    pub(super) fn move_slot(&mut self, slot: u16, to: Place) {
        self.moved.insert(slot, to);
    }

    /// All of them, once each.
    pub(super) fn masters(&self) -> Vec<Place> {
        once_each(self.ranges.iter().map(|range| &range.master).chain(self.moved.values()))
    }
}

impl Range {
    /// First, last, and nodes, of which the first is the master.
    fn read(range: &Value, of: &Place) -> Option<Self> {
        let Value::Array(parts) = range else {
            return None;
        };
        let [first, last, master, replicas @ ..] = parts.as_slice() else {
            return None;
        };
        let replicas = replicas.iter().filter_map(|replica| place(replica, of)).collect();
        let (first, last) = (number(first)?, number(last)?);
        Some(Self { first, last, master: place(master, of)?, replicas })
    }

    fn has(&self, slot: u16) -> bool {
        (self.first..=self.last).contains(&slot)
    }
}

fn once_each<'a>(places: impl Iterator<Item = &'a Place>) -> Vec<Place> {
    let mut seen = BTreeSet::new();
    places.filter(|place| seen.insert(place.to_string())).cloned().collect()
}

/// A node's host and port.
fn place(node: &Value, of: &Place) -> Option<Place> {
    let Value::Array(parts) = node else {
        return None;
    };
    let [host, port, more @ ..] = parts.as_slice() else {
        return None;
    };
    let host = text(host).filter(|host| !host.is_empty() && host != UNKNOWN_HOST);
    let host = host.or_else(|| address(more)).unwrap_or_else(|| of.host.clone());
    Some(Place { host, port: number(port)? })
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

    fn at(host: &str, port: u16) -> Place {
        Place { host: host.into(), port }
    }

    fn range(first: i64, last: i64, host: &str, port: i64) -> Value {
        let node = vec![Value::BulkString(host.into()), Value::Int(port)];
        let node = Value::Array(node);
        Value::Array(vec![Value::Int(first), Value::Int(last), node.clone(), node])
    }

    fn two_nodes() -> Topology {
        let answer = Value::Array(vec![range(0, 99, "one", 1), range(100, 16_383, "", 2)]);
        Topology::read(&answer, &at("self", 7)).unwrap()
    }

    #[test]
    fn a_slot_has_the_master_of_its_range() {
        let topology = two_nodes();
        let masters = [0, 99, 100, 16_383].map(|slot| topology.master(slot).unwrap().port);
        assert_eq!(masters, [1, 1, 2, 2]);
    }

    #[test]
    fn the_nodes_behind_a_master_are_its_replicas_once_each() {
        let node = |port| Value::Array(vec![Value::BulkString("one".into()), Value::Int(port)]);
        let range = |first, last, nodes: [i64; 3]| {
            let nodes = nodes.into_iter().map(node);
            Value::Array([Value::Int(first), Value::Int(last)].into_iter().chain(nodes).collect())
        };
        let ranges =
            vec![range(0, 9, [1, 2, 3]), range(10, 19, [4, 5, 6]), range(20, 29, [1, 3, 2])];
        let topology = Topology::read(&Value::Array(ranges), &at("self", 7)).unwrap();
        assert_eq!(topology.replicas(&at("one", 1)), [at("one", 2), at("one", 3)]);
        assert_eq!(topology.replicas(&at("one", 2)), []);
    }

    #[test]
    fn a_node_that_does_not_know_its_host_is_where_it_was_asked() {
        assert_eq!(two_nodes().masters(), [at("one", 1), at("self", 2)]);
    }

    #[test]
    fn a_node_without_the_name_that_it_is_to_have_is_at_its_address() {
        let text = |text: &str| Value::BulkString(text.into());
        let also = Value::Array(vec![text("ip"), text("10.0.0.1")]);
        let node = Value::Array(vec![text("?"), Value::Int(1), text("id"), also]);
        let range = Value::Array(vec![Value::Int(0), Value::Int(16_383), node]);
        let topology = Topology::read(&Value::Array(vec![range]), &at("self", 7)).unwrap();
        assert_eq!(topology.masters(), [at("10.0.0.1", 1)]);
    }

    #[test]
    fn a_slot_that_moved_has_another_master() {
        let mut topology = two_nodes();
        topology.move_slot(5, at("three", 3));
        let masters = [4, 5, 6].map(|slot| topology.master(slot).unwrap().port);
        assert_eq!(masters, [1, 3, 1]);
        assert_eq!(topology.masters().len(), 3);
    }

    #[test]
    fn a_node_without_slots_knows_no_cluster() {
        let of = at("self", 7);
        for answer in [Value::Array(Vec::new()), Value::Nil, Value::Array(vec![Value::Int(1)])] {
            assert!(Topology::read(&answer, &of).is_none(), "{answer:?}");
        }
    }
}
