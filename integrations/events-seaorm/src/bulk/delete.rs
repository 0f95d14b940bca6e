//! DELETEs of many records.

use std::collections::{HashMap, HashSet};

use events_core::record::{Deleted, Deleting};
use sea_orm::{DbErr, EntityTrait, QueryFilter, TransactionTrait, sea_query::IntoCondition};

use super::keys::{find_locked, key, rows_by_key, with_keys};
use crate::{
    record::{Checks, Observed, register_observed},
    transaction::{Tx, transaction},
};

/// Deletes the records that meet the condition, emits `Deleting` and `Deleted` for each, and returns how many there were. Own hooks of
/// the entity are not called, as by `delete_many` of SeaORM.
///
/// ```
/// use events_seaorm::{Observed, Tx, bulk};
/// use sea_orm::{Condition, DbErr, EntityTrait};
///
/// /// Deletes all records of an entity.
/// async fn clear<E>(tx: &Tx) -> Result<u64, DbErr>
/// where
///     E: EntityTrait,
///     E::Model: Observed + Clone + Send + Sync,
/// {
///     bulk::delete_many::<E>(tx, Condition::all()).await
/// }
/// ```
///
/// # Errors
///
/// Those of the database; a veto of one record, and the failure of a check. None is deleted.
///
/// # Panics
///
/// With a `Db`, outside of a runtime of tokio.
///
/// # Cancellation
///
/// If the future is dropped, none is deleted, or in a transaction of its own all are.
pub async fn delete_many<E>(
    db: &impl TransactionTrait<Transaction = Tx>,
    condition: impl IntoCondition,
) -> Result<u64, DbErr>
where
    E: EntityTrait,
    E::Model: Observed + Clone + Send + Sync,
{
    let condition = condition.into_condition();
    transaction(db, async |tx| -> Result<u64, DbErr> {
        let registry = tx.event_registry();
        let (is_checked, is_announced) = registry.map_or((false, false), |registry| {
            let is_checked = registry.has_subscribers::<Deleting<E::Model>>();
            (is_checked, registry.has_subscribers::<Deleted<E::Model>>())
        });
        if !(is_checked || is_announced) {
            return Ok(E::delete_many()
                .filter(condition)
                .exec(tx)
                .await?
                .rows_affected);
        }
        register_observed::<E::Model>();
        let rows = find_locked::<E>(tx, condition).await?;
        let executed = tx.executed();
        if is_checked {
            for row in &rows {
                Checks::Tx(tx).delete(row.clone()).await?;
            }
        }
        // In the transaction of a caller, another statement may be waiting to change them.
        let (deleted, rows) = if tx.executed() == executed && !tx.is_savepoint() {
            delete_as_read::<E>(tx, rows).await?
        } else {
            delete_changed::<E>(tx, &rows).await?
        };
        if is_announced {
            for row in rows {
                tx.announce(Deleted::new(row)).await?;
            }
        }
        Ok(deleted)
    })
    .await
}

/// Deletes these, which are locked and as they were read. Returns how many the statements have deleted, and those that are gone.
async fn delete_as_read<E: EntityTrait>(
    tx: &Tx,
    mut rows: Vec<E::Model>,
) -> Result<(u64, Vec<E::Model>), DbErr> {
    let (mut deleted, mut kept) = (0, HashSet::new());
    for part in rows.chunks(rows_by_key::<E>()) {
        let delete = E::delete_many().filter(with_keys::<E>(part));
        let count = delete.exec(tx).await?.rows_affected;
        deleted += count;
        if count != part.len() as u64 {
            // A trigger has kept some of them, or deleted them before. A statement that returns rows costs more than both.
            let found = E::find().filter(with_keys::<E>(part)).all(tx).await?;
            kept.extend(found.iter().map(key));
        }
    }
    if !kept.is_empty() {
        rows.retain(|row| !kept.contains(&key(row)));
    }
    Ok((deleted, rows))
}

/// Deletes these, some of which a check, or a statement that ran meanwhile, may have changed or deleted. Returns how many there were, and the rows as they were then.
async fn delete_changed<E: EntityTrait>(
    tx: &Tx,
    rows: &[E::Model],
) -> Result<(u64, Vec<E::Model>), DbErr> {
    let mut gone = HashMap::new();
    for part in rows.chunks(rows_by_key::<E>()) {
        let delete = E::delete_many().filter(with_keys::<E>(part));
        let part = delete.exec_with_returning(tx).await?;
        gone.extend(part.into_iter().map(|row| (key(&row), row)));
    }
    let deleted = gone.len() as u64;
    let in_order = rows.iter().filter_map(|row| gone.remove(&key(row)));
    Ok((deleted, in_order.collect()))
}
