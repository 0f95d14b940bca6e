//! The statements of topics and routes.

use std::collections::BTreeSet;

use crate::store::register::Registered;

/// Divides the ids of the program and of the database, each sorted.
pub(in crate::store) fn compare(program: &[String], database: Vec<String>) -> Registered {
    let database: BTreeSet<_> = database.into_iter().collect();
    let program: BTreeSet<_> = program.iter().cloned().collect();
    Registered {
        new: program.difference(&database).cloned().collect(),
        known: program.intersection(&database).cloned().collect(),
        orphaned: database.difference(&program).cloned().collect(),
        changed: Vec::new(),
    }
}

/// `lock`: a statement after which no other program registers; `items`: the rows of the parameter 1, a JSON array; `texts`: the
/// same as texts.
macro_rules! implement_register {
    ($db:ty, lock = $lock:literal, items = $items:literal, texts = $texts:literal) => {
        impl crate::store::register::Register for $db {
            async fn add_topics(
                conn: &mut Self::Connection,
                topics: &[String],
            ) -> Result<Vec<String>, crate::store::error::StoreError> {
                if !topics.is_empty() {
                    sqlx::query($lock).execute(&mut *conn).await?;
                    sqlx::query(concat!(
                        "INSERT INTO ev_topic (topic) SELECT DISTINCT value FROM ",
                        $texts,
                        " WHERE true ON CONFLICT DO NOTHING"
                    ))
                    .bind(crate::store::shared::values::list(topics))
                    .execute(&mut *conn)
                    .await?;
                }
                let all = sqlx::query_scalar("SELECT topic FROM ev_topic ORDER BY topic");
                Ok(all.fetch_all(conn).await?)
            }

            async fn register(
                conn: &mut Self::Connection,
                subscribers: &[String],
                routes: &[crate::store::register::Route],
                stale: &[(String, String)],
            ) -> Result<crate::store::register::Registered, crate::store::error::StoreError> {
                sqlx::query($lock).execute(&mut *conn).await?;
                let database: Vec<String> = sqlx::query_scalar(
                    "SELECT subscriber FROM ev_route UNION SELECT subscriber FROM ev_delivery",
                )
                .fetch_all(&mut *conn)
                .await?;
                let rows: Vec<_> = routes
                    .iter()
                    .map(|route| {
                        let per_key = i32::from(route.per_key);
                        serde_json::json!([route.topic, route.subscriber, per_key])
                    })
                    .collect();
                let rows = serde_json::Value::from(rows).to_string();
                sqlx::query(concat!(
                    "DELETE FROM ev_route WHERE (topic, subscriber) IN (SELECT value->>0, value->>1 FROM ",
                    $items,
                    ")"
                ))
                .bind(serde_json::json!(stale).to_string())
                .execute(&mut *conn)
                .await?;
                let changed: Vec<String> = sqlx::query_scalar(concat!(
                    "SELECT DISTINCT r.subscriber FROM ",
                    $items,
                    " JOIN ev_route r ON r.topic = value->>0 AND r.subscriber = value->>1
                     WHERE r.per_key <> (CAST(value->>2 AS INTEGER) = 1) ORDER BY 1"
                ))
                .bind(&rows)
                .fetch_all(&mut *conn)
                .await?;
                sqlx::query(concat!(
                    "INSERT INTO ev_route (topic, subscriber, per_key)
                     SELECT value->>0, value->>1, CAST(value->>2 AS INTEGER) = 1 FROM ",
                    $items,
                    " WHERE true ON CONFLICT (topic, subscriber) DO UPDATE SET per_key = excluded.per_key"
                ))
                .bind(rows)
                .execute(&mut *conn)
                .await?;
                let compared = crate::store::shared::register::compare(subscribers, database);
                Ok(crate::store::register::Registered { changed, ..compared })
            }
        }
    };
}
pub(in crate::store) use implement_register;
