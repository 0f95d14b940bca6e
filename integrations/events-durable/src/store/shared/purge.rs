//! The statements of a purge.

/// `now`: the time of the database in milliseconds; `texts`: the rows of the parameter 1, a JSON array, as texts; `lock`: what a
/// SELECT ends with that is to lock its rows.
macro_rules! implement_purge {
    ($db:ty, now = $now:literal, texts = $texts:literal, lock = $lock:literal) => {
        mod purge {
            use sqlx::{Pool, Row};

            use crate::store::{engine::Engine, error::StoreError, shared::values::list};

            /// It looks at each event once, from the oldest on, and ends with the first batch of which none is old enough.
            ///
            /// The last event is kept, so that SQLite does not use its number again.
            pub(in crate::store) async fn purge(
                pool: &Pool<$db>,
                older_than: i64,
                batch: i64,
            ) -> Result<u64, StoreError> {
                let before: i64 = sqlx::query_scalar(concat!("SELECT ", $now, " - $1"))
                    .bind(older_than)
                    .fetch_one(pool)
                    .await?;
                let (mut after, mut deleted) = (0_i64, 0);
                loop {
                    let window = sqlx::query(
                        "SELECT max(w.seq), min(w.time) FROM (
                            SELECT seq, time FROM ev_event WHERE seq > $1 ORDER BY seq LIMIT $2) w",
                    )
                    .bind(after)
                    .bind(batch)
                    .fetch_one(pool)
                    .await?;
                    let (last, oldest): (Option<i64>, Option<i64>) = (window.get(0), window.get(1));
                    let (Some(last), Some(oldest)) = (last, oldest) else {
                        return Ok(deleted);
                    };
                    if oldest >= before {
                        return Ok(deleted);
                    }
                    let mut tx = pool.begin_with(<$db as Engine>::BEGIN).await?;
                    // Locked before the look that decides: a replay may be adding deliveries for them.
                    let seqs: Vec<i64> = sqlx::query_scalar(concat!(
                        "SELECT e.seq FROM ev_event e WHERE e.seq > $1 AND e.seq <= $2 AND e.time < $3
                            AND NOT EXISTS (SELECT 1 FROM ev_delivery d WHERE d.seq = e.seq)",
                        $lock,
                    ))
                    .bind(after)
                    .bind(last)
                    .bind(before)
                    .fetch_all(&mut *tx)
                    .await?;
                    let done = sqlx::query(concat!(
                        "DELETE FROM ev_event WHERE seq IN (SELECT CAST(value AS BIGINT) FROM ",
                        $texts,
                        ") AND seq < (SELECT max(seq) FROM ev_event)
                            AND NOT EXISTS (SELECT 1 FROM ev_delivery d WHERE d.seq = ev_event.seq)",
                    ))
                    .bind(list(&seqs))
                    .execute(&mut *tx)
                    .await?;
                    tx.commit().await?;
                    deleted += done.rows_affected();
                    after = last;
                }
            }
        }
    };
}
pub(in crate::store) use implement_purge;
