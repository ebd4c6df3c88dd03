//! What the tests of both SQL backends need of this one.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use session_layer::backend::postgres::{PostgresBackend, PostgresBuilder};
use sqlx::{Connection, Executor, PgConnection, Row};
use test_servers::Postgres;
use tokio::sync::OnceCell;

pub(crate) type Server = Postgres;
pub(crate) type Sessions = PostgresBackend;

/// The server of all tests that do it no harm.
pub(crate) async fn shared() -> &'static Postgres {
    static SHARED: OnceCell<Postgres> = OnceCell::const_new();
    SHARED.get_or_init(async || Postgres::start().await.unwrap()).await
}

/// The URL of a schema that nobody else uses.
pub(crate) async fn database(server: &Postgres) -> String {
    let name = unique("test");
    run(&server.url("postgres"), &format!("CREATE SCHEMA {name}")).await;
    format!("{}?options[search_path]={name}", server.url("postgres"))
}

pub(crate) fn builder(url: impl Into<String>) -> PostgresBuilder {
    PostgresBackend::builder(url)
}

/// Sessions in a schema that has the tables, for tests that do not look at the time.
pub(crate) async fn sessions(url: &str) -> PostgresBackend {
    let sessions = builder(url).deadline(Duration::from_secs(20)).build().unwrap();
    sessions.migrate().await.unwrap();
    sessions
}

/// Runs a text of SQL as an administrator.
pub(crate) async fn run(url: &str, sql: &str) {
    try_run(url, sql).await.unwrap();
}

pub(crate) async fn try_run(url: &str, sql: &str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(sql).await?;
    connection.close().await
}

/// How many rows an administrator is given.
pub(crate) async fn rows(url: &str, sql: &str) -> usize {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.fetch_all(sql).await.unwrap().len()
}

/// The URL for a user who has these rights in the schema.
async fn user(url: &str, rights: &str) -> String {
    let schema = url.rsplit_once('=').unwrap().1;
    let name = unique("user");
    let create = format!("CREATE USER {name}; GRANT USAGE ON SCHEMA {schema} TO {name}");
    run(url, &format!("{create}; GRANT {rights} ON ALL TABLES IN SCHEMA {schema} TO {name}")).await;
    url.replace("postgres@", &format!("{name}@"))
}

pub(crate) async fn without_rights_to_create(url: &str) -> String {
    user(url, "SELECT, INSERT, UPDATE, DELETE").await
}

pub(crate) async fn read_only(url: &str) -> String {
    user(url, "SELECT").await
}

/// The URL for a user whom there is not: on this server no password is wrong.
pub(crate) async fn denied(server: &Postgres) -> String {
    server.url("postgres").replace("postgres@", "nobody:pa55@")
}

pub(crate) fn without_database(server: &Postgres) -> String {
    server.url("nothing")
}

/// There is one server.
pub(crate) const CAUSAL: &str = "";

/// What is no text.
pub(crate) const BYTES: &str = r"'\xff00ff'";

/// Makes writing fail as a full disk does.
pub(crate) const FULL: &str = "
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON sessions
        FOR EACH ROW EXECUTE FUNCTION full_disk()";

/// Makes so many inserts fail as a deadlock does. They are counted where no rollback undoes it.
pub(crate) fn deadlocks(count: u32) -> String {
    format!(
        "CREATE SEQUENCE deadlocks;
         CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('deadlocks') <= {count} THEN
                 RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
             END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER deadlock BEFORE INSERT ON sessions
             FOR EACH ROW EXECUTE FUNCTION deadlock()"
    )
}

/// Rows that an administrator has locked.
pub(crate) struct Held(PgConnection);

impl Held {
    pub(crate) async fn row(url: &str) -> Self {
        Self::by(url, "SELECT * FROM sessions FOR UPDATE").await
    }

    /// Rows that this statement has locked.
    pub(crate) async fn by(url: &str, sql: &str) -> Self {
        let mut connection = PgConnection::connect(url).await.unwrap();
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
    let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.fetch_one(sql).await.unwrap().get(0)
}

fn unique(kind: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("{kind}_{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A URL with a password.
pub(crate) const URL: &str = "postgres://user:pa55@db.internal:3000/shop";

/// How a URL asks for TLS.
pub(crate) struct Tls;

pub(crate) const TLS: Tls = Tls;

impl Tls {
    pub(crate) fn never(&self, url: &str) -> String {
        with(url, "sslmode=disable")
    }

    pub(crate) fn required(&self, url: &str) -> String {
        with(url, "sslmode=require")
    }

    pub(crate) fn any_name(&self, url: &str) -> String {
        with(url, "sslmode=verify-ca")
    }

    pub(crate) fn authority_only(&self, url: &str) -> String {
        with(url, "sslrootcert=/ca.pem")
    }

    pub(crate) fn verified(&self, url: &str, authority: &Path) -> String {
        with(url, &format!("sslmode=verify-full&sslrootcert={}", authority.display()))
    }
}

fn with(url: &str, parameter: &str) -> String {
    format!("{url}{}{parameter}", if url.contains('?') { '&' } else { '?' })
}

/// The URL for a user of a schema who is let in over TLS only.
pub(crate) async fn only_with_tls(server: &Postgres) -> String {
    let url = database(server).await;
    let rules = server.data().join("pg_hba.conf");
    let others = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, format!("hostnossl all tls_only all reject\n{others}")).unwrap();
    run(&url, "CREATE USER tls_only SUPERUSER; SELECT pg_reload_conf()").await;
    url.replace("postgres@", "tls_only@")
}
