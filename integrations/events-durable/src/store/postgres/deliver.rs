//! Claims of PostgreSQL.

use sqlx::{Pool, Postgres, Row};

use crate::store::{
    conn::{Conn, implement_conn},
    deliver::{Claim, Done},
    error::StoreError,
    shared::row,
};

implement_conn!(Postgres, sqlx::PgConnection);

pub(super) async fn claim(
    pool: &Pool<Postgres>,
    subscriber: &str,
    limit: i32,
    lease: i64,
    most_attempts: i32,
) -> Result<Vec<Claim>, StoreError> {
    let rows = sqlx::query("SELECT * FROM ev_claim($1, $2, $3, $4)")
        .bind(subscriber)
        .bind(limit)
        .bind(lease)
        .bind(most_attempts)
        .fetch_all(pool)
        .await?;
    let claims = rows.iter().map(|columns| {
        let (failed, lost): (i32, i32) = (columns.try_get("o_failed")?, columns.try_get("o_lost")?);
        Ok(Claim {
            subscriber: subscriber.to_owned(),
            fence: columns.try_get("o_fence")?,
            attempt: failed + lost + 1,
            lost,
            per_key: columns.try_get("o_per_key")?,
            event: row::event(columns)?,
        })
    });
    Ok(claims.collect::<sqlx::Result<_>>()?)
}

/// The lock of the row is held until the transaction ends: claims skip the row, also when the lease has ended.
pub(super) async fn hold(
    conn: &mut impl Conn<Postgres>,
    claim: &Claim,
) -> Result<bool, StoreError> {
    let held = "SELECT 1 FROM ev_delivery WHERE seq = $1 AND subscriber = $2 AND fence = $3 AND state = 3 FOR UPDATE";
    Ok(conn.rows(held, &claim.values()).await? == 1)
}

pub(super) async fn done(
    conn: &mut impl Conn<Postgres>,
    claim: &Claim,
) -> Result<Done, StoreError> {
    if !claim.per_key {
        let deleted = "DELETE FROM ev_delivery WHERE seq = $1 AND subscriber = $2 AND fence = $3 AND state = 3";
        return Ok(match conn.rows(deleted, &claim.values()).await? {
            1 => Done::Done,
            _ => Done::Void,
        });
    }
    let done = "SELECT ev_done($1, $2, $3)";
    Ok(match conn.number(done, &claim.values()).await? {
        0 => Done::Void,
        1 => Done::Done,
        _ => Done::Unpromoted,
    })
}

pub(super) async fn promote(
    pool: &Pool<Postgres>,
    subscriber: &str,
    key: &str,
) -> Result<bool, StoreError> {
    let promoted = sqlx::query_scalar("SELECT ev_promote($1, $2)")
        .bind(subscriber)
        .bind(key)
        .fetch_one(pool)
        .await?;
    Ok(promoted)
}

/// The same when the first delivery of a key is a new one: another one may be ready.
pub(super) async fn reorder(
    pool: &Pool<Postgres>,
    subscriber: &str,
    key: &str,
) -> Result<bool, StoreError> {
    let promoted = sqlx::query_scalar("SELECT ev_reorder($1, $2)")
        .bind(subscriber)
        .bind(key)
        .fetch_one(pool)
        .await?;
    Ok(promoted)
}
