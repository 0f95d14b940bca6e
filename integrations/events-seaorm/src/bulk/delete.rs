//! DELETEs of many records.

use std::collections::HashMap;

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
        if is_checked {
            for row in &rows {
                Checks::Tx(tx).delete(row.clone()).await?;
            }
        }
        let mut deleted = 0;
        let mut gone = HashMap::new();
        for part in rows.chunks(rows_by_key::<E>()) {
            let delete = E::delete_many().filter(with_keys::<E>(part));
            if !is_announced {
                deleted += delete.exec(tx).await?.rows_affected;
                continue;
            }
            // Not those that were read: a check, and the database itself, may have deleted and changed some of them.
            let part = delete.exec_with_returning(tx).await?;
            deleted += part.len() as u64;
            gone.extend(part.into_iter().map(|row| (key(&row), row)));
        }
        for row in rows.iter().filter_map(|row| gone.remove(&key(row))) {
            tx.announce(Deleted::new(row)).await?;
        }
        Ok(deleted)
    })
    .await
}
