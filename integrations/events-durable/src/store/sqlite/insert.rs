//! Storing events in SQLite.

use sqlx::Sqlite;

use crate::store::{
    error::StoreError,
    event::NewEvent,
    insert::{Insert, InsertStatement, as_json},
    shared::values::bind_event,
};

const ONE: &str = "
    INSERT INTO ev_event (id, topic, key, version, time, due, trace, parent, codec, data)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const DELIVERIES_OF_ONE: &str = "
    INSERT INTO ev_delivery (seq, subscriber, key, state, due)
    SELECT $1, r.subscriber, CASE WHEN r.per_key THEN $2 END,
        CASE
            WHEN NOT r.per_key OR $2 IS NULL THEN 1
            WHEN $3 > CAST(unixepoch('subsec') * 1000 AS INTEGER) THEN 6
            WHEN EXISTS (SELECT 1 FROM ev_delivery b
                WHERE b.subscriber = r.subscriber AND b.key = $2 AND b.key IS NOT NULL AND b.state <= 4) THEN 0
            ELSE 1
        END,
        coalesce($3, CAST(unixepoch('subsec') * 1000 AS INTEGER))
    FROM ev_route r WHERE r.topic = $4";

const ALL: &str = "
    INSERT INTO ev_event (id, topic, key, version, time, due, trace, parent, codec, data)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9
    FROM json_each($1) ORDER BY json_each.key";

/// The deliveries of a batch: the numbers of its events follow on that of the first one, whose id is the parameter, since no other
/// transaction writes. The number of an event within its key is in the order of the batch.
const DELIVERIES: &str = "
    INSERT INTO ev_delivery (seq, subscriber, key, state, due)
    SELECT e.seq, r.subscriber, CASE WHEN r.per_key THEN e.key END,
        CASE
            WHEN NOT r.per_key OR e.key IS NULL THEN 1
            WHEN e.due > CAST(unixepoch('subsec') * 1000 AS INTEGER) THEN 6
            WHEN row_number() OVER (PARTITION BY r.subscriber, e.key,
                    coalesce(e.due > CAST(unixepoch('subsec') * 1000 AS INTEGER), 0) ORDER BY e.seq) = 1
                AND NOT EXISTS (SELECT 1 FROM ev_delivery b
                    WHERE b.subscriber = r.subscriber AND b.key = e.key AND b.key IS NOT NULL AND b.state <= 4) THEN 1
            ELSE 0
        END,
        coalesce(e.due, CAST(unixepoch('subsec') * 1000 AS INTEGER))
    FROM ev_event e JOIN ev_route r ON r.topic = e.topic
    WHERE e.seq >= (SELECT f.seq FROM ev_event f WHERE f.id = $1)";

/// The same if no event has a key, without the sort.
const DELIVERIES_WITHOUT_KEYS: &str = "
    INSERT INTO ev_delivery (seq, subscriber, key, state, due)
    SELECT e.seq, r.subscriber, NULL, 1,
        coalesce(e.due, CAST(unixepoch('subsec') * 1000 AS INTEGER))
    FROM ev_event e CROSS JOIN ev_route r ON r.topic = e.topic
    WHERE e.seq >= (SELECT f.seq FROM ev_event f WHERE f.id = $1)";

/// The statement for the deliveries of these events.
fn deliveries_of(events: &[NewEvent]) -> &'static str {
    if events.iter().any(|event| event.key.is_some()) {
        DELIVERIES
    } else {
        DELIVERIES_WITHOUT_KEYS
    }
}

impl Insert for Sqlite {
    async fn insert(conn: &mut Self::Connection, events: &[NewEvent]) -> Result<(), StoreError> {
        match events {
            [] => Ok(()),
            [event] => insert_one(conn, event).await,
            [first, ..] => insert_all(conn, events, &first.id).await,
        }
    }

    fn insert_statements(events: &[NewEvent]) -> Vec<InsertStatement> {
        let Some(first) = events.first() else {
            return Vec::new();
        };
        vec![
            InsertStatement {
                sql: ALL,
                parameter: as_json(events),
            },
            InsertStatement {
                sql: deliveries_of(events),
                parameter: first.id.clone(),
            },
        ]
    }
}

async fn insert_one(conn: &mut sqlx::SqliteConnection, event: &NewEvent) -> Result<(), StoreError> {
    let inserted = bind_event!(sqlx::query(ONE), event)
        .execute(&mut *conn)
        .await?;
    sqlx::query(DELIVERIES_OF_ONE)
        .bind(inserted.last_insert_rowid())
        .bind(&event.key)
        .bind(event.due)
        .bind(&event.topic)
        .execute(conn)
        .await?;
    Ok(())
}

async fn insert_all(
    conn: &mut sqlx::SqliteConnection,
    events: &[NewEvent],
    first: &str,
) -> Result<(), StoreError> {
    sqlx::query(ALL)
        .bind(as_json(events))
        .execute(&mut *conn)
        .await?;
    sqlx::query(deliveries_of(events))
        .bind(first)
        .execute(conn)
        .await?;
    Ok(())
}
