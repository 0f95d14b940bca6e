//! Storing events in a transaction of SeaORM, which has a connection of sqlx and does not lend it.

use events_seaorm::Tx;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::store::{Engine, NewEvent, StoreError, of_sqlx};

/// Stores the events, and their deliveries.
pub(super) async fn insert<DB: Engine>(tx: &Tx, events: &[NewEvent]) -> Result<(), DbErr> {
    for statement in DB::insert_statements(events) {
        let values = [statement.parameter.into()];
        tx.execute_raw(Statement::from_sql_and_values(
            DB::SEA_ORM,
            statement.sql,
            values,
        ))
        .await
        .map_err(with_remedy)?;
    }
    Ok(())
}

/// The error of a database without the tables, with its remedy. Another one stays as it is: its code shows whether the transaction
/// is to be run again.
fn with_remedy(error: DbErr) -> DbErr {
    match of_sqlx(&error).map(StoreError::from) {
        Some(missing @ StoreError::SchemaMissing) => DbErr::Custom(missing.to_string()),
        _ => error,
    }
}
