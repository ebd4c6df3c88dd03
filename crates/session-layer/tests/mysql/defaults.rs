//! What a server has for defaults makes no difference.

use std::sync::Arc;

use session_layer::conformance::{
    a_renewal_may_give_a_new_lifetime, a_session_ends_at_its_absolute_end,
    an_ending_cap_is_exact_under_concurrency, an_update_may_give_a_new_lifetime,
    changes_survive_a_renewal_at_the_same_time,
};
use test_servers::MariaDb;

use crate::engine::database;
use crate::sql::Aged;

const ODD: [&str; 8] = [
    "--sql-mode=ANSI_QUOTES,SIMULTANEOUS_ASSIGNMENT",
    "--default-time-zone=+05:30",
    "--transaction-isolation=SERIALIZABLE",
    "--autocommit=0",
    "--character-set-server=latin1",
    "--server-id=1",
    "--log-bin=changes",
    "--binlog-format=MIXED",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_servers_own_defaults_make_no_difference() {
    let server = MariaDb::start_with(&ODD).await.unwrap();
    let subject = async || Arc::new(Aged::at(database(&server).await).await);
    a_session_ends_at_its_absolute_end(subject().await).await;
    an_update_may_give_a_new_lifetime(subject().await).await;
    a_renewal_may_give_a_new_lifetime(subject().await).await;
    changes_survive_a_renewal_at_the_same_time(subject().await).await;
    an_ending_cap_is_exact_under_concurrency(subject().await).await;
}
