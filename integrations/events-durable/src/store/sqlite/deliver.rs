//! Claims of SQLite.

use serde_json::json;
use sqlx::{Connection, Executor, Pool, Row, Sqlite, SqliteConnection};

use crate::store::{
    conn::{Conn, SqlValue, implement_conn},
    deliver::{Claim, Done},
    engine::Engine,
    error::StoreError,
    shared::row,
};

implement_conn!(Sqlite, SqliteConnection);

/// Ends with the number of them, and is for the state 1, or for 2 and 3.
///
/// The state 0 saves a look at those that wait for their key; what permits that one is claimed is checked here.
macro_rules! claimable {
    ($index:literal, $condition:literal) => {
        concat!(
            "SELECT d.seq, d.fence, e.id, e.topic, e.key, e.version, e.time, e.due, e.trace, e.parent, e.codec, e.data
             FROM ev_delivery d INDEXED BY ",
            $index,
            " CROSS JOIN ev_event e ON e.seq = d.seq
             WHERE d.subscriber = $1 AND d.due <= CAST(unixepoch('subsec') * 1000 AS INTEGER)
                AND NOT EXISTS (SELECT 1 FROM ev_pause p WHERE p.subscriber = $1)
                AND ",
            $condition,
            " AND (d.key IS NULL OR d.state = 3 OR (
                    NOT EXISTS (SELECT 1 FROM ev_delivery b INDEXED BY ev_key WHERE b.subscriber = d.subscriber
                        AND b.key = d.key AND b.key IS NOT NULL AND b.state <= 4 AND b.seq < d.seq)
                    AND NOT EXISTS (SELECT 1 FROM ev_delivery b INDEXED BY ev_key_held WHERE b.subscriber = d.subscriber
                        AND b.key = d.key AND b.key IS NOT NULL AND b.state = 3)))
             ORDER BY d.due, d.seq LIMIT $2"
        )
    };
}

/// Those that may have ended the process: alone, and one at a time for the subscriber.
const SUSPECT: &str = claimable!(
    "ev_held",
    "d.state IN (2, 3) AND (d.state = 2 OR d.failed + d.lost + 1 < $3)
     AND NOT EXISTS (SELECT 1 FROM ev_delivery b INDEXED BY ev_held WHERE b.subscriber = $1 AND b.state IN (2, 3)
        AND b.state = 3 AND b.lost > 0 AND b.due > CAST(unixepoch('subsec') * 1000 AS INTEGER))"
);

const FRESH: &str = claimable!("ev_ready", "d.state = 1");

/// Takes those of the parameter 1, as long as no other claim has.
const TAKE: &str = "
    UPDATE ev_delivery SET
        lost = CASE WHEN state = 3 THEN lost + 1 ELSE lost END,
        state = 3, fence = fence + 1, due = CAST(unixepoch('subsec') * 1000 AS INTEGER) + $3
    WHERE subscriber = $2 AND (state IN (1, 2) OR state = 3 AND due <= CAST(unixepoch('subsec') * 1000 AS INTEGER))
        AND (seq, fence) IN (SELECT value->>0, value->>1 FROM json_each($1))
        AND (key IS NULL OR state = 3 OR NOT EXISTS (SELECT 1 FROM ev_delivery b INDEXED BY ev_key_held
            WHERE b.subscriber = ev_delivery.subscriber AND b.key = ev_delivery.key AND b.key IS NOT NULL AND b.state = 3))
    RETURNING seq, fence, failed, lost, key IS NOT NULL";

