//! Conditions for rows by their keys, and rows that are locked.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, QuerySelect,
    sea_query::{Value, ValueTuple},
};

/// How many values a statement has at most: SQLite takes 32,766, PostgreSQL 65,535.
const MAX_VALUES: usize = 30_000;

/// How many rows a statement names by a key of one column, and by one of several: SQLite nests conditions to a depth of 1,000.
const MAX_ROWS: usize = 1_000;
const MAX_ROWS_BY_SEVERAL: usize = 300;

/// How many rows with these columns one statement writes.
pub(super) fn rows_of_insert(columns: usize) -> usize {
    (MAX_VALUES / columns.max(1)).clamp(1, MAX_ROWS)
}

/// How many rows one statement names by their keys.
pub(super) fn rows_by_key<E: EntityTrait>() -> usize {
    match E::PrimaryKey::iter().len() {
        1 => MAX_ROWS,
        _ => MAX_ROWS_BY_SEVERAL,
    }
}

/// The key of a row, to look it up.
pub(super) fn key<M: ModelTrait>(row: &M) -> ValueTuple {
    row.get_primary_key_value()
}

/// The rows with the keys of these.
pub(super) fn with_keys<E: EntityTrait>(rows: &[E::Model]) -> Condition {
    let columns: Vec<_> = E::PrimaryKey::iter()
        .map(PrimaryKeyToColumn::into_column)
        .collect();
    let keys = rows
        .iter()
        .map(|row| key(row).into_iter().collect::<Vec<Value>>());
    if let [column] = &*columns {
        return Condition::all().add(column.is_in(keys.flatten()));
    }
    keys.fold(Condition::any(), |any, key| {
        let equal = columns
            .iter()
            .zip(key)
            .map(|(column, value)| column.eq(value));
        any.add(equal.fold(Condition::all(), Condition::add))
    })
}

/// The rows that meet the condition, which no other transaction changes until this one has ended.
pub(super) async fn find_locked<E: EntityTrait>(
    tx: &impl ConnectionTrait,
    condition: Condition,
) -> Result<Vec<E::Model>, DbErr> {
    let mut find = E::find().filter(condition);
    if tx.get_database_backend() != DbBackend::Sqlite {
        find = find.lock_exclusive();
    }
    find.all(tx).await
}
