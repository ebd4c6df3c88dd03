use session_layer::backend::Backend;
use test_servers::MariaDb;

use crate::engine::{database, run, sessions, user};

/// Whoever connects from now on is told what it was a minute before, but for administrators.
const LATE: &str = "SET GLOBAL init_connect = 'SET timestamp = UNIX_TIMESTAMP() - 60'";

#[tokio::test]
async fn a_server_whose_clock_is_late_is_told_of() {
    let server = MariaDb::start().await.unwrap();
    let url = database(&server).await;
    sessions(&url).await;
    run(&url, LATE).await;
    let late = sessions(&user(&url, "ALL").await).await;
    let skew = late.health().await.stores[0].clock_skew_ms.unwrap();
    assert!((-90_000..=-59_000).contains(&skew), "it is {skew} ms ahead");
}
