//! The statements of an operator.

/// `now`: the time of the database in milliseconds; `seqs`: the rows of the parameter 2, a JSON array, as
/// texts; `lock`: a statement after which no purge runs, if the BEGIN is not that already.
macro_rules! implement_operate {
    ($db:ty, $purge:path, now = $now:literal, seqs = $seqs:literal $(, lock = $lock:literal)?) => {
        mod operator {
            use std::time::Duration;

            use events_sqlx::Tx;
            use sqlx::{Pool, Row};
            use $purge as purge;

            use crate::store::{
                deliver::Deliver,
                engine::Engine,
                error::StoreError,
                operate::{DeadLetter, Operate, Replay, Stats},
                shared::{
                    row,
                    values::{list, millis},
                },
            };

            /// A count, which is not negative.
            fn unsigned(count: i64) -> u64 {
                count.max(0).cast_unsigned()
            }

            impl Operate for $db {
                async fn dead_list(
                    pool: &Pool<Self>,
                    subscriber: &str,
                    seqs: Option<&[i64]>,
                    limit: u32,
                ) -> Result<Vec<DeadLetter>, StoreError> {
                    let rows = sqlx::query(concat!(
                        "SELECT d.failed, d.lost, d.error, e.* FROM ev_delivery d JOIN ev_event e ON e.seq = d.seq
                         WHERE d.subscriber = $1 AND d.state IN (4, 5)
                            AND (CAST($2 AS TEXT) IS NULL OR d.seq IN (SELECT CAST(value AS BIGINT) FROM ", $seqs, "))
                         ORDER BY d.seq LIMIT $3",
                    ))
                    .bind(subscriber)
                    .bind(seqs.map(list))
                    .bind(i64::from(limit))
                    .fetch_all(pool)
                    .await?;
                    let letters = rows.iter().map(|columns| {
                        Ok(DeadLetter {
                            failed: columns.try_get("failed")?,
                            lost: columns.try_get("lost")?,
                            error: columns.try_get("error")?,
                            event: row::event(columns)?,
                        })
                    });
                    Ok(letters.collect::<sqlx::Result<_>>()?)
                }

                async fn dead_retry(
                    pool: &Pool<Self>,
                    subscriber: &str,
                    seqs: Option<&[i64]>,
                ) -> Result<u64, StoreError> {
                    let written = sqlx::query(concat!(
                        "UPDATE ev_delivery SET state = CASE WHEN key IS NULL THEN 1 ELSE 0 END,
                            failed = 0, lost = 0, due = ", $now, "
                         WHERE subscriber = $1 AND state IN (4, 5)
                            AND (CAST($2 AS TEXT) IS NULL OR seq IN (SELECT CAST(value AS BIGINT) FROM ", $seqs, "))",
                    ))
                    .bind(subscriber)
                    .bind(seqs.map(list))
                    .execute(pool)
                    .await?;
                    Self::sweep(pool, subscriber).await?;
                    Ok(written.rows_affected())
                }

                async fn dead_discard(
                    pool: &Pool<Self>,
                    subscriber: &str,
                    seqs: Option<&[i64]>,
                ) -> Result<u64, StoreError> {
                    let written = sqlx::query(concat!(
                        "DELETE FROM ev_delivery WHERE subscriber = $1 AND state IN (4, 5)
                            AND (CAST($2 AS TEXT) IS NULL OR seq IN (SELECT CAST(value AS BIGINT) FROM ", $seqs, "))",
                    ))
                    .bind(subscriber)
                    .bind(seqs.map(list))
                    .execute(pool)
                    .await?;
                    Self::sweep(pool, subscriber).await?;
                    Ok(written.rows_affected())
                }

                async fn replay(
                    pool: &Pool<Self>,
                    subscriber: &str,
                    which: &Replay,
                ) -> Result<u64, StoreError> {
                    let mut tx = Tx::begin_with(pool, <$db>::BEGIN_READ_COMMITTED).await?;
                    $(sqlx::query($lock).execute(tx.conn()).await?;)?
                    // Those with a key wait until the sweep: which one is the first depends on what is held.
                    let written = sqlx::query(concat!(
                        "INSERT INTO ev_delivery (seq, subscriber, key, state, due)
                         SELECT e.seq, r.subscriber, CASE WHEN r.per_key THEN e.key END,
                            CASE WHEN NOT r.per_key OR e.key IS NULL THEN 1 WHEN e.due > ", $now, " THEN 6 ELSE 0 END,
                            CASE WHEN e.due > ", $now, " THEN e.due ELSE ", $now, " END
                         FROM ev_event e JOIN ev_route r ON r.topic = e.topic
                         WHERE r.subscriber = $1
                            AND (CAST($2 AS BIGINT) IS NULL OR e.time >= $2)
                            AND (CAST($3 AS BIGINT) IS NULL OR e.time < $3)
                            AND (CAST($4 AS TEXT) IS NULL OR e.topic = $4)
                         ORDER BY e.seq ON CONFLICT DO NOTHING",
                    ))
                    .bind(subscriber)
                    .bind(which.since)
                    .bind(which.until)
                    .bind(&which.topic)
                    .execute(tx.conn())
                    .await?;
                    sqlx::query(
                        "DELETE FROM ev_kept WHERE seq IN (SELECT seq FROM ev_delivery WHERE subscriber = $1)",
                    )
                    .bind(subscriber)
                    .execute(tx.conn())
                    .await?;
                    tx.commit().await?;
                    Self::sweep(pool, subscriber).await?;
                    Ok(written.rows_affected())
                }

                async fn pause(pool: &Pool<Self>, subscriber: &str) -> Result<(), StoreError> {
                    sqlx::query(concat!(
                        "INSERT INTO ev_pause (subscriber, since) VALUES ($1, ", $now, ") ON CONFLICT DO NOTHING",
                    ))
                    .bind(subscriber)
                    .execute(pool)
                    .await?;
                    Ok(())
                }

                async fn resume(pool: &Pool<Self>, subscriber: &str) -> Result<(), StoreError> {
                    sqlx::query("DELETE FROM ev_pause WHERE subscriber = $1")
                        .bind(subscriber)
                        .execute(pool)
                        .await?;
                    Ok(())
                }

                async fn retire(pool: &Pool<Self>, subscriber: &str) -> Result<u64, StoreError> {
                    let mut tx = Tx::begin_with(pool, <$db>::BEGIN_READ_COMMITTED).await?;
                    for statement in [
                        "DELETE FROM ev_route WHERE subscriber = $1",
                        "DELETE FROM ev_pause WHERE subscriber = $1",
                    ] {
                        sqlx::query(statement).bind(subscriber).execute(tx.conn()).await?;
                    }
                    let written = sqlx::query("DELETE FROM ev_delivery WHERE subscriber = $1")
                        .bind(subscriber)
                        .execute(tx.conn())
                        .await?;
                    tx.commit().await?;
                    Ok(written.rows_affected())
                }

                async fn purge(
                    pool: &Pool<Self>,
                    older_than: Duration,
                    batch: u32,
                ) -> Result<u64, StoreError> {
                    purge::purge(pool, millis(older_than), i64::from(batch.max(1))).await
                }

                async fn subscriber_ids(pool: &Pool<Self>) -> Result<Vec<String>, StoreError> {
                    let all = sqlx::query_scalar(
                        "SELECT subscriber FROM ev_route UNION SELECT subscriber FROM ev_delivery
                         UNION SELECT subscriber FROM ev_pause ORDER BY 1",
                    );
                    Ok(all.fetch_all(pool).await?)
                }

                async fn stats(pool: &Pool<Self>) -> Result<Vec<Stats>, StoreError> {
                    let rows = sqlx::query(concat!(
                        "SELECT n.*, EXISTS (SELECT 1 FROM ev_pause p WHERE p.subscriber = n.subscriber),
                            ", $now, " - (SELECT e.time FROM ev_event e WHERE e.seq = n.oldest)
                         FROM (
                            SELECT s.subscriber,
                                count(CASE WHEN d.state NOT IN (4, 5) THEN 1 END),
                                count(CASE WHEN d.state IN (1, 2, 6) AND d.due <= ", $now, " THEN 1 END),
                                count(CASE WHEN d.state = 3 THEN 1 END),
                                count(CASE WHEN d.state IN (4, 5) THEN 1 END),
                                coalesce(sum(CASE WHEN d.state NOT IN (4, 5) THEN d.failed + d.lost END), 0),
                                min(CASE WHEN d.state NOT IN (4, 5) THEN d.seq END) AS oldest
                            FROM (SELECT subscriber FROM ev_route UNION SELECT subscriber FROM ev_delivery
                                UNION SELECT subscriber FROM ev_pause) s
                            LEFT JOIN ev_delivery d ON d.subscriber = s.subscriber
                            GROUP BY s.subscriber
                         ) n ORDER BY n.subscriber",
                    ))
                    .fetch_all(pool)
                    .await?;
                    let stats = rows.iter().map(|row| {
                        let oldest: Option<i64> = row.try_get(8)?;
                        Ok(Stats {
                            subscriber: row.try_get(0)?,
                            depth: unsigned(row.try_get(1)?),
                            ready: unsigned(row.try_get(2)?),
                            in_flight: unsigned(row.try_get(3)?),
                            dead: unsigned(row.try_get(4)?),
                            attempts: unsigned(row.try_get(5)?),
                            paused: row.try_get(7)?,
                            oldest: oldest.map(|age| Duration::from_millis(unsigned(age))),
                        })
                    });
                    Ok(stats.collect::<sqlx::Result<_>>()?)
                }
            }
        }
    };
}
pub(in crate::store) use implement_operate;
