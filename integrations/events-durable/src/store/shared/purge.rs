//! The statements of a purge.

/// `now`: the time of the database in milliseconds; `try_lock`: a SELECT of whether no replay runs, and none begins before the
/// transaction ends.
macro_rules! implement_purge {
    ($db:ty, now = $now:literal, try_lock = $try_lock:literal) => {
        mod purge {
            use events_sqlx::Tx;
            use sqlx::Pool;

            use crate::store::{engine::Engine, error::StoreError};

            /// It looks at all events, from the oldest on, and writes where there is something to write.
            ///
            /// The last event is kept, so that SQLite does not use its number again.
            pub(in crate::store) async fn purge(
                pool: &Pool<$db>,
                older_than: i64,
                batch: i64,
            ) -> Result<u64, StoreError> {
                let (mut after, mut deleted) = (0_i64, 0);
                loop {
                    let (last, is_due): (Option<i64>, bool) = sqlx::query_as(concat!(
                        "SELECT (SELECT max(seq) FROM (SELECT seq FROM ev_event WHERE seq > $1 ORDER BY seq LIMIT $2) w),
                            EXISTS (SELECT 1 FROM
                                (SELECT seq FROM ev_event WHERE seq > $1 ORDER BY seq LIMIT $2) e
                                LEFT JOIN ev_kept k ON k.seq = e.seq
                                WHERE (k.since IS NULL OR k.since <= ", $now, " - $3)
                                    AND NOT EXISTS (SELECT 1 FROM ev_delivery d WHERE d.seq = e.seq))",
                    ))
                    .bind(after)
                    .bind(batch)
                    .bind(older_than)
                    .fetch_one(pool)
                    .await?;
                    let Some(last) = last else {
                        return Ok(deleted);
                    };
                    if is_due {
                        match purge_range(pool, [after, last], older_than).await? {
                            Some(count) => deleted += count,
                            None => return Ok(deleted),
                        }
                    }
                    after = last;
                }
            }

            /// Those behind the first number, up to the last one. `None` if a replay runs.
            async fn purge_range(
                pool: &Pool<$db>,
                [after, last]: [i64; 2],
                older_than: i64,
            ) -> Result<Option<u64>, StoreError> {
                let mut tx = Tx::begin_with(pool, <$db>::BEGIN_READ_COMMITTED).await?;
                if !sqlx::query_scalar($try_lock).fetch_one(tx.conn()).await? {
                    return Ok(None);
                }
                sqlx::query(concat!(
                    "INSERT INTO ev_kept (seq, since) SELECT e.seq, ", $now, " FROM ev_event e
                     WHERE e.seq > $1 AND e.seq <= $2
                        AND NOT EXISTS (SELECT 1 FROM ev_delivery d WHERE d.seq = e.seq)
                     ON CONFLICT DO NOTHING",
                ))
                .bind(after)
                .bind(last)
                .execute(tx.conn())
                .await?;
                let purged = sqlx::query(concat!(
                    "DELETE FROM ev_event WHERE seq > $1 AND seq <= $2 AND seq < (SELECT max(seq) FROM ev_event)
                        AND EXISTS (SELECT 1 FROM ev_kept k WHERE k.seq = ev_event.seq AND k.since <= ", $now, " - $3)
                        AND NOT EXISTS (SELECT 1 FROM ev_delivery d WHERE d.seq = ev_event.seq)",
                ))
                .bind(after)
                .bind(last)
                .bind(older_than)
                .execute(tx.conn())
                .await?;
                sqlx::query(
                    "DELETE FROM ev_kept WHERE seq > $1 AND seq <= $2
                        AND NOT EXISTS (SELECT 1 FROM ev_event e WHERE e.seq = ev_kept.seq)",
                )
                .bind(after)
                .bind(last)
                .execute(tx.conn())
                .await?;
                tx.commit().await?;
                Ok(Some(purged.rows_affected()))
            }
        }
    };
}
pub(in crate::store) use implement_purge;
