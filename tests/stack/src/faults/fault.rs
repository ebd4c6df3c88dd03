use std::fmt;

use anyhow::{Context, Result};

use super::{Outcome, Pace, scenario};

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// An instance of the shop is killed, and started again.
    InstanceKilled,
    /// The master of a Redis is killed.
    MasterKilled,
    /// The master of a Redis hangs, and goes on when another one has taken its place.
    MasterHangs,
    /// The master of a Redis is cut off from its replicas for a while.
    MasterCutOff,
    /// A master of a Redis cluster is killed, and comes back as a replica.
    ClusterMasterKilled,
    /// The primary store is killed, and comes back empty.
    RestartedEmpty,
    /// The primary store hangs for a while.
    PrimaryHangs,
    /// The backup store is killed, and comes back.
    BackupKilled,
    /// Both stores are killed, and come back.
    BothKilled,
    /// A node of a Galera cluster is killed, and comes back.
    NodeKilled,
    /// A Redis has no memory left for a while.
    Full,
    /// A Redis is slow for a while.
    Slow,
    /// The only store is killed, and comes back empty: nothing can make up for that, and what
    /// counts has to show it.
    Forgotten,
}

impl Fault {
    /// All that users are not to notice more of than they must.
    pub const ALL: [Self; 12] = [
        Self::InstanceKilled,
        Self::MasterKilled,
        Self::MasterHangs,
        Self::MasterCutOff,
        Self::ClusterMasterKilled,
        Self::RestartedEmpty,
        Self::PrimaryHangs,
        Self::BackupKilled,
        Self::BothKilled,
        Self::NodeKilled,
        Self::Full,
        Self::Slow,
    ];

    /// Starts what is needed, lets it happen under load, and counts.
    ///
    /// # Errors
    /// Something can't be started, or does not come back at all.
    pub async fn happen(self, pace: Pace) -> Result<Outcome> {
        let outcome = match self {
            Self::InstanceKilled => scenario::instance_killed(pace).await,
            Self::MasterKilled => scenario::master_killed(pace).await,
            Self::MasterHangs => scenario::master_hangs(pace).await,
            Self::MasterCutOff => scenario::master_cut_off(pace).await,
            Self::ClusterMasterKilled => scenario::cluster_master_killed(pace).await,
            Self::RestartedEmpty => scenario::restarted_empty(pace).await,
            Self::PrimaryHangs => scenario::primary_hangs(pace).await,
            Self::BackupKilled => scenario::backup_killed(pace).await,
            Self::BothKilled => scenario::both_killed(pace).await,
            Self::NodeKilled => scenario::node_killed(pace).await,
            Self::Full => scenario::full(pace).await,
            Self::Slow => scenario::slow(pace).await,
            Self::Forgotten => scenario::forgotten(pace).await,
        };
        Ok(outcome.with_context(|| self.to_string())?.of(self))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InstanceKilled => "an instance is killed, and started again",
            Self::MasterKilled => "the master is killed",
            Self::MasterHangs => "the master hangs, and comes back when it is replaced",
            Self::MasterCutOff => "the master is cut off from its replicas",
            Self::ClusterMasterKilled => "a master of the cluster is killed, and comes back",
            Self::RestartedEmpty => "the primary is killed, and comes back empty",
            Self::PrimaryHangs => "the primary hangs for a while",
            Self::BackupKilled => "the backup is killed, and comes back",
            Self::BothKilled => "both stores are killed, and come back, one of them empty",
            Self::NodeKilled => "a node that is asked is killed, and comes back",
            Self::Full => "the store has no memory left for a while",
            Self::Slow => "the store takes 200 ms longer for a while",
            Self::Forgotten => "the only store is killed, and comes back empty",
        })
    }
}
