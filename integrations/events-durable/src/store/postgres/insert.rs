//! Storing events in PostgreSQL: one statement for all, which locks the keys, draws `seq` and adds the deliveries.

use sqlx::Postgres;

use crate::store::{
    error::StoreError,
    event::NewEvent,
    insert::{Insert, InsertStatement, as_json},
};

const ONE: &str = "SELECT ev_insert_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const ALL: &str = "SELECT ev_insert($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// `ev_insert` with the columns of a JSON array.
const ALL_AS_JSON: &str = "
    SELECT ev_insert(
        array_agg(e->>0 ORDER BY n), array_agg(e->>1 ORDER BY n), array_agg(e->>2 ORDER BY n),
        array_agg((e->>3)::int ORDER BY n), array_agg((e->>4)::bigint ORDER BY n), array_agg((e->>5)::bigint ORDER BY n),
        array_agg(e->>6 ORDER BY n), array_agg(e->>7 ORDER BY n), array_agg(e->>8 ORDER BY n), array_agg(e->>9 ORDER BY n))
    FROM json_array_elements($1::json) WITH ORDINALITY AS events(e, n)";

/// The values of a column.
fn column<'e, T>(events: &'e [NewEvent], value: fn(&'e NewEvent) -> T) -> Vec<T> {
    events.iter().map(value).collect()
}

impl Insert for Postgres {
    async fn insert(conn: &mut Self::Connection, events: &[NewEvent]) -> Result<(), StoreError> {
        let query = match events {
            [] => return Ok(()),
            [event] => sqlx::query(ONE)
                .bind(&event.id)
                .bind(&event.topic)
                .bind(&event.key)
                .bind(event.version)
                .bind(event.time)
                .bind(event.due)
                .bind(&event.trace)
                .bind(&event.parent)
                .bind(&event.codec)
                .bind(&event.data),
            events => sqlx::query(ALL)
                .bind(column(events, |event| event.id.as_str()))
                .bind(column(events, |event| event.topic.as_str()))
                .bind(column(events, |event| event.key.as_deref()))
                .bind(column(events, |event| event.version))
                .bind(column(events, |event| event.time))
                .bind(column(events, |event| event.due))
                .bind(column(events, |event| event.trace.as_deref()))
                .bind(column(events, |event| event.parent.as_deref()))
                .bind(column(events, |event| event.codec.as_str()))
                .bind(column(events, |event| event.data.as_str())),
        };
        query.execute(conn).await?;
        Ok(())
    }

    fn insert_statements(events: &[NewEvent]) -> Vec<InsertStatement> {
        vec![InsertStatement {
            sql: ALL_AS_JSON,
            parameter: as_json(events),
        }]
    }
}
