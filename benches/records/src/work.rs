//! What is measured: the same writes for both entities.

use events_seaorm::{Db, bulk};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, TransactionSession,
    TransactionTrait, sea_query::Expr,
};

use crate::{
    cost::Cost,
    entities::{Record, observed, plain},
};

/// The rows of the table, each with two columns changed.
async fn changed_rows<A: Record>(db: &impl ConnectionTrait) -> Result<Vec<A>, DbErr> {
    let rows = A::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(A::changed).collect())
}

/// Updates each row, outside of a transaction of the caller. Rows are read with `pool`.
pub(crate) async fn updates<A: Record>(
    pool: &impl ConnectionTrait,
    db: &impl ConnectionTrait,
) -> Result<Cost, DbErr> {
    let rows = changed_rows::<A>(pool).await?;
    Cost::of(async {
        for row in rows {
            row.update(db).await?;
        }
        Ok(())
    })
    .await
}

/// Updates each row between `begin` and `commit`.
pub(crate) async fn updates_in_transactions<A: Record>(
    pool: &impl ConnectionTrait,
    db: &impl TransactionTrait,
) -> Result<Cost, DbErr> {
    let rows = changed_rows::<A>(pool).await?;
    Cost::of(async {
        for row in rows {
            let tx = db.begin().await?;
            row.update(&tx).await?;
            tx.commit().await?;
        }
        Ok(())
    })
    .await
}

/// Inserts rows, one by one.
pub(crate) async fn inserts<A: Record>(
    rows: usize,
    db: &impl ConnectionTrait,
) -> Result<Cost, DbErr> {
    let rows: Vec<A> = (0..).take(rows).map(A::numbered).collect();
    Cost::of(async {
        for row in rows {
            row.insert(db).await?;
        }
        Ok(())
    })
    .await
}

/// SeaORM alone, as a program does it that needs the old rows: it selects the rows and updates them, in one transaction.
pub(crate) async fn plain_update_many(db: &impl TransactionTrait) -> Result<Cost, DbErr> {
    Cost::of(async {
        let tx = db.begin().await?;
        let is_due = plain::ActiveModel::visits().lt(1);
        plain::Entity::find()
            .filter(is_due.clone())
            .all(&tx)
            .await?;
        plain::Entity::update_many()
            .col_expr(
                plain::ActiveModel::visits(),
                Expr::col(plain::ActiveModel::visits()).add(1),
            )
            .filter(is_due)
            .exec(&tx)
            .await?;
        tx.commit().await
    })
    .await
}

/// The same with the new rows, which a program needs that compares both. `db` emits no events: a transaction of it is one of SeaORM that
/// has SQLite return rows.
pub(crate) async fn plain_update_many_returning(db: &Db) -> Result<Cost, DbErr> {
    Cost::of(async {
        let tx = db.begin().await?;
        let is_due = plain::ActiveModel::visits().lt(1);
        let old = plain::Entity::find()
            .filter(is_due.clone())
            .all(&tx)
            .await?;
        let new = plain::Entity::update_many()
            .col_expr(
                plain::ActiveModel::visits(),
                Expr::col(plain::ActiveModel::visits()).add(1),
            )
            .filter(is_due)
            .exec_with_returning(&tx)
            .await?;
        assert_eq!(old.len(), new.len());
        tx.commit().await
    })
    .await
}

pub(crate) async fn update_many(db: &Db) -> Result<Cost, DbErr> {
    Cost::of(async {
        let visits = observed::ActiveModel::visits();
        bulk::update_many::<observed::Entity>()
            .col_expr(visits, Expr::col(visits).add(1))
            .filter(visits.lt(1))
            .exec(db)
            .await
            .map(drop)
    })
    .await
}

pub(crate) async fn plain_delete_many(db: &impl TransactionTrait) -> Result<Cost, DbErr> {
    Cost::of(async {
        let tx = db.begin().await?;
        let is_due = plain::ActiveModel::visits().lt(1);
        plain::Entity::find()
            .filter(is_due.clone())
            .all(&tx)
            .await?;
        plain::Entity::delete_many()
            .filter(is_due)
            .exec(&tx)
            .await?;
        tx.commit().await
    })
    .await
}

pub(crate) async fn delete_many(db: &Db) -> Result<Cost, DbErr> {
    Cost::of(async {
        bulk::delete_many::<observed::Entity>(db, observed::ActiveModel::visits().lt(1))
            .await
            .map(drop)
    })
    .await
}
