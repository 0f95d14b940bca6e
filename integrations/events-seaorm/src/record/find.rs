//! Rows by their keys.

use sea_orm::{
    DbBackend, DbErr, EntityTrait, PrimaryKeyTrait, QuerySelect, Select,
    sea_query::{FromValueTuple, ValueTuple},
};

use super::observed::{KeyOf, ObservedActiveModel};
use crate::transaction::Tx;

pub(super) fn find<A: ObservedActiveModel>(key: ValueTuple) -> Select<A::Entity> {
    A::Entity::find_by_id(<KeyOf<A> as PrimaryKeyTrait>::ValueType::from_value_tuple(
        key,
    ))
}

/// The row with this key, which no other transaction changes until this one has ended. SQLite has one writer only.
pub(super) async fn find_locked<A: ObservedActiveModel>(
    tx: &Tx,
    key: ValueTuple,
) -> Result<Option<A::Model>, DbErr> {
    locked(find::<A>(key), tx.backend()).one(tx).await
}

/// The rows of a query, locked.
pub(super) fn locked<E: EntityTrait>(select: Select<E>, backend: DbBackend) -> Select<E> {
    match backend {
        DbBackend::Sqlite => select,
        _ => select.lock_exclusive(),
    }
}
