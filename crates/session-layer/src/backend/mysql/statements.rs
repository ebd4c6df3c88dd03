use sqlx::mysql::MySqlArguments;
use sqlx::query::Query;
use sqlx::{MySql, MySqlConnection, QueryBuilder, Row};

use super::sql;
use crate::backend::sql::{
    Counted, Entry, Handover, Heir, Read, Statements, Takeover, key_of_bytes, millis, swept,
    user_number,
};
use crate::backend::{Change, Draft, SessionKey, Swept, TOMBSTONE_LIFE, UserId};

type Statement<'q> = Query<'q, MySql, MySqlArguments>;

impl Statements for MySqlConnection {
    async fn entry(&mut self, key: &SessionKey) -> Result<Option<Entry>, sqlx::Error> {
        one(self, sqlx::query(sql::ENTRY).bind(bytes(key))).await
    }

    async fn locked_entry(&mut self, key: &SessionKey) -> Result<Option<Entry>, sqlx::Error> {
        one(self, sqlx::query(sql::LOCKED_ENTRY).bind(bytes(key))).await
    }

    async fn entries_of(&mut self, user: &UserId) -> Result<Vec<Entry>, sqlx::Error> {
        let query = sqlx::query(sql::ENTRIES_OF_USER).bind(user.as_str().as_bytes());
        query.fetch_all(self).await?.iter().map(Entry::read).collect()
    }

    async fn insert(&mut self, key: &SessionKey, draft: &Draft) -> Result<bool, sqlx::Error> {
        let insert = || {
            sqlx::query(sql::INSERT)
                .bind(bytes(key))
                .bind(draft.user.as_ref().map(|user| user.as_str().as_bytes()))
                .bind(draft.payload.as_bytes())
                .bind(millis(draft.lifetime.idle))
                .bind(millis(draft.lifetime.absolute))
        };
        insert_or_free(self, key, insert).await
    }

    async fn insert_renewed(&mut self, renewed: &Handover<'_>) -> Result<bool, sqlx::Error> {
        let idle = renewed.lifetime.map(|lifetime| millis(lifetime.idle));
        let absolute = renewed.lifetime.map(|lifetime| millis(lifetime.absolute));
        let insert = || {
            sqlx::query(sql::INSERT_RENEWED)
                .bind(bytes(renewed.to))
                .bind(renewed.payload.as_bytes())
                .bind(idle)
                .bind(absolute)
                .bind(idle)
                .bind(absolute)
                .bind(bytes(renewed.from))
                .bind(renewed.version)
        };
        insert_or_free(self, renewed.to, insert).await
    }

    async fn restore(&mut self, session: &Takeover<'_>) -> Result<bool, sqlx::Error> {
        match did(self, insert_restored(session)).await {
            // What is under the key is held from here on, until the transaction ends.
            Err(error) if is_taken(&error) => did(self, replace_by(session)).await,
            inserted => inserted,
        }
    }

    async fn supersede(
        &mut self,
        key: &SessionKey,
        read: Read<'_>,
        heir: Option<Heir<'_>>,
    ) -> Result<bool, sqlx::Error> {
        let query = sqlx::query(sql::SUPERSEDE)
            .bind(heir.map(|heir| bytes(heir.key)))
            .bind(heir.map_or(0, |heir| millis(heir.grace)))
            .bind(millis(heir.map_or(TOMBSTONE_LIFE, |heir| heir.kept)))
            .bind(bytes(key))
            .bind(read.version)
            .bind(read.user.map(|user| user.as_str().as_bytes()));
        did(self, query).await
    }

    async fn end(&mut self, key: &SessionKey) -> Result<bool, sqlx::Error> {
        did(self, sqlx::query(sql::END).bind(millis(TOMBSTONE_LIFE)).bind(bytes(key))).await
    }

    async fn update(
        &mut self,
        key: &SessionKey,
        version: i64,
        change: &Change,
    ) -> Result<bool, sqlx::Error> {
        let query = sqlx::query(sql::UPDATE)
            .bind(change.payload.as_bytes())
            .bind(change.lifetime.map(|lifetime| millis(lifetime.idle)))
            .bind(change.lifetime.map(|lifetime| millis(lifetime.absolute)))
            .bind(bytes(key))
            .bind(version);
        did(self, query).await
    }

    async fn touch(&mut self, key: &SessionKey) -> Result<bool, sqlx::Error> {
        did(self, sqlx::query(sql::TOUCH).bind(bytes(key))).await
    }

