//! Storing events in a transaction of SeaORM, which has a connection of sqlx and does not lend it.

use events_seaorm::Tx;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::store::{Engine, NewEvent};

/// Stores the events, and their deliveries.
pub(super) async fn insert<DB: Engine>(tx: &Tx, events: &[NewEvent]) -> Result<(), DbErr> {
    for statement in DB::insert_statements(events) {
        let values = [statement.parameter.into()];
        tx.execute_raw(Statement::from_sql_and_values(
            DB::SEA_ORM,
            statement.sql,
            values,
        ))
        .await?;
    }
    Ok(())
}
