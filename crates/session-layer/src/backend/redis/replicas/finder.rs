use std::time::Duration;

use redis::cmd;
use tokio::time::Instant;

use super::super::cluster::Topology;
use super::super::link::Link;
use super::super::place::Place;

/// Who knows where the replicas of a master are.
#[derive(Clone)]
pub(in super::super) enum Finder {
    /// The master itself, which has their addresses.
    Master,
    /// The cluster, which may know them by other names and ports than the master, for TLS.
    Cluster { master: Place, asked: Option<Instant> },
}

/// How often to ask a cluster at most, where that is work for it.
const PAUSE: Duration = Duration::from_secs(1);

impl Finder {
    pub(in super::super) fn in_cluster(master: Place) -> Self {
        Self::Cluster { master, asked: None }
    }

    /// Where they are, if that may be news: of a master that has these at the moment.
    pub(super) async fn find(
        &mut self,
        told: Vec<Place>,
        link: &Link,
        deadline: Instant,
    ) -> Option<Vec<Place>> {
        let Self::Cluster { master, asked } = self else {
            return Some(told);
        };
        if asked.is_some_and(|asked| asked.elapsed() < PAUSE) {
            return None;
        }
        let answer = link.ask(cmd("CLUSTER").arg("SLOTS"), deadline).await.ok()?;
        *asked = Some(Instant::now());
        Topology::read(&answer, master).map(|topology| topology.replicas(master))
    }
}
