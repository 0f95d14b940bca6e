//! Events in rows.

use sqlx::{ColumnIndex, Database, Decode, Row, Type};

use crate::store::event::StoredEvent;

/// The columns of an event are those of `ev_event`, under their names.
pub(in crate::store) fn event<'r, R: Row>(row: &'r R) -> sqlx::Result<StoredEvent>
where
    &'static str: ColumnIndex<R>,
    i32: Column<'r, R::Database>,
    i64: Column<'r, R::Database>,
    String: Column<'r, R::Database>,
{
    Ok(StoredEvent {
        seq: row.try_get("seq")?,
        id: row.try_get("id")?,
        topic: row.try_get("topic")?,
        key: row.try_get("key")?,
        version: row.try_get("version")?,
        time: row.try_get("time")?,
        due: row.try_get("due")?,
        trace: row.try_get("trace")?,
        parent: row.try_get("parent")?,
        codec: row.try_get("codec")?,
        data: row.try_get("data")?,
    })
}

/// A type that a column may have.
pub(in crate::store) trait Column<'r, DB: Database>:
    Decode<'r, DB> + Type<DB>
{
}

impl<'r, DB: Database, T: Decode<'r, DB> + Type<DB>> Column<'r, DB> for T {}
