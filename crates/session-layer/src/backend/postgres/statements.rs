use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres, Row};

use super::sql;
use crate::backend::sql::{
    Counted, Entry, Handover, Heir, Read, Statements, Takeover, key_of_bytes, millis, swept,
    user_number,
};
use crate::backend::{Change, Draft, SessionKey, Swept, TOMBSTONE_LIFE, UserId};

type Statement<'q> = Query<'q, Postgres, PgArguments>;

impl Statements for PgConnection {
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
        let query = sqlx::query(sql::INSERT)
            .bind(bytes(key))
            .bind(draft.user.as_ref().map(|user| user.as_str().as_bytes()))
            .bind(draft.payload.as_bytes())
            .bind(millis(draft.lifetime.idle))
            .bind(millis(draft.lifetime.absolute));
        did(self, query).await
    }

    async fn insert_renewed(&mut self, renewed: &Handover<'_>) -> Result<bool, sqlx::Error> {
        let query = sqlx::query(sql::INSERT_RENEWED)
            .bind(bytes(renewed.to))
            .bind(renewed.payload.as_bytes())
            .bind(renewed.lifetime.map(|lifetime| millis(lifetime.idle)))
            .bind(renewed.lifetime.map(|lifetime| millis(lifetime.absolute)))
            .bind(bytes(renewed.from))
            .bind(renewed.version);
        did(self, query).await
    }

    async fn restore(&mut self, session: &Takeover<'_>) -> Result<bool, sqlx::Error> {
        let query = sqlx::query(sql::RESTORE)
            .bind(bytes(session.key))
            .bind(session.user.map(|user| user.as_str().as_bytes()))
            .bind(session.payload)
            .bind(session.version)
            .bind(session.created)
            .bind(session.last_seen)
            .bind(session.idle)
            .bind(session.ends)
            .bind(session.expires);
        did(self, query).await
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
        let number = user_number(user).cast_signed();
        let query = sqlx::query(sql::LOCK_USER).bind(LOCKS).bind(number);
        query.execute(self).await.map(drop)
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
        let query = sqlx::query_scalar(sql::SWEEP).bind(i64::from(limit));
        Ok(swept(&query.fetch_all(self).await?))
    }

    async fn count(&mut self, limit: i64) -> Result<Counted, sqlx::Error> {
        let row = sqlx::query(sql::COUNT).bind(limit).fetch_one(self).await?;
        Ok(Counted { all: row.try_get(0)?, live: row.try_get(1)?, now: row.try_get(2)? })
    }

    async fn estimate(&mut self) -> Result<i64, sqlx::Error> {
        sqlx::query(sql::ESTIMATE).fetch_one(self).await?.try_get(0)
    }
}

/// What all users' locks share, so that an application's own advisory locks are others.
const LOCKS: i32 = 0x5e55_1075;

fn bytes(key: &SessionKey) -> &[u8] {
    key.as_bytes()
}

async fn one(
    connection: &mut PgConnection,
    query: Statement<'_>,
) -> Result<Option<Entry>, sqlx::Error> {
    let row = query.fetch_optional(connection).await?;
    row.as_ref().map(Entry::read).transpose()
}

/// Whether there was the one row.
async fn did(connection: &mut PgConnection, query: Statement<'_>) -> Result<bool, sqlx::Error> {
    Ok(query.execute(connection).await?.rows_affected() > 0)
}