    async fn lock_user(&mut self, user: &UserId) -> Result<(), sqlx::Error> {
        let number = i64::from(user_number(user) % LOCKS);
        if did(self, sqlx::query(sql::LOCK_USER).bind(number)).await? {
            return Ok(());
        }
        let advice = "session_locks lacks rows: run migrations/mysql/0001_sessions.sql";
        Err(sqlx::Error::Configuration(advice.into()))
    }

    async fn disown_expired(&mut self, user: &UserId) -> Result<(), sqlx::Error> {
        let query = sqlx::query(sql::DISOWN_EXPIRED).bind(user.as_str().as_bytes());
        query.execute(self).await.map(drop)
    }

    async fn locked_keys_of(&mut self, user: &UserId) -> Result<Vec<SessionKey>, sqlx::Error> {
        let query = sqlx::query(sql::KEYS_OF_USER).bind(user.as_str().as_bytes());
        let rows = query.fetch_all(self).await?;
        rows.iter().map(|row| key_of_bytes(row.try_get(0)?)).collect()
    }

    async fn sweep(&mut self, limit: u32) -> Result<Swept, sqlx::Error> {
        let query = sqlx::query_as(sql::EXPIRED).bind(limit);
        let rows: Vec<(Vec<u8>, Option<i64>)> = query.fetch_all(&mut *self).await?;
        let (ids, lives): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        remove(self, &ids).await?;
        Ok(swept(&lives))
    }

    async fn count(&mut self, limit: i64) -> Result<Counted, sqlx::Error> {
        let row = sqlx::query(sql::COUNT).bind(limit).fetch_one(self).await?;
        Ok(Counted { all: row.try_get(0)?, live: row.try_get(1)?, now: row.try_get(2)? })
    }

    async fn estimate(&mut self) -> Result<i64, sqlx::Error> {
        sqlx::query(sql::ESTIMATE).fetch_one(self).await?.try_get(0)
    }
}

/// How many rows the migration puts into `session_locks`.
const LOCKS: u32 = 1024;

fn bytes(key: &SessionKey) -> &[u8] {
    key.as_bytes()
}

async fn one(
    connection: &mut MySqlConnection,
    query: Statement<'_>,
) -> Result<Option<Entry>, sqlx::Error> {
    let row = query.fetch_optional(connection).await?;
    row.as_ref().map(Entry::read).transpose()
}

/// Whether the one row was there. The driver asks for rows that were found, changed or not.
async fn did(connection: &mut MySqlConnection, query: Statement<'_>) -> Result<bool, sqlx::Error> {
    Ok(query.execute(connection).await?.rows_affected() > 0)
}

fn insert_restored<'a>(session: &Takeover<'a>) -> Statement<'a> {
    sqlx::query(sql::INSERT_RESTORED)
        .bind(bytes(session.key))
        .bind(session.user.map(|user| user.as_str().as_bytes()))
        .bind(session.payload)
        .bind(session.version)
        .bind(session.created)
        .bind(session.last_seen)
        .bind(session.idle)
        .bind(session.ends)
        .bind(session.expires)
        .bind(session.expires)
}

fn replace_by<'a>(session: &Takeover<'a>) -> Statement<'a> {
    sqlx::query(sql::REPLACE_BY_RESTORED)
        .bind(session.user.map(|user| user.as_str().as_bytes()))
        .bind(session.payload)
        .bind(session.version)
        .bind(session.created)
        .bind(session.last_seen)
        .bind(session.idle)
        .bind(session.ends)
        .bind(session.expires)
        .bind(bytes(session.key))
        .bind(session.version)
}

/// There is no `RETURNING` in MySQL.
async fn remove(connection: &mut MySqlConnection, ids: &[Vec<u8>]) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<MySql>::new(sql::REMOVE);
    for id in ids {
        query.push(", ").push_bind(&id[..]);
    }
    query.push(")");
    // There are as many texts of it as there are numbers of rows.
    query.build().persistent(false).execute(connection).await.map(drop)
}

/// A key that has an expired row is free, once the row is removed.
async fn insert_or_free<'q>(
    connection: &mut MySqlConnection,
    key: &SessionKey,
    insert: impl Fn() -> Statement<'q> + Send,
) -> Result<bool, sqlx::Error> {
    match did(connection, insert()).await {
        Err(error) if is_taken(&error) => {}
        inserted => return inserted,
    }
    if !did(connection, sqlx::query(sql::FREE).bind(bytes(key))).await? {
        return Ok(false);
    }
    match did(connection, insert()).await {
        Err(error) if is_taken(&error) => Ok(false),
        inserted => inserted,
    }
}

fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.is_unique_violation())
}
