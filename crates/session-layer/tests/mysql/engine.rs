//! What the tests of both SQL backends need of this one.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use session_layer::backend::mysql::{MySqlBackend, MySqlBuilder};
use sqlx::{Connection, Executor, MySqlConnection, Row};
use test_servers::MariaDb;
use tokio::sync::OnceCell;

pub(crate) type Server = MariaDb;
pub(crate) type Sessions = MySqlBackend;

/// The server of all tests that do it no harm.
pub(crate) async fn shared() -> &'static MariaDb {
    static SHARED: OnceCell<MariaDb> = OnceCell::const_new();
    SHARED.get_or_init(async || MariaDb::start().await.unwrap()).await
}

/// The URL of a database that nobody else uses.
pub(crate) async fn database(server: &MariaDb) -> String {
    let name = unique("test");
    run(&server.url(""), &format!("CREATE DATABASE {name}")).await;
    server.url(&name)
}

pub(crate) fn builder(url: impl Into<String>) -> MySqlBuilder {
    MySqlBackend::builder(url)
}

/// Sessions in a database that has the tables, for tests that do not look at the time.
pub(crate) async fn sessions(url: &str) -> MySqlBackend {
    let sessions = builder(url).deadline(Duration::from_secs(20)).build().unwrap();
    sessions.migrate().await.unwrap();
    sessions
}

/// Runs a text of SQL as an administrator.
pub(crate) async fn run(url: &str, sql: &str) {
    try_run(url, sql).await.unwrap();
}

pub(crate) async fn try_run(url: &str, sql: &str) -> sqlx::Result<()> {
    let mut connection = MySqlConnection::connect(url).await?;
    connection.execute(sql).await?;
    connection.close().await
}

/// How many rows an administrator is given.
pub(crate) async fn rows(url: &str, sql: &str) -> usize {
    let mut connection = MySqlConnection::connect(url).await.unwrap();
    connection.fetch_all(sql).await.unwrap().len()
}

/// The URL for a user who has these rights in the database.
pub(crate) async fn user(url: &str, rights: &str) -> String {
    let (server, database) = url.rsplit_once('/').unwrap();
    let name = unique("user");
    let create = format!("CREATE USER {name} IDENTIFIED BY 'pa55'");
    run(url, &format!("{create}; GRANT {rights} ON {database}.* TO {name}")).await;
    format!("{}/{database}", server.replace("root@", &format!("{name}:pa55@")))
}

pub(crate) async fn without_rights_to_create(url: &str) -> String {
    user(url, "SELECT, INSERT, UPDATE, DELETE").await
}

pub(crate) async fn read_only(url: &str) -> String {
    user(url, "SELECT").await
}

/// The URL for a user who has another password.
pub(crate) async fn denied(server: &MariaDb) -> String {
    server.url("test").replace("root@", "root:pa55@")
}

pub(crate) fn without_database(server: &MariaDb) -> String {
    server.url("nothing")
}

/// Has a node wait for what others have acknowledged, before it is asked.
pub(crate) const CAUSAL: &str = "SET wsrep_sync_wait = 7;";

/// What is no text.
pub(crate) const BYTES: &str = "x'FF00FF'";

/// Makes writing fail as a full disk does.
pub(crate) const FULL: &str = "
    CREATE TRIGGER full_insert BEFORE INSERT ON sessions FOR EACH ROW
        SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1021, MESSAGE_TEXT = 'Disk full';
    CREATE TRIGGER full_update BEFORE UPDATE ON sessions FOR EACH ROW
        SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'";

/// Makes so many inserts fail as a deadlock does. They are counted where no rollback undoes it.
pub(crate) fn deadlocks(count: u32) -> String {
    format!(
        "CREATE TABLE deadlocks (seen BIGINT) ENGINE=MyISAM;
         INSERT INTO deadlocks VALUES (0);
         CREATE TRIGGER deadlock BEFORE INSERT ON sessions FOR EACH ROW
         BEGIN
             UPDATE deadlocks SET seen = seen + 1;
             IF (SELECT seen FROM deadlocks) <= {count} THEN
                 SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock';
             END IF;
         END"
    )
}

/// Rows that an administrator has locked.
pub(crate) struct Held(MySqlConnection);

impl Held {
    pub(crate) async fn row(url: &str) -> Self {
        Self::by(url, "SELECT * FROM sessions FOR UPDATE").await
    }

    /// Rows that this statement has locked.
    pub(crate) async fn by(url: &str, sql: &str) -> Self {
        let mut connection = MySqlConnection::connect(url).await.unwrap();
        connection.execute(&*format!("BEGIN; {sql}")).await.unwrap();
        Self(connection)
    }

    pub(crate) async fn let_go(mut self) {
        self.0.execute("COMMIT").await.unwrap();
        self.0.close().await.unwrap();
    }
}

/// How many wait for somebody else's lock.
pub(crate) async fn waiting(url: &str) -> i64 {
    let sql = "SELECT CAST(variable_value AS INTEGER) FROM information_schema.global_status \
               WHERE variable_name = 'Innodb_row_lock_current_waits'";
    let mut connection = MySqlConnection::connect(url).await.unwrap();
    connection.fetch_one(sql).await.unwrap().get(0)
}

pub(crate) fn unique(kind: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("{kind}_{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A URL with a password.
pub(crate) const URL: &str = "mysql://user:pa55@db.internal:3000/shop";

/// How a URL asks for TLS.
pub(crate) struct Tls;

pub(crate) const TLS: Tls = Tls;

impl Tls {
    pub(crate) fn never(&self, url: &str) -> String {
        format!("{url}?ssl-mode=DISABLED")
    }

    pub(crate) fn required(&self, url: &str) -> String {
        format!("{url}?ssl-mode=REQUIRED")
    }

    pub(crate) fn any_name(&self, url: &str) -> String {
        format!("{url}?ssl-mode=VERIFY_CA")
    }

    pub(crate) fn authority_only(&self, url: &str) -> String {
        format!("{url}?ssl-ca=/ca.pem")
    }

    pub(crate) fn verified(&self, url: &str, authority: &Path) -> String {
        format!("{url}?ssl-mode=VERIFY_IDENTITY&ssl-ca={}", authority.display())
    }
}

/// The URL for a user of a database who is let in over TLS only.
pub(crate) async fn only_with_tls(server: &MariaDb) -> String {
    let url = database(server).await;
    let user = user(&url, "ALL").await;
    let name = user.strip_prefix("mysql://").unwrap().split_once(':').unwrap().0;
    run(&url, &format!("ALTER USER {name} REQUIRE SSL")).await;
    user
}
