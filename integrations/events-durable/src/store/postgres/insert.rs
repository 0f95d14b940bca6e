//! Storing events in PostgreSQL: one statement for all, which locks the keys, draws `seq` and adds the deliveries.

use sqlx::Postgres;

use crate::store::{
    error::StoreError,
    event::NewEvent,
    insert::{Insert, Inserted},
};

const ONE: &str = "SELECT ev_insert_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const ALL: &str = "SELECT ev_insert($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// The values of a column.
fn column<'e, T>(events: &'e [NewEvent], value: fn(&'e NewEvent) -> T) -> Vec<T> {
    events.iter().map(value).collect()
}

impl Insert for Postgres {
    async fn insert(
        conn: &mut Self::Connection,
        events: &[NewEvent],
    ) -> Result<Inserted, StoreError> {
        let query = match events {
            [] => return Ok(Inserted::default()),
            [event] => sqlx::query_scalar(ONE)
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
            events => sqlx::query_scalar(ALL)
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
        let subscribers = query.fetch_one(conn).await?;
        Ok(Inserted { subscribers })
    }
}
