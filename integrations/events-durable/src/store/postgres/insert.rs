//! Storing events in PostgreSQL: one statement for a batch, which locks the keys, draws `seq` and adds the deliveries.
//!
//! The last column of those for sqlx is [`Tx::PROOF`].

use events_sqlx::Tx;
use sqlx::{Postgres, postgres::PgArguments, query::Query};

use crate::store::{
    error::StoreError,
    event::NewEvent,
    insert::{Insert, InsertStatement, as_json},
    shared::values::bind_event,
};

/// A statement that ends in the text of [`Tx::PROOF`].
macro_rules! with_proof {
    ($sql:literal) => {
        concat!($sql, "current_setting('events.tx', TRUE) = 'open'")
    };
}

/// Stores an event without a key, and its deliveries.
const ONE: &str = with_proof!(
    "
    WITH e AS (
        INSERT INTO ev_event (id, topic, key, version, time, due, trace, parent, codec, data)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        RETURNING seq
    ), d AS (
        INSERT INTO ev_delivery (seq, subscriber, state, due)
        SELECT e.seq, r.subscriber, 1, coalesce($6, (extract(epoch FROM now()) * 1000)::bigint)
        FROM e, ev_route r WHERE r.topic = $2
    )
    SELECT "
);

/// Stores an event with a key. The function locks the key in a statement of its own, so that the next one sees what was committed
/// before the lock was taken.
const ONE_WITH_KEY: &str =
    with_proof!("SELECT ev_insert_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10), ");

const ALL: &str = with_proof!("SELECT ev_insert($1, $2, $3, $4, $5, $6, $7, $8, $9, $10), ");

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

/// The query that stores the events.
fn query(events: &[NewEvent]) -> Query<'_, Postgres, PgArguments> {
    match events {
        [event @ NewEvent { key: None, .. }] => bind_event!(sqlx::query(ONE), event),
        [event] => bind_event!(sqlx::query(ONE_WITH_KEY), event),
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
    }
}

impl Insert for Postgres {
    async fn insert(conn: &mut Self::Connection, events: &[NewEvent]) -> Result<(), StoreError> {
        if !events.is_empty() {
            query(events).execute(conn).await?;
        }
        Ok(())
    }

    async fn insert_last(tx: &mut Tx<'_, Self>, events: &[NewEvent]) -> Result<(), StoreError> {
        if !events.is_empty() {
            tx.fetch_proof(query(events)).await?;
        }
        Ok(())
    }

    fn insert_statements(events: &[NewEvent]) -> Vec<InsertStatement> {
        vec![InsertStatement {
            sql: ALL_AS_JSON,
            parameter: as_json(events),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_end_in_the_proof() {
        for statement in [ONE, ONE_WITH_KEY, ALL] {
            assert!(statement.ends_with(Tx::<Postgres>::PROOF), "{statement}");
        }
    }
}