pub(super) async fn claim(
    pool: &Pool<Sqlite>,
    subscriber: &str,
    limit: i32,
    lease: i64,
    most_attempts: i32,
) -> Result<Vec<Claim>, StoreError> {
    let mut conn = pool.acquire().await?;
    // Plain statements first: that which writes takes the lock of the database.
    let suspect = sqlx::query(SUSPECT)
        .bind(subscriber)
        .bind(1)
        .bind(most_attempts);
    let mut rows = suspect.fetch_all(&mut *conn).await?;
    if rows.is_empty() {
        place_delayed(&mut conn, subscriber).await?;
        let fresh = sqlx::query(FRESH).bind(subscriber).bind(limit);
        rows = fresh.fetch_all(&mut *conn).await?;
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let events = rows.iter().map(row::event);
    let events = events.collect::<sqlx::Result<Vec<_>>>()?;
    let fences = rows.iter().map(|row| row.try_get("fence"));
    let fences = fences.collect::<sqlx::Result<Vec<i32>>>()?;
    let looked_up: Vec<_> = events
        .iter()
        .zip(fences)
        .map(|(event, fence)| json!([event.seq, fence]))
        .collect();
    let taken = sqlx::query(TAKE)
        .bind(json!(looked_up).to_string())
        .bind(subscriber)
        .bind(lease);
    let taken = conn.fetch_all(taken).await?;
    let claims = taken.iter().filter_map(|row| {
        let seq: i64 = row.get(0);
        let event = events.iter().find(|event| event.seq == seq)?;
        let (failed, lost): (i32, i32) = (row.get(2), row.get(3));
        Some(Claim {
            subscriber: subscriber.to_owned(),
            fence: row.get(1),
            attempt: failed + lost + 1,
            lost,
            per_key: row.get(4),
            event: event.clone(),
        })
    });
    Ok(claims.collect())
}

/// Those that are delayed and due now take their places in the order of their keys.
async fn place_delayed(conn: &mut SqliteConnection, subscriber: &str) -> Result<(), StoreError> {
    let due: Vec<(i64, String)> = sqlx::query_as(
        "SELECT d.seq, d.key FROM ev_delivery d INDEXED BY ev_delayed WHERE d.subscriber = $1 AND d.state = 6
            AND d.due <= CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    )
    .bind(subscriber)
    .fetch_all(&mut *conn)
    .await?;
    for (seq, key) in due {
        let mut tx = conn.begin_with(Sqlite::BEGIN).await?;
        sqlx::query(
            "UPDATE ev_delivery SET state = 0 WHERE seq = $1 AND subscriber = $2 AND state = 6",
        )
        .bind(seq)
        .bind(subscriber)
        .execute(&mut *tx)
        .await?;
        reorder_in(&mut tx, subscriber, &key).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// It writes, so that the transaction has the lock of the database from here on, and cannot fail to get it later.
pub(super) async fn hold(conn: &mut impl Conn<Sqlite>, claim: &Claim) -> Result<bool, StoreError> {
    let held = "UPDATE ev_delivery SET fence = fence WHERE seq = $1 AND subscriber = $2 AND fence = $3 AND state = 3";
    Ok(conn.rows(held, &claim.values()).await? == 1)
}

pub(super) async fn done(conn: &mut impl Conn<Sqlite>, claim: &Claim) -> Result<Done, StoreError> {
    let deleted =
        "DELETE FROM ev_delivery WHERE seq = $1 AND subscriber = $2 AND fence = $3 AND state = 3";
    if conn.rows(deleted, &claim.values()).await? == 0 {
        return Ok(Done::Void);
    }
    if let (true, Some(key)) = (claim.per_key, &claim.event.key) {
        let values = [SqlValue::Text(&claim.subscriber), SqlValue::Text(key)];
        conn.rows(PROMOTE, &values).await?;
    }
    Ok(Done::Done)
}

/// Makes the first delivery of a key ready.
const PROMOTE: &str = "
    UPDATE ev_delivery SET state = CASE WHEN lost > 0 THEN 2 ELSE 1 END
    WHERE subscriber = $1 AND state = 0
        AND seq = (SELECT b.seq FROM ev_delivery b INDEXED BY ev_key
            WHERE b.subscriber = $1 AND b.key = $2 AND b.key IS NOT NULL AND b.state <= 4 ORDER BY b.seq LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM ev_delivery b INDEXED BY ev_key_held
            WHERE b.subscriber = $1 AND b.key = $2 AND b.key IS NOT NULL AND b.state = 3)";

pub(super) async fn promote<'c>(
    executor: impl Executor<'c, Database = Sqlite>,
    subscriber: &str,
    key: &str,
) -> Result<bool, StoreError> {
    let promoted = sqlx::query(PROMOTE)
        .bind(subscriber)
        .bind(key)
        .execute(executor)
        .await?;
    Ok(promoted.rows_affected() == 1)
}

/// The same when the first delivery of a key is a new one: another one may be ready.
pub(super) async fn reorder(
    pool: &Pool<Sqlite>,
    subscriber: &str,
    key: &str,
) -> Result<bool, StoreError> {
    // One that is cut off is rolled back by sqlx itself on SQLite.
    let mut tx = pool.begin_with(Sqlite::BEGIN).await?;
    let promoted = reorder_in(&mut tx, subscriber, key).await?;
    tx.commit().await?;
    Ok(promoted)
}

async fn reorder_in(
    conn: &mut SqliteConnection,
    subscriber: &str,
    key: &str,
) -> Result<bool, StoreError> {
    sqlx::query(
        "UPDATE ev_delivery INDEXED BY ev_key SET state = 0
         WHERE subscriber = $1 AND key = $2 AND key IS NOT NULL AND state <= 4 AND state IN (1, 2)",
    )
    .bind(subscriber)
    .bind(key)
    .execute(&mut *conn)
    .await?;
    promote(conn, subscriber, key).await
}
