use redis::{RedisResult, Value, cmd};
use tokio::time::Instant;

use super::super::place::Place;
use super::super::wire::Wire;

/// What a server says of its part in replication. Offsets are those of its history.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Master {
        history: String,
        offset: u64,
        replicas: Vec<Place>,
    },
    /// One that is connected to its master.
    Replica {
        history: String,
        offset: u64,
    },
}

/// None if it is neither.
pub(super) async fn ask(wire: &Wire, deadline: Instant) -> RedisResult<Option<Told>> {
    Ok(match wire.ask(cmd("INFO").arg("replication"), deadline).await? {
        Value::BulkString(text) => Told::read(&String::from_utf8_lossy(&text)),
        _ => None,
    })
}

impl Told {
    fn read(text: &str) -> Option<Self> {
        let lines = || text.lines().filter_map(|line| line.split_once(':'));
        let value = |name| lines().find(|(key, _)| *key == name).map(|(_, value)| value);
        let history = value("master_replid")?.to_owned();
        match (value("role")?, value("master_link_status")) {
            ("master", _) => {
                let replicas = lines().filter_map(|(key, value)| replica(key, value)).collect();
                let offset = value("master_repl_offset")?.parse().ok()?;
                Some(Self::Master { history, offset, replicas })
            }
            ("slave", Some("up")) => {
                let offset = value("slave_repl_offset")?.parse().ok()?;
                Some(Self::Replica { history, offset })
            }
            _ => None,
        }
    }
}

/// Such as `slave0:ip=10.0.0.2,port=6379,state=online,offset=84,lag=0`.
fn replica(key: &str, value: &str) -> Option<Place> {
    let number = key.strip_prefix("slave")?;
    let of = |name| {
        let mut pairs = value.split(',').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let is_online = number.parse::<u32>().is_ok() && of("state") == Some("online");
    is_online.then_some(Place { host: of("ip")?.to_owned(), port: of("port")?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASTER: &str = "# Replication\r\nrole:master\r\nconnected_slaves:3\r\n\
        slave0:ip=10.0.0.2,port=6379,state=online,offset=84,lag=0\r\n\
        slave1:ip=fd00::3,port=6380,state=online,offset=84,lag=1\r\n\
        slave2:ip=10.0.0.4,port=6379,state=wait_bgsave,offset=0,lag=0\r\n\
        master_replid:abc\r\nmaster_replid2:000\r\nmaster_repl_offset:98\r\n";

    const REPLICA: &str = "# Replication\r\nrole:slave\r\nmaster_host:10.0.0.1\r\n\
        master_link_status:up\r\nmaster_last_io_seconds_ago:1\r\nslave_read_repl_offset:99\r\n\
        slave_repl_offset:84\r\nmaster_replid:abc\r\nmaster_repl_offset:84\r\n";

    #[test]
    fn a_master_tells_of_its_replicas_but_for_those_that_have_nothing_yet() {
        let place = |host: &str, port| Place { host: host.into(), port };
        let replicas = vec![place("10.0.0.2", 6379), place("fd00::3", 6380)];
        let told = Told::Master { history: "abc".into(), offset: 98, replicas };
        assert_eq!(Told::read(MASTER), Some(told));
    }

    #[test]
    fn a_replica_tells_what_it_has_carried_out() {
        let told = Told::Replica { history: "abc".into(), offset: 84 };
        assert_eq!(Told::read(REPLICA), Some(told));
    }

    #[test]
    fn a_replica_without_its_master_tells_nothing() {
        assert_eq!(Told::read(&REPLICA.replace("status:up", "status:down")), None);
    }

    #[test]
    fn who_tells_something_else_tells_nothing() {
        for text in ["", "role:master", "role:sentinel\r\nmaster_replid:abc"] {
            assert_eq!(Told::read(text), None, "{text}");
        }
        assert_eq!(Told::read(&MASTER.replace("offset:98", "offset:-1")), None);
    }
}
