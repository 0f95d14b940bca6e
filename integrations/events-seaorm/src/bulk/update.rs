//! UPDATEs of many records.

use std::{collections::HashMap, fmt};

use events_core::record::{Updated, Updating};
use sea_orm::{
    Condition, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, Iterable, ModelTrait,
    QueryFilter, TransactionTrait,
    sea_query::{IntoCondition, SimpleExpr},
};

use super::{
    keys::{find_locked, key, rows_by_key, with_keys},
    locked_tx::LockedTx,
};
use crate::{
    error::custom,
    record::{Checks, Observed, ObservedActiveModel, adopt_update, is_key, register_observed},
    transaction::{Tx, transaction},
};

/// An UPDATE of many records, which emits `Updating` and `Updated` for each that changes; returned by [`update_many`].
///
/// ```
/// # mod user {
/// #     use events_seaorm::Observed;
/// #     use sea_orm::entity::prelude::*;
/// #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
/// #     #[sea_orm(table_name = "user")]
/// #     pub struct Model {
/// #         #[sea_orm(primary_key)]
/// #         pub id: i32,
/// #         pub visits: i32,
/// #     }
/// #     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
/// #     pub enum Relation {}
/// # }
/// use events_seaorm::bulk::{self, UpdateMany};
/// use sea_orm::sea_query::Expr;
///
/// /// To be narrowed with `filter`, and executed with `exec`.
/// fn reset() -> UpdateMany<user::Entity> {
///     bulk::update_many().col_expr(user::Column::Visits, Expr::value(0))
/// }
/// # drop(reset());
/// ```
#[must_use = "nothing is written before `.exec(db)`"]
pub struct UpdateMany<E: EntityTrait> {
    set: Vec<(E::Column, SimpleExpr)>,
    condition: Condition,
}

/// Updates all records of the entity, or those that [`filter`](UpdateMany::filter) selects.
///
/// ```
/// # mod user {
/// #     use events_seaorm::Observed;
/// #     use sea_orm::entity::prelude::*;
/// #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
/// #     #[sea_orm(table_name = "user")]
/// #     pub struct Model {
/// #         #[sea_orm(primary_key)]
/// #         pub id: i32,
/// #         pub visits: i32,
/// #     }
/// #     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
/// #     pub enum Relation {}
/// # }
/// use events_seaorm::{Tx, bulk};
/// use sea_orm::{ColumnTrait, DbErr, sea_query::Expr};
///
/// async fn reset(tx: &Tx, limit: i32) -> Result<usize, DbErr> {
///     let reset = bulk::update_many::<user::Entity>()
///         .col_expr(user::Column::Visits, Expr::value(0))
///         .filter(user::Column::Visits.gt(limit));
///     Ok(reset.exec(tx).await?.len())
/// }
/// ```
pub fn update_many<E: EntityTrait>() -> UpdateMany<E> {
    UpdateMany {
        set: Vec::new(),
        condition: Condition::all(),
    }
}

impl<E: EntityTrait> fmt::Debug for UpdateMany<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<_> = self.set.iter().map(|(column, _)| column).collect();
        f.debug_struct("UpdateMany")
            .field("columns", &columns)
            .finish_non_exhaustive()
    }
}

impl<E, A, M> UpdateMany<E>
where
    E: EntityTrait<Model = M, ActiveModel = A>,
    A: ObservedActiveModel<Entity = E, Model = M>,
    M: Observed<Entity = E> + IntoActiveModel<A> + FromQueryResult + Clone + Send + Sync,
{
    /// Sets a column to a value or to an expression, as `col_expr` of SeaORM.
    pub fn col_expr(mut self, column: E::Column, expression: SimpleExpr) -> Self {
        self.set.push((column, expression));
        self
    }

    /// Updates the records that meet this condition. Several conditions must hold together.
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.condition = self.condition.add(condition.into_condition());
        self
    }

    /// Updates the records, emits `Updating` and `Updated` for each that changes, and returns all that were selected, as the database
    /// has them. Own hooks of the entity are not called, as by `update_many` of SeaORM.
    ///
    /// `Updating` is emitted after the statement, since the database computes the values, and has these. What its subscribers
    /// change is written.
    ///
    /// # Errors
    ///
    /// Those of the database; a veto of one record, and the failure of a check; a column that is part of the key. None is updated.
    ///
    /// # Panics
    ///
    /// With a `Db`, outside of a runtime of tokio.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, none is updated, or in a transaction of its own all are.
    pub async fn exec<C>(self, db: &C) -> Result<Vec<M>, DbErr>
    where
        C: TransactionTrait<Transaction = Tx>,
    {
        if self.set.iter().any(|(column, _)| is_key::<A>(*column)) {
            return Err(custom(
                "a bulk update sets a column of the key; delete the records and insert others",
            ));
        }
        if self.set.is_empty() {
            return Err(custom(
                "a bulk update sets no column; set one with `col_expr`",
            ));
        }
        transaction(db, async |tx| self.exec_in(tx).await).await
    }

    async fn exec_in(self, tx: &Tx) -> Result<Vec<M>, DbErr> {
        let registry = tx.event_registry();
        let (is_checked, is_announced) = registry.map_or((false, false), |registry| {
            let is_checked = registry.has_subscribers::<Updating<M>>();
            (is_checked, registry.has_subscribers::<Updated<M>>())
        });
        let update = |condition: Condition| {
            let update = E::update_many().filter(condition);
            self.set
                .iter()
                .fold(update, |update, (column, expression)| {
                    update.col_expr(*column, expression.clone())
                })
        };
        if !(is_checked || is_announced) {
            return update(self.condition.clone()).exec_with_returning(tx).await;
        }
        register_observed::<M>();
        let rows = {
            // In the transaction of a caller, another statement may be waiting to change them.
            let mut locked = LockedTx::lock(tx).await?;
            let rows = write::<E>(&mut locked, &self.condition, update).await;
            locked.unlock(rows)?
        };
        let subscribed = Subscribed {
            is_checked,
            is_announced,
        };
        let mut updated = Vec::with_capacity(rows.len());
        for (old, new) in rows {
            updated.push(announce::<E, A, M>(tx, subscribed, &old, new).await?);
        }
        Ok(updated)
    }
}

