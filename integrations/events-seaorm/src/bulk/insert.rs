//! INSERTs of many records.

use events_core::record::{Created, Creating};
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, Iterable, TransactionTrait};

use super::keys::rows_of_insert;
use crate::{
    record::{Checks, ColumnOf, ObservedActiveModel, register_observed},
    transaction::{Tx, transaction},
};

/// Inserts the records, emits `Creating` and `Created` for each, and returns them as the database has them, in their order. Own hooks
/// of the entity are not called, as by `insert_many` of SeaORM. A column that is set in some of them alone has its default in the
/// others.
///
/// ```
/// use events_seaorm::{ObservedActiveModel, Tx, bulk};
/// use sea_orm::DbErr;
///
/// /// Inserts what a file has, in the transaction of the caller.
/// async fn import<A: ObservedActiveModel>(tx: &Tx, records: Vec<A>) -> Result<usize, DbErr> {
///     Ok(bulk::insert_many(tx, records).await?.len())
/// }
/// ```
///
/// # Errors
///
/// Those of the database; a veto of one record, and the failure of a check. None is inserted.
///
/// # Panics
///
/// With a `Db`, outside of a runtime of tokio.
///
/// # Cancellation
///
/// If the future is dropped, none is inserted, or in a transaction of its own all are.
pub async fn insert_many<C, A>(
    db: &C,
    records: impl IntoIterator<Item = A>,
) -> Result<Vec<A::Model>, DbErr>
where
    C: TransactionTrait<Transaction = Tx>,
    A: ObservedActiveModel,
{
    let records: Vec<A> = records.into_iter().collect();
    transaction(db, async |tx| insert_in(tx, records).await).await
}

async fn insert_in<A: ObservedActiveModel>(
    tx: &Tx,
    mut records: Vec<A>,
) -> Result<Vec<A::Model>, DbErr> {
    let registry = tx.event_registry();
    let (is_checked, is_announced) = registry.map_or((false, false), |registry| {
        let is_checked = registry.has_subscribers::<Creating<A::Model>>();
        (is_checked, registry.has_subscribers::<Created<A::Model>>())
    });
    if is_checked || is_announced {
        register_observed::<A::Model>();
    }
    if is_checked {
        for record in &mut records {
            Checks::Tx(tx).insert(record).await?;
        }
    }
    let mut inserted = Vec::with_capacity(records.len());
    for part in parts(records) {
        let insert = A::Entity::insert_many(part);
        inserted.extend(insert.exec_with_returning(tx).await?);
    }
    if is_announced {
        for record in &inserted {
            tx.announce(Created::new(record.clone())).await?;
        }
    }
    Ok(inserted)
}

/// Records in their order, in parts that have the same columns set: SeaORM writes NULL into a column that others of a statement set.
fn parts<A: ActiveModelTrait>(records: Vec<A>) -> Vec<Vec<A>> {
    let mut parts: Vec<Vec<A>> = Vec::new();
    let mut columns_of_part = Vec::new();
    for record in records {
        let is_set = |column: &ColumnOf<A>| !record.is_not_set(*column);
        let columns: Vec<bool> = ColumnOf::<A>::iter()
            .map(|column| is_set(&column))
            .collect();
        match parts.last_mut() {
            Some(part)
                if columns == columns_of_part && part.len() < rows_of_insert(columns.len()) =>
            {
                part.push(record);
            }
            _ => parts.push(vec![record]),
        }
        columns_of_part = columns;
    }
    parts
}
