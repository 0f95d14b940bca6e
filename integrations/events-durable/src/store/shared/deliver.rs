//! The statements that mark what became of deliveries.

/// `now`: the time of the database in milliseconds; `items`: the rows of the parameter 1, a JSON array; `texts`: the same as
/// texts; `lock`: what a SELECT ends with that is to lock its rows. What differs further is in the module `own`.
macro_rules! implement_deliver {
    ($db:ty, $own:path, now = $now:literal, items = $items:literal, texts = $texts:literal, lock = $lock:literal) => {
        mod marks {
            use std::time::Duration;

            use sqlx::{Pool, Row};
            use $own as own;

            use crate::store::{
                conn::{Conn, SqlValue},
                deliver::{Claim, Deliver, Done, Failed, Next, WhenDead},
                error::StoreError,
                shared::values::{claims as list_of, count, cut_off, list, millis},
            };

            macro_rules! extend {
                () => {
                    concat!(
                        "UPDATE ev_delivery SET due = ", $now, " + $2
                         WHERE state = 3 AND (seq, subscriber, fence) IN (
                            SELECT CAST(value->>1 AS BIGINT), value->>0, CAST(value->>2 AS INTEGER) FROM ", $items, ")",
                    )
                };
            }

            impl Deliver for $db {
                async fn claim(
                    pool: &Pool<Self>,
                    subscriber: &str,
                    limit: u32,
                    lease: Duration,
                    most_attempts: u32,
                ) -> Result<Vec<Claim>, StoreError> {
                    let (limit, most) = (count(limit), count(most_attempts));
                    let mut claims = own::claim(pool, subscriber, limit, millis(lease), most).await?;
                    claims.sort_by_key(|claim| claim.event.seq);
                    Ok(claims)
                }

                async fn hold(conn: &mut impl Conn<Self>, claim: &Claim) -> Result<bool, StoreError> {
                    own::hold(conn, claim).await
                }

                async fn done(conn: &mut impl Conn<Self>, claim: &Claim) -> Result<Done, StoreError> {
                    own::done(conn, claim).await
                }

                async fn promote(pool: &Pool<Self>, claim: &Claim) -> Result<bool, StoreError> {
                    match &claim.event.key {
                        Some(key) if claim.per_key => own::promote(pool, &claim.subscriber, key).await,
                        _ => Ok(false),
                    }
                }

                async fn failed(
                    pool: &Pool<Self>,
                    claim: &Claim,
                    error: &str,
                    next: Next,
                ) -> Result<Failed, StoreError> {
                    let (state, after) = match next {
                        Next::After(after) => (None, millis(after)),
                        Next::Dead(WhenDead::Block) => (Some(4), 0),
                        Next::Dead(WhenDead::PassOver) => (Some(5), 0),
                    };
                    let written = sqlx::query(concat!(
                        "UPDATE ev_delivery SET failed = failed + 1, error = $4, due = ", $now, " + $6,
                            state = coalesce($5, CASE WHEN lost > 0 THEN 2 ELSE 1 END)
                         WHERE seq = $1 AND subscriber = $2 AND fence = $3 AND state = 3",
                    ))
                    .bind(claim.event.seq)
                    .bind(&claim.subscriber)
                    .bind(claim.fence)
                    .bind(cut_off(error).replace('\0', " "))
                    .bind(state)
                    .bind(after)
                    .execute(pool)
                    .await?;
                    if written.rows_affected() == 0 {
                        return Ok(Failed::Void);
                    }
                    if next == Next::Dead(WhenDead::PassOver) {
                        Self::promote(pool, claim).await?;
                    }
                    Ok(Failed::Noted)
                }

                async fn hand_back(
                    pool: &Pool<Self>,
                    claims: &[&Claim],
                    delay: Duration,
                ) -> Result<u64, StoreError> {
                    let written = sqlx::query(concat!(
                        "UPDATE ev_delivery SET state = CASE WHEN lost > 0 THEN 2 ELSE 1 END, due = ", $now, " + $2
                         WHERE state = 3 AND (seq, subscriber, fence) IN (
                            SELECT CAST(value->>1 AS BIGINT), value->>0, CAST(value->>2 AS INTEGER) FROM ", $items, ")",
                    ))
                        .bind(list_of(claims))
                        .bind(millis(delay))
                        .execute(pool)
                        .await?;
                    Ok(written.rows_affected())
                }

                async fn extend(
                    pool: &Pool<Self>,
                    claims: &[&Claim],
                    lease: Duration,
                ) -> Result<Vec<bool>, StoreError> {
                    let rows = sqlx::query(concat!(extend!(), " RETURNING seq, subscriber, fence"))
                        .bind(list_of(claims))
                        .bind(millis(lease))
                        .fetch_all(pool)
                        .await?;
                    let valid: std::collections::HashSet<(i64, String, i32)> =
                        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
                    let is_valid =
                        |claim: &&Claim| valid.contains(&(claim.event.seq, claim.subscriber.clone(), claim.fence));
                    Ok(claims.iter().map(is_valid).collect())
                }

                async fn extend_in(
                    conn: &mut impl Conn<Self>,
                    claims: &[&Claim],
                    lease: Duration,
                ) -> Result<(), StoreError> {
                    let list = list_of(claims);
                    let values = [SqlValue::Text(&list), SqlValue::BigInt(millis(lease))];
                    conn.rows(extend!(), &values).await?;
                    Ok(())
                }

                async fn bury_lost(
                    pool: &Pool<Self>,
                    subscriber: &str,
                    most_attempts: u32,
                    when_dead: WhenDead,
                ) -> Result<u64, StoreError> {
                    // A plain statement first: that which writes takes the lock of SQLite.
                    let any: Option<i32> = sqlx::query_scalar(concat!(
                        "SELECT 1 FROM ev_delivery WHERE subscriber = $1 AND state IN (2, 3) AND state = 3
                            AND due <= ", $now, " AND failed + lost + 1 >= $2 LIMIT 1",
                    ))
                    .bind(subscriber)
                    .bind(count(most_attempts))
                    .fetch_optional(pool)
                    .await?;
                    if any.is_none() {
                        return Ok(0);
                    }
                    let state = if when_dead == WhenDead::Block { 4 } else { 5 };
                    let written = sqlx::query(concat!(
                        "UPDATE ev_delivery SET state = $3, lost = lost + 1,
                            error = 'the last attempt ended without a result: its process died, or its lease ended'
                         WHERE subscriber = $1 AND state = 3 AND due <= ", $now, " AND seq IN (
                            SELECT seq FROM ev_delivery WHERE subscriber = $1 AND state IN (2, 3) AND state = 3
                                AND due <= ", $now, " AND failed + lost + 1 >= $2", $lock, ")",
                    ))
                    .bind(subscriber)
                    .bind(count(most_attempts))
                    .bind(state)
                    .execute(pool)
                    .await?;
                    if when_dead == WhenDead::PassOver {
                        Self::sweep(pool, subscriber).await?;
                    }
                    Ok(written.rows_affected())
                }

                async fn sweep(pool: &Pool<Self>, subscriber: &str) -> Result<u64, StoreError> {
                    // One step for each key, however many wait for it.
                    let keys: Vec<String> = sqlx::query_scalar(
                        "WITH RECURSIVE k(key) AS (
                            SELECT (SELECT d.key FROM ev_delivery d WHERE d.subscriber = $1 AND d.key IS NOT NULL
                                AND d.state <= 4 ORDER BY d.key LIMIT 1)
                            UNION ALL
                            SELECT (SELECT d.key FROM ev_delivery d WHERE d.subscriber = $1 AND d.key > k.key
                                AND d.key IS NOT NULL AND d.state <= 4 ORDER BY d.key LIMIT 1)
                            FROM k WHERE k.key IS NOT NULL
                         )
                         SELECT k.key FROM k WHERE k.key IS NOT NULL
                            AND (SELECT d.state FROM ev_delivery d WHERE d.subscriber = $1 AND d.key = k.key
                                AND d.key IS NOT NULL AND d.state <= 4 ORDER BY d.seq LIMIT 1) = 0",
                    )
                    .bind(subscriber)
                    .fetch_all(pool)
                    .await?;
                    let mut promoted = 0;
                    for key in keys {
                        promoted += u64::from(own::reorder(pool, subscriber, &key).await?);
                    }
                    Ok(promoted)
                }

                async fn next_due(
                    pool: &Pool<Self>,
                    subscribers: &[String],
                ) -> Result<Option<Duration>, StoreError> {
                    let left: Option<i64> = sqlx::query_scalar(concat!(
                        "SELECT min(n.due) - ", $now, " FROM (
                            SELECT (SELECT d.due FROM ev_delivery d WHERE d.subscriber = s.value AND d.state = 1
                                AND d.due > ", $now, " ORDER BY d.due LIMIT 1) AS due
                            FROM ", $texts, " s WHERE NOT EXISTS (SELECT 1 FROM ev_pause p WHERE p.subscriber = s.value)
                            UNION ALL
                            SELECT (SELECT d.due FROM ev_delivery d WHERE d.subscriber = s.value AND d.state = 6
                                AND d.due > ", $now, " ORDER BY d.due LIMIT 1)
                            FROM ", $texts, " s WHERE NOT EXISTS (SELECT 1 FROM ev_pause p WHERE p.subscriber = s.value)
                            UNION ALL
                            SELECT (SELECT d.due FROM ev_delivery d WHERE d.subscriber = s.value AND d.state IN (2, 3)
                                AND d.due > ", $now, " ORDER BY d.due LIMIT 1)
                            FROM ", $texts, " s WHERE NOT EXISTS (SELECT 1 FROM ev_pause p WHERE p.subscriber = s.value)
                         ) n",
                    ))
                    .bind(list(subscribers))
                    .fetch_one(pool)
                    .await?;
                    Ok(left.map(|left| Duration::from_millis(left.max(0).cast_unsigned())))
                }
            }
        }
    };
}
pub(in crate::store) use implement_deliver;
