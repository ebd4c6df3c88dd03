//! Faults on real servers under load, in short; `tests/run.sh faults` has the long form.

use anyhow::Result;
use stack_tests::faults::{Fault, Pace};

async fn check(fault: Fault) -> Result<()> {
    let outcome = fault.happen(Pace::SHORT).await?;
    assert_eq!(outcome.broken(), Vec::<String>::new(), "{outcome}");
    Ok(())
}

#[tokio::test]
async fn an_instance_that_is_killed_costs_nobody_anything() -> Result<()> {
    check(Fault::InstanceKilled).await
}

#[tokio::test]
async fn a_redis_master_that_is_killed_loses_nothing_that_a_replica_had() -> Result<()> {
    check(Fault::MasterKilled).await
}

#[tokio::test]
async fn a_redis_master_that_hangs_is_replaced_and_comes_back_as_a_replica() -> Result<()> {
    check(Fault::MasterHangs).await
}

#[tokio::test]
async fn a_redis_master_without_replicas_acknowledges_nothing() -> Result<()> {
    check(Fault::MasterCutOff).await
}

#[tokio::test]
async fn a_redis_cluster_master_that_is_killed_loses_nothing_that_its_replica_had() -> Result<()> {
    check(Fault::ClusterMasterKilled).await
}

#[tokio::test]
async fn a_primary_that_comes_back_empty_is_given_its_sessions() -> Result<()> {
    check(Fault::RestartedEmpty).await
}

#[tokio::test]
async fn a_primary_that_hangs_is_replaced_by_the_backup() -> Result<()> {
    check(Fault::PrimaryHangs).await
}

#[tokio::test]
async fn a_backup_that_is_killed_is_given_what_it_missed() -> Result<()> {
    check(Fault::BackupKilled).await
}

#[tokio::test]
async fn when_both_stores_have_been_away_everybody_is_who_they_were() -> Result<()> {
    check(Fault::BothKilled).await
}

#[tokio::test]
async fn a_galera_node_that_is_killed_loses_nothing() -> Result<()> {
    check(Fault::NodeKilled).await
}

#[tokio::test]
async fn a_redis_without_memory_refuses_changes_and_ends_no_session() -> Result<()> {
    check(Fault::Full).await
}

#[tokio::test]
async fn a_slow_redis_fails_nothing() -> Result<()> {
    check(Fault::Slow).await
}

#[tokio::test]
async fn a_store_that_forgets_its_sessions_does_not_go_unnoticed() -> Result<()> {
    let outcome = Fault::Forgotten.happen(Pace::SHORT).await?;
    let expected = format!("{} users were logged out", Pace::SHORT.shoppers);
    assert_eq!(outcome.broken(), [expected], "{outcome}");
    Ok(())
}