/// Updates the rows that meet the condition, and returns each as it was and as it is.
async fn write<E: EntityTrait>(
    tx: &mut LockedTx,
    condition: &Condition,
    update: impl Fn(Condition) -> sea_orm::UpdateMany<E>,
) -> Result<Vec<(E::Model, E::Model)>, DbErr> {
    let old = find_locked::<E>(tx, condition.clone()).await?;
    // Faster than by their keys. Other rows may meet the condition by now: then it is taken back.
    tx.begin_savepoint().await?;
    let new = update(condition.clone()).exec_with_returning(tx).await?;
    let old = match in_order(old, new) {
        Ok(rows) => {
            tx.release_savepoint().await?;
            return Ok(rows);
        }
        Err(old) => old,
    };
    tx.roll_back_savepoint().await?;
    let mut rows = Vec::with_capacity(old.len());
    let mut old = old.into_iter();
    loop {
        let part: Vec<_> = old.by_ref().take(rows_by_key::<E>()).collect();
        if part.is_empty() {
            return Ok(rows);
        }
        let new = update(with_keys::<E>(&part))
            .exec_with_returning(tx)
            .await?;
        let mut new: HashMap<_, _> = new.into_iter().map(|row| (key(&row), row)).collect();
        // Without a new one the database itself has not updated it.
        let both = part.into_iter().filter_map(|old| {
            let new = new.remove(&key(&old))?;
            Some((old, new))
        });
        rows.extend(both);
    }
}

/// The old rows, each with its new one; the old ones if the new ones are not the same rows.
fn in_order<M: ModelTrait>(old: Vec<M>, new: Vec<M>) -> Result<Vec<(M, M)>, Vec<M>> {
    if old.len() != new.len() {
        return Err(old);
    }
    if old.iter().zip(&new).all(|(old, new)| key(old) == key(new)) {
        return Ok(old.into_iter().zip(new).collect());
    }
    let mut new: HashMap<_, _> = new.into_iter().map(|row| (key(&row), row)).collect();
    if !old.iter().all(|old| new.contains_key(&key(old))) {
        return Err(old);
    }
    let with_new = old.into_iter().filter_map(|old| {
        let new = new.remove(&key(&old))?;
        Some((old, new))
    });
    Ok(with_new.collect())
}

/// Which events of an update have subscribers.
#[derive(Clone, Copy)]
struct Subscribed {
    is_checked: bool,
    is_announced: bool,
}

/// Emits the events of a row that was updated, and returns it as it is then.
async fn announce<E, A, M>(tx: &Tx, subscribed: Subscribed, old: &M, mut new: M) -> Result<M, DbErr>
where
    E: EntityTrait<Model = M, ActiveModel = A>,
    A: ObservedActiveModel<Entity = E, Model = M>,
    M: Observed<Entity = E> + IntoActiveModel<A> + FromQueryResult + Clone + Send + Sync,
{
    if subscribed.is_checked {
        new = check::<E, A, M>(tx, old, new).await?;
    }
    if subscribed.is_announced {
        let diff = M::diff(old, &new);
        if !diff.is_empty() {
            tx.announce(Updated::new(new.clone(), diff)).await?;
        }
    }
    Ok(new)
}

/// Emits `Updating`, and writes what its subscribers have changed.
async fn check<E, A, M>(tx: &Tx, old: &M, new: M) -> Result<M, DbErr>
where
    E: EntityTrait<Model = M, ActiveModel = A>,
    A: ObservedActiveModel<Entity = E, Model = M>,
    M: Observed<Entity = E> + IntoActiveModel<A> + FromQueryResult + Clone + Send + Sync,
{
    let Some(left) = Checks::Tx(tx).changed_row(old, new.clone()).await? else {
        return Ok(new);
    };
    if E::Column::iter().all(|column| left.get(column) == new.get(column)) {
        return Ok(new);
    }
    let mut active = new.clone().into_active_model();
    adopt_update(&mut active, &new, &left)?;
    E::update(active).exec(tx).await
}
